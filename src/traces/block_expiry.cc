// SPDX-License-Identifier: Apache-2.0
// Blocks are let go: by age, and when they take too much disk.
#include <algorithm>
#include <set>
#include <utility>

#include "traces/block_store.h"

namespace orrery::traces {

Status BlockStore::ExpireOld() {
  if (options_.retention_nanos == 0) return OkStatus();
  const bool had_doubts = retention_clock_->doubts();
  const UnixNanos now = retention_clock_->Read(deps_.clock.WallNow(), deps_.clock.MonotonicNanos());
  if (retention_clock_->doubts() && !had_doubts) {
    deps_.logger.Warn(
        "the clock has leapt ahead; nothing expires by age until it has stayed so for "
        "an hour",
        {{"clock", FormatTime(deps_.clock.WallNow())}, {"expected", FormatTime(now)}});
  }
  for (const uint64_t id : OlderThan(FreeFacts(), options_.retention_nanos, now)) {
    const Blocks block = Claim({id});
    if (block.empty()) continue;
    const Status status = Expire(block[0], Reason::kAge).status();
    Unclaim(block);
    ORRERY_RETURN_IF_ERROR(status);
  }
  return OkStatus();
}

Status BlockStore::MakeRoom(uint64_t bytes, uint64_t log_bytes) {
  std::set<uint64_t> staying;  // All of them pinned.
  for (;;) {
    uint64_t wanted = log_bytes + bytes;
    {
      const MutexLock lock(mutex_);
      for (const auto& block : blocks_) wanted += block->disk_bytes();
      wanted += reserved_bytes_;
      if (options_.retention_bytes == 0 || wanted <= options_.retention_bytes) {
        reserved_bytes_ += bytes;
        return OkStatus();
      }
    }
    std::vector<BlockFacts> facts = FreeFacts();
    std::erase_if(facts, [&](const BlockFacts& block) { return staying.contains(block.id); });
    const std::vector<uint64_t> oldest = OldestOf(std::move(facts), 1);
    if (oldest.empty()) break;
    const Blocks block = Claim(oldest);
    if (block.empty()) continue;
    const Result<bool> expired = Expire(block[0], Reason::kSize);
    Unclaim(block);
    if (!expired.ok()) return expired.status();
    if (!*expired) staying.insert(oldest[0]);
  }
  // Nothing is left that could go. The log must still become a block, which takes less than it.
  const MutexLock lock(mutex_);
  reserved_bytes_ += bytes;
  return OkStatus();
}

Result<bool> BlockStore::Expire(const std::shared_ptr<const TraceBlock>& block, Reason reason) {
  Result<std::shared_ptr<const TraceBlock>> kept = WritePinned(block);
  if (kept.status().code() == StatusCode::kCorruption) {
    // A wrong bit must not keep a block for ever; what is pinned in it can't be saved.
    deps_.logger.Error("block expires with its pinned traces, since it can't be read",
                       {{"block", block->id()}, {"error", kept.status().ToString()}});
    kept = std::shared_ptr<const TraceBlock>();
  }
  if (!kept.ok()) return kept.status();
  if (*kept == block) return false;
  const uint64_t kept_spans = *kept == nullptr ? 0 : (*kept)->spans();
  const uint64_t spans = block->spans() - kept_spans;
  Replace({block}, *std::move(kept));
  (reason == Reason::kAge ? counters_.old_blocks : counters_.surplus_blocks).Add();
  (reason == Reason::kAge ? counters_.old_spans : counters_.surplus_spans).Add(spans);
  deps_.logger.Info("block expired", {{"block", block->id()},
                                      {"reason", reason == Reason::kAge ? "age" : "size"},
                                      {"spans", spans},
                                      {"pinned_spans_kept", kept_spans}});
  return true;
}

Result<std::shared_ptr<const TraceBlock>> BlockStore::WritePinned(
    const std::shared_ptr<const TraceBlock>& block) {
  std::vector<model::TraceId> pinned;
  uint64_t parts = 0;  // A trace has one in each row group that it lies in.
  std::vector<TraceBlock::Place> places;
  TableNeed need;
  need.parts = kTracesPart;
  for (const model::TraceId& id : deps_.pins.List()) {
    const uint64_t parts_before = parts;
    ORRERY_RETURN_IF_ERROR(block->FindTrace(id, places));
    for (const TraceBlock::Place& place : places) {
      ORRERY_ASSIGN_OR_RETURN(const auto table, block->Load(place.group, need, nullptr));
      if (table->traces[place.trace].id == id) ++parts;
    }
    if (parts > parts_before) pinned.push_back(id);
  }
  if (pinned.empty()) return std::shared_ptr<const TraceBlock>();
  if (parts == block->manifest().number("traces")) return block;
  TraceMerge merge({}, {block}, std::move(pinned));
  return WriteBlock(merge, {.wal_through = block->manifest().wal_through,
                            .arrived = block->arrived(),
                            .replaces = {block->id()}});
}

}  // namespace orrery::traces
