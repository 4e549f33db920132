// SPDX-License-Identifier: Apache-2.0
// The beginning of a TraceStore: pins and blocks are opened, the log is replayed.
#include <algorithm>
#include <utility>

#include "storage/wal/log_reader.h"
#include "traces/trace_store.h"

namespace orrery::traces {
TraceStore::Counters::Counters(Telemetry& telemetry)
    : searched_row_groups(telemetry.AddCounter("orrery_traces_searched_row_groups_total",
                                               "Parts of blocks that searches looked into.")),
      skipped_row_groups(telemetry.AddCounter(
          "orrery_traces_skipped_row_groups_total",
          "Parts of blocks that searches passed over because nothing in them can match.")),
      kept_hits(telemetry.AddCounter(
          "orrery_traces_kept_outcomes_hits_total",
          "Parts of blocks that a repeated query of metrics did not have to count again.")),
      kept_misses(telemetry.AddCounter(
          "orrery_traces_kept_outcomes_misses_total",
          "Parts of blocks that queries of metrics counted and kept the outcome of.")),
      kept_bytes(
          telemetry.AddGauge("orrery_traces_kept_outcomes_bytes",
                             "Memory of the outcomes kept for repeated queries of metrics.")),
      damaged_reads(telemetry.AddCounter("orrery_traces_damaged_reads_total",
                                         "Reads that left a part of a block out because it fails "
                                         "its checks; the log says which.")),
      appended_spans(telemetry.AddCounter("orrery_traces_appended_spans_total",
                                          "Spans logged and taken into the head.")),
      replayed_spans(telemetry.AddCounter("orrery_traces_replayed_spans_total",
                                          "Spans read back from the log at the start.")),
      undecodable_records(telemetry.AddCounter(
          "orrery_traces_undecodable_records_total",
          "Requests in the log that were dropped because they do not decode.")),
      damaged_log_bytes(
          telemetry.AddCounter("orrery_traces_damaged_log_bytes_total",
                               "Bytes of the log that were dropped because they were damaged.")),
      damaged_pins(telemetry.AddCounter(
          "orrery_traces_damaged_pins_total",
          "Lines of the list of pinned traces that were passed over because they fail their "
          "check.")),
      log_bytes(telemetry.AddGauge("orrery_traces_log_bytes",
                                   "Bytes of logged requests that are in no block yet.")) {}

TraceStore::TraceStore(const StoreDeps& deps, std::string dir, const Options& options)
    : deps_(deps),
      wal_dir_(dir + "/wal"),
      dir_(std::move(dir)),
      options_(options),
      counters_(deps.telemetry),
      head_(options.row_group_spans) {}

Result<std::unique_ptr<TraceStore>> TraceStore::Open(const StoreDeps& deps, std::string dir,
                                                     const Options& options) {
  ORRERY_RETURN_IF_ERROR(deps.fs.CreateDirectories(dir + "/wal"));
  ORRERY_RETURN_IF_ERROR(deps.fs.CreateDirectories(dir + "/blocks"));
  // A log that survives a loss of power must also be found.
  ORRERY_RETURN_IF_ERROR(deps.fs.SyncDirectory(dir));
  ORRERY_RETURN_IF_ERROR(deps.fs.SyncDirectory(fs::DirectoryOf(dir)));
  std::unique_ptr<TraceStore> store(new TraceStore(deps, std::move(dir), options));
  ORRERY_RETURN_IF_ERROR(store->OpenPins(store->dir_ + "/pins"));
  const BlockStoreDeps for_blocks{deps.fs, deps.clock, deps.logger, deps.telemetry, *store->pins_};
  ORRERY_ASSIGN_OR_RETURN(store->blocks_,
                          BlockStore::Open(for_blocks, store->dir_ + "/blocks", options));
  const uint64_t wal_through = store->blocks_->wal_through();
  ORRERY_RETURN_IF_ERROR(store->Replay(wal_through));
  ORRERY_ASSIGN_OR_RETURN(store->wal_,
                          wal::LogWriter::Open(deps.fs, store->wal_dir_, options.wal, wal_through));
  ORRERY_RETURN_IF_ERROR(store->wal_->DropThrough(wal_through));
  return store;
}

Status TraceStore::OpenPins(const std::string& path) {
  ORRERY_ASSIGN_OR_RETURN(pins_, Pins::Open(deps_.fs, path));
  if (pins_->damaged_lines() > 0) {
    counters_.damaged_pins.Add(pins_->damaged_lines());
    deps_.logger.Error("pins lost", {{"file", path}, {"damaged_lines", pins_->damaged_lines()}});
  }
  return OkStatus();
}

TraceStore::~TraceStore() { Close(); }

Status TraceStore::Replay(uint64_t wal_through) {
  ORRERY_ASSIGN_OR_RETURN(const uint64_t total, wal::BytesAfter(deps_.fs, wal_dir_, wal_through));
  uint64_t done = 0;
  const auto take = [&](std::string record, uint64_t) {
    const uint64_t bytes = record.size();
    done += bytes;
    Result<model::SpanBatch> spans =
        deps_.decoder.Decode(std::make_shared<const std::string>(std::move(record)));
    if (spans.ok()) {
      MutexLock lock(state_mutex_);
      head_.Append(*spans);
      head_log_bytes_ += bytes;
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
  head_since_ = head_touched_ = deps_.clock.MonotonicNanos();
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
