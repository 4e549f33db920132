// SPDX-License-Identifier: Apache-2.0
// The beginning of a BlockStore: blocks are opened, what a crash left behind is removed.
#include <algorithm>
#include <utility>

#include "storage/block/block_directory.h"
#include "traces/block_store.h"

namespace orrery::traces {

BlockStore::Counters::Counters(Telemetry& telemetry)
    : damaged_blocks(telemetry.AddCounter(
          "orrery_traces_damaged_blocks_total",
          "Blocks that were set aside at the start because they fail their checks.")),
      written_blocks(telemetry.AddCounter("orrery_traces_written_blocks_total",
                                          "Blocks written, merged ones included.")),
      merged_blocks(telemetry.AddCounter("orrery_traces_merged_blocks_total",
                                         "Blocks merged into others and removed.")),
      failed_writes(telemetry.AddCounter(
          "orrery_traces_failed_block_writes_total",
          "Blocks that could not be written; their spans stay where they were.")),
      failed_removals(
          telemetry.AddCounter("orrery_traces_failed_block_removals_total",
                               "Blocks that could not be removed; the next start tries again.")),
      old_blocks(telemetry.AddCounter("orrery_traces_expired_blocks_total",
                                      "Blocks let go, by what limit of retention they passed.",
                                      {{"reason", "age"}})),
      old_spans(telemetry.AddCounter("orrery_traces_expired_spans_total",
                                     "Spans let go, by what limit of retention they passed.",
                                     {{"reason", "age"}})),
      surplus_blocks(telemetry.AddCounter("orrery_traces_expired_blocks_total",
                                          "Blocks let go, by what limit of retention they passed.",
                                          {{"reason", "size"}})),
      surplus_spans(telemetry.AddCounter("orrery_traces_expired_spans_total",
                                         "Spans let go, by what limit of retention they passed.",
                                         {{"reason", "size"}})),
      blocks(telemetry.AddGauge("orrery_traces_blocks", "Blocks on disk.")),
      disk_bytes(telemetry.AddGauge("orrery_traces_block_bytes", "Bytes of blocks on disk.")) {}

BlockStore::BlockStore(const BlockStoreDeps& deps, std::string dir, const Options& options)
    : deps_(deps),
      dir_(std::move(dir)),
      options_(options),
      counters_(deps.telemetry),
      cache_(options.cache_bytes) {}

Result<std::unique_ptr<BlockStore>> BlockStore::Open(const BlockStoreDeps& deps, std::string dir,
                                                     const Options& options) {
  std::unique_ptr<BlockStore> store(new BlockStore(deps, std::move(dir), options));
  ORRERY_RETURN_IF_ERROR(store->Load());
  return store;
}

Status BlockStore::Load() {
  Result<block::Scan> scan = block::ScanBlocks(deps_.fs, dir_);
  if (!scan.ok()) return scan.status();
  for (const block::Scan::Damaged& damaged : scan->damaged) {
    counters_.damaged_blocks.Add();
    deps_.logger.Error("block set aside",
                       {{"block", damaged.id}, {"error", damaged.why.ToString()}});
  }
  for (const uint64_t id : scan->unfinished) {
    ORRERY_RETURN_IF_ERROR(block::RemoveBlock(deps_.fs, dir_, id));
  }
  Blocks blocks;
  UnixNanos newest = 0;
  for (const block::Manifest& manifest : scan->blocks) {
    auto block = TraceBlock::Open(deps_.fs, dir_, manifest, cache_);
    if (!block.ok()) {
      counters_.damaged_blocks.Add();
      deps_.logger.Error("block set aside",
                         {{"block", manifest.id}, {"error", block.status().ToString()}});
      continue;
    }
    wal_through_ = std::max(wal_through_, manifest.wal_through);
    newest = std::max(newest, (*block)->arrived());
    blocks.push_back(*std::move(block));
  }
  ORRERY_RETURN_IF_ERROR(DropReplaced(blocks));
  const MutexLock tidying(tidy_mutex_);
  retention_clock_ = std::make_unique<RetentionClock>(newest, deps_.clock.MonotonicNanos());
  const MutexLock lock(mutex_);
  next_id_ = scan->next_id;
  blocks_ = std::move(blocks);
  SetGauges();
  return OkStatus();
}

void BlockStore::SetGauges() {
  uint64_t bytes = 0;
  for (const auto& block : blocks_) bytes += block->disk_bytes();
  counters_.blocks.Set(static_cast<int64_t>(blocks_.size()));
  counters_.disk_bytes.Set(static_cast<int64_t>(bytes));
}

Status BlockStore::DropReplaced(Blocks& blocks) {
  std::vector<uint64_t> replaced;
  for (const auto& block : blocks) {
    const auto& ids = block->manifest().replaces;
    replaced.insert(replaced.end(), ids.begin(), ids.end());
  }
  for (const uint64_t id : replaced) {
    const auto is_it = [id](const auto& block) { return block->id() == id; };
    if (std::erase_if(blocks, is_it) == 0) continue;
    ORRERY_RETURN_IF_ERROR(block::RemoveBlock(deps_.fs, dir_, id));
  }
  return OkStatus();
}

}  // namespace orrery::traces
