// SPDX-License-Identifier: Apache-2.0
// The beginning and the end of a TraceStore: blocks are opened, the log is replayed.
#include <algorithm>
#include <utility>

#include "storage/block/block_directory.h"
#include "storage/wal/log_reader.h"
#include "traces/trace_store.h"

namespace orrery::traces {
namespace {

std::string ParentOf(const std::string& dir) {
  const size_t slash = dir.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : dir.substr(0, slash);
}

}  // namespace

TraceStore::Counters::Counters(Telemetry& telemetry)
    : appended_spans(telemetry.AddCounter("orrery_traces_appended_spans_total",
                                          "Spans logged and taken into the head.")),
      replayed_spans(telemetry.AddCounter("orrery_traces_replayed_spans_total",
                                          "Spans read back from the log at the start.")),
      undecodable_records(telemetry.AddCounter(
          "orrery_traces_undecodable_records_total",
          "Requests in the log that were dropped because they do not decode.")),
      damaged_log_bytes(
          telemetry.AddCounter("orrery_traces_damaged_log_bytes_total",
                               "Bytes of the log that were dropped because they were damaged.")),
      damaged_blocks(telemetry.AddCounter(
          "orrery_traces_damaged_blocks_total",
          "Blocks that were set aside at the start because they fail their checks.")),
      written_blocks(telemetry.AddCounter("orrery_traces_written_blocks_total",
                                          "Blocks written, merged ones included.")),
      merged_blocks(telemetry.AddCounter("orrery_traces_merged_blocks_total",
                                         "Blocks merged into others and removed.")),
      failed_writes(telemetry.AddCounter(
          "orrery_traces_failed_block_writes_total",
          "Blocks that could not be written; their spans stay in memory and in the log.")) {}

TraceStore::TraceStore(const StoreDeps& deps, std::string dir, const Options& options)
    : deps_(deps),
      wal_dir_(dir + "/wal"),
      blocks_dir_(dir + "/blocks"),
      options_(options),
      counters_(deps.telemetry),
      cache_(options.cache_bytes),
      head_(options.row_group_spans) {}

Result<std::unique_ptr<TraceStore>> TraceStore::Open(const StoreDeps& deps, std::string dir,
                                                     const Options& options) {
  ORRERY_RETURN_IF_ERROR(deps.fs.CreateDirectories(dir + "/wal"));
  ORRERY_RETURN_IF_ERROR(deps.fs.CreateDirectories(dir + "/blocks"));
  // A log that survives a loss of power must also be found.
  ORRERY_RETURN_IF_ERROR(deps.fs.SyncDirectory(dir));
  ORRERY_RETURN_IF_ERROR(deps.fs.SyncDirectory(ParentOf(dir)));
  std::unique_ptr<TraceStore> store(new TraceStore(deps, std::move(dir), options));
  uint64_t wal_through = 0;
  ORRERY_RETURN_IF_ERROR(store->OpenBlocks(wal_through));
  ORRERY_RETURN_IF_ERROR(store->Replay(wal_through));
  ORRERY_ASSIGN_OR_RETURN(store->wal_,
                          wal::LogWriter::Open(deps.fs, store->wal_dir_, options.wal, wal_through));
  ORRERY_RETURN_IF_ERROR(store->wal_->DropThrough(wal_through));
  store->maintainer_ = std::thread([raw = store.get()] { raw->Maintain(); });
  return store;
}

TraceStore::~TraceStore() { Close(); }

void TraceStore::Close() {
  {
    MutexLock lock(state_mutex_);
    is_closing_ = true;
    wake_.NotifyAll();
  }
  if (maintainer_.joinable()) maintainer_.join();
}

Status TraceStore::OpenBlocks(uint64_t& wal_through) {
  Result<block::Scan> scan = block::ScanBlocks(deps_.fs, blocks_dir_);
  if (!scan.ok()) return scan.status();
  for (const block::Scan::Damaged& damaged : scan->damaged) {
    counters_.damaged_blocks.Add();
    deps_.logger.Error("block set aside",
                       {{"block", damaged.id}, {"error", damaged.why.ToString()}});
  }
  for (const uint64_t id : scan->unfinished) {
    ORRERY_RETURN_IF_ERROR(block::RemoveBlock(deps_.fs, blocks_dir_, id));
  }
  Blocks blocks;
  for (const block::Manifest& manifest : scan->blocks) {
    auto block = TraceBlock::Open(deps_.fs, blocks_dir_, manifest, cache_);
    if (!block.ok()) {
      counters_.damaged_blocks.Add();
      deps_.logger.Error("block set aside",
                         {{"block", manifest.id}, {"error", block.status().ToString()}});
      continue;
    }
    wal_through = std::max(wal_through, manifest.wal_through);
    blocks.push_back(*std::move(block));
  }
  ORRERY_RETURN_IF_ERROR(DropReplaced(blocks));
  MutexLock maintaining(maintenance_mutex_);
  next_block_ = scan->next_id;
  MutexLock lock(state_mutex_);
  blocks_ = std::move(blocks);
  return OkStatus();
}

Status TraceStore::DropReplaced(Blocks& blocks) {
  std::vector<uint64_t> replaced;
  for (const auto& block : blocks) {
    const auto& ids = block->manifest().replaces;
    replaced.insert(replaced.end(), ids.begin(), ids.end());
  }
  for (const uint64_t id : replaced) {
    const auto is_it = [id](const auto& block) { return block->id() == id; };
    if (std::erase_if(blocks, is_it) == 0) continue;
    ORRERY_RETURN_IF_ERROR(block::RemoveBlock(deps_.fs, blocks_dir_, id));
  }
  return OkStatus();
}

Status TraceStore::Replay(uint64_t wal_through) {
  ORRERY_ASSIGN_OR_RETURN(const uint64_t total, wal::BytesAfter(deps_.fs, wal_dir_, wal_through));
  uint64_t done = 0;
  const auto take = [&](std::string record, uint64_t) {
    done += record.size();
    Result<model::SpanBatch> spans =
        deps_.decoder.Decode(std::make_shared<const std::string>(std::move(record)));
    if (spans.ok()) {
      MutexLock lock(state_mutex_);
      head_.Append(*spans);
      counters_.replayed_spans.Add(spans->spans.size());
    } else {
      counters_.undecodable_records.Add();
      deps_.logger.Error("logged request dropped", {{"error", spans.status().ToString()}});
    }
    if (deps_.on_replay && total > 0) {
      deps_.on_replay(static_cast<double>(done) / static_cast<double>(total));
    }
    return OkStatus();
  };
  ORRERY_ASSIGN_OR_RETURN(const wal::ReplayResult result,
                          wal::Replay(deps_.fs, wal_dir_, wal_through, take));
  for (const wal::Damage& damage : result.damages) ReportDamage(damage);
  MutexLock lock(state_mutex_);
  head_since_ = deps_.clock.MonotonicNanos();
  if (head_.spans() > 0) {
    deps_.logger.Info("log replayed", {{"requests", result.records}, {"spans", head_.spans()}});
  }
  return OkStatus();
}

void TraceStore::ReportDamage(const wal::Damage& damage) {
  counters_.damaged_log_bytes.Add(damage.bytes);
  // A torn tail was never acknowledged.
  if (damage.kind == wal::Damage::Kind::kTornTail) {
    deps_.logger.Info("end of the log cut", {{"damage", damage.ToString()}});
  } else {
    deps_.logger.Error("log damaged", {{"damage", damage.ToString()}});
  }
}

}  // namespace orrery::traces
