// SPDX-License-Identifier: Apache-2.0
// Blocks are written, published and merged.
#include "traces/block_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "storage/block/block_directory.h"
#include "traces/trace_block_writer.h"

namespace orrery::traces {
namespace {

// A block is at most this part of what all of them may take, so that letting one go is a small
// step, and a merge needs little room.
constexpr uint64_t kBlockShare = 16;

Status ReadAll(const TraceBlock& block) {
  for (uint32_t group = 0; group < block.groups().size(); ++group) {
    ORRERY_RETURN_IF_ERROR(block.Load(group, TableNeed::Everything(), nullptr).status());
  }
  return OkStatus();
}

}  // namespace

Blocks BlockStore::List() const {
  const MutexLock lock(mutex_);
  return blocks_;
}

uint64_t BlockStore::disk_bytes() const {
  uint64_t bytes = 0;
  for (const auto& block : List()) bytes += block->disk_bytes();
  return bytes;
}

Result<std::shared_ptr<const TraceBlock>> BlockStore::Write(TraceMerge& merge, uint64_t wal_through,
                                                            UnixNanos arrived,
                                                            uint64_t expected_bytes,
                                                            uint64_t log_bytes) {
  ORRERY_RETURN_IF_ERROR(MakeRoom(expected_bytes, log_bytes));
  auto block = WriteBlock(merge, {.wal_through = wal_through, .arrived = arrived, .replaces = {}});
  const MutexLock lock(mutex_);
  reserved_bytes_ -= expected_bytes;
  return block;
}

void BlockStore::Publish(std::shared_ptr<const TraceBlock> block) {
  const MutexLock lock(mutex_);
  blocks_.push_back(std::move(block));
  SetGauges();
}

MergeLimits BlockStore::Limits(size_t small_blocks) const {
  return {.block_spans = options_.block_spans,
          .block_bytes = options_.retention_bytes == 0 ? std::numeric_limits<uint64_t>::max()
                                                       : options_.retention_bytes / kBlockShare,
          .window_nanos = options_.merge_window_nanos,
          .small_spans = options_.head_spans / 2,
          .small_blocks = small_blocks};
}

std::vector<BlockFacts> BlockStore::FreeFacts() const {
  const MutexLock lock(mutex_);
  std::vector<BlockFacts> facts;
  for (const auto& block : blocks_) {
    if (claimed_.contains(block->id())) continue;
    facts.push_back({.id = block->id(),
                     .arrived = block->arrived(),
                     .spans = block->spans(),
                     .bytes = block->disk_bytes()});
  }
  return facts;
}

Blocks BlockStore::Claim(const std::vector<uint64_t>& ids) {
  const MutexLock lock(mutex_);
  Blocks blocks;
  for (const uint64_t id : ids) {
    const auto found = std::ranges::find(blocks_, id, &TraceBlock::id);
    if (found == blocks_.end() || claimed_.contains(id)) return {};
    blocks.push_back(*found);
  }
  claimed_.insert(ids.begin(), ids.end());
  return blocks;
}

void BlockStore::Unclaim(const Blocks& blocks) {
  const MutexLock lock(mutex_);
  for (const auto& block : blocks) claimed_.erase(block->id());
}

Status BlockStore::Tidy(size_t small_blocks, const std::function<uint64_t()>& log_bytes) {
  const MutexLock tidying(tidy_mutex_);
  ORRERY_RETURN_IF_ERROR(ExpireOld());
  ORRERY_RETURN_IF_ERROR(MakeRoom(0, log_bytes()));
  return MergeAll(small_blocks, log_bytes);
}

Status BlockStore::MergeAll(size_t small_blocks, const std::function<uint64_t()>& log_bytes) {
  for (;;) {
    if (is_stopping_.load(std::memory_order_relaxed)) return Cancelled("the store is closing");
    std::vector<BlockFacts> facts = FreeFacts();
    std::erase_if(facts, [this](const BlockFacts& block)
                             ORRERY_REQUIRES(tidy_mutex_) { return damaged_.contains(block.id); });
    const std::vector<uint64_t> ids =
        NextMerge(std::move(facts), Limits(small_blocks), deps_.clock.WallNow());
    if (ids.empty()) return OkStatus();
    const Blocks blocks = Claim(ids);
    if (blocks.empty()) continue;  // One of them has just expired.
    uint64_t bytes = 0;
    for (const auto& block : blocks) bytes += block->disk_bytes();
    Status status = MakeRoom(bytes, log_bytes());
    if (status.ok()) {
      status = Merge(blocks);
      const MutexLock lock(mutex_);
      reserved_bytes_ -= bytes;
    }
    if (status.code() == StatusCode::kCorruption) {
      SetAsideDamaged(blocks);
      status = OkStatus();
    }
    Unclaim(blocks);
    ORRERY_RETURN_IF_ERROR(status);
  }
}

void BlockStore::SetAsideDamaged(const Blocks& blocks) {
  bool is_any_found = false;
  for (const auto& block : blocks) {
    const Status status = ReadAll(*block);
    if (status.ok()) continue;
    is_any_found = true;
    damaged_.insert(block->id());
    deps_.logger.Error("block not merged, since it is damaged; queries that need it fail",
                       {{"block", block->id()}, {"error", status.ToString()}});
  }
  if (is_any_found) return;
  for (const auto& block : blocks) damaged_.insert(block->id());
}

Status BlockStore::Merge(const Blocks& blocks) {
  // Through a cache of its own, so that what queries use stays in theirs.
  RowGroupCache cache(kMergeCacheBytes);
  Blocks sources;
  Origin origin;
  for (const auto& block : blocks) {
    ORRERY_ASSIGN_OR_RETURN(auto source,
                            TraceBlock::Open(deps_.fs, dir_, block->manifest(), cache));
    sources.push_back(std::move(source));
    origin.replaces.push_back(block->id());
    origin.wal_through = std::max(origin.wal_through, block->manifest().wal_through);
    origin.arrived = std::max(origin.arrived, block->arrived());
  }
  TraceMerge merge({}, std::move(sources));
  ORRERY_ASSIGN_OR_RETURN(auto merged, WriteBlock(merge, std::move(origin)));
  Replace(blocks, std::move(merged));
  counters_.merged_blocks.Add(blocks.size());
  return OkStatus();
}

void BlockStore::Replace(const Blocks& old, std::shared_ptr<const TraceBlock> instead) {
  {
    const MutexLock lock(mutex_);
    std::erase_if(blocks_,
                  [&](const auto& block) { return std::ranges::find(old, block) != old.end(); });
    if (instead != nullptr) blocks_.push_back(std::move(instead));
    SetGauges();
  }
  for (const auto& block : old) {
    const Status removed = block::RemoveBlock(deps_.fs, dir_, block->id());
    if (removed.ok()) continue;
    counters_.failed_removals.Add();
    deps_.logger.Error("block not removed, the next start tries again",
                       {{"block", block->id()}, {"error", removed.ToString()}});
  }
}

Result<std::shared_ptr<const TraceBlock>> BlockStore::WriteBlock(TraceMerge& merge, Origin origin) {
  uint64_t id;
  {
    const MutexLock lock(mutex_);
    id = next_id_++;
  }
  block::Manifest manifest;
  Status status = FillBlock(merge, id, std::move(origin), manifest);
  if (status.ok()) {
    Result<std::shared_ptr<const TraceBlock>> block =
        TraceBlock::Open(deps_.fs, dir_, manifest, cache_);
    if (block.ok()) {
      counters_.written_blocks.Add();
      deps_.logger.Info("block written", {{"block", id},
                                          {"spans", (*block)->spans()},
                                          {"bytes", (*block)->disk_bytes()},
                                          {"replaces", (*block)->manifest().replaces.size()}});
      return block;
    }
    status = block.status();
  }
  if (status.code() != StatusCode::kCancelled) counters_.failed_writes.Add();
  // What is left of it is unfinished, or claims what others still hold; try to be rid of it now.
  // The number is not used again, and Open removes what stays.
  if (const Status removed = block::RemoveBlock(deps_.fs, dir_, id); !removed.ok()) {
    deps_.logger.Warn("unfinished block not removed",
                      {{"block", id}, {"error", removed.ToString()}});
  }
  return status;
}

Status BlockStore::FillBlock(TraceMerge& merge, uint64_t id, Origin origin,
                             block::Manifest& manifest) {
  ORRERY_RETURN_IF_ERROR(merge.Plan());
  ORRERY_ASSIGN_OR_RETURN(auto writer,
                          TraceBlockWriter::Create(deps_.fs, dir_, id, options_.row_group_spans));
  model::SpanBatch trace;
  for (;;) {
    if (is_stopping_.load(std::memory_order_relaxed)) return Cancelled("the store is closing");
    ORRERY_ASSIGN_OR_RETURN(const bool has_trace, merge.Next(trace));
    if (!has_trace) break;
    ORRERY_RETURN_IF_ERROR(writer->Add(trace));
  }
  ORRERY_ASSIGN_OR_RETURN(manifest, writer->Finish());
  manifest.wal_through = origin.wal_through;
  manifest.replaces = std::move(origin.replaces);
  manifest.numbers["arrived"] = origin.arrived;
  return block::PublishBlock(deps_.fs, dir_, manifest);
}

}  // namespace orrery::traces
