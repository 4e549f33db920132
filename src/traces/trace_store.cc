// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "storage/block/block_directory.h"
#include "storage/wal/log_reader.h"
#include "traces/trace_merge.h"

namespace orrery::traces {
namespace {

// How often the maintenance thread looks at the head's age.
constexpr std::chrono::milliseconds kMaintenancePause{500};
// How long it waits after a block could not be written.
constexpr std::chrono::seconds kRetryPause{5};

}  // namespace

Status TraceStore::Append(std::span<const contracts::SpanIngest> requests) {
  std::vector<std::string_view> records;
  uint64_t spans = 0;
  for (const contracts::SpanIngest& request : requests) {
    if (request.spans.spans.empty()) continue;
    records.push_back(*request.otlp);
    spans += request.spans.spans.size();
  }
  if (records.empty()) return OkStatus();

  MutexLock appending(append_mutex_);
  {
    MutexLock lock(state_mutex_);
    if (is_closing_) return Unavailable("the trace store is shutting down");
    if (head_.bytes() + frozen_bytes_ > 3 * options_.head_bytes) {
      return ResourceExhausted("spans arrive faster than blocks can be written");
    }
  }
  ORRERY_RETURN_IF_ERROR(wal_->Append(records));
  ORRERY_RETURN_IF_ERROR(wal_->Sync());
  counters_.appended_spans.Add(spans);

  MutexLock lock(state_mutex_);
  if (head_.spans() == 0) head_since_ = deps_.clock.MonotonicNanos();
  for (const contracts::SpanIngest& request : requests) head_.Append(request.spans);
  if (HeadIsDue()) wake_.NotifyAll();
  return OkStatus();
}

Snapshot TraceStore::TakeSnapshot() const {
  MutexLock lock(state_mutex_);
  Snapshot snapshot;
  snapshot.tables = head_.Tables();
  snapshot.tables.insert(snapshot.tables.end(), frozen_.begin(), frozen_.end());
  snapshot.blocks = blocks_;
  return snapshot;
}

Result<std::vector<contracts::TraceCandidate>> TraceStore::FindTraces(
    const contracts::SpanFilter& filter, const model::TimeRange& range,
    contracts::QueryContext& context) const {
  return traces::FindTraces(TakeSnapshot(), filter, range, options_.trace_slack_nanos, context);
}

Status TraceStore::ReadTraces(std::span<const model::TraceId> ids,
                              const contracts::WantedFields& wanted,
                              contracts::QueryContext& context,
                              const std::function<bool(const model::SpanBatch&)>& visit) const {
  return traces::ReadTraces(TakeSnapshot(), ids, wanted, context, visit);
}

Result<contracts::TagNames> TraceStore::FindTagNames(const model::TimeRange& range,
                                                     contracts::QueryContext& context) const {
  return traces::FindTagNames(TakeSnapshot(), range, context);
}

Result<std::vector<contracts::TagValue>> TraceStore::FindTagValues(
    const contracts::FieldRef& field, const model::TimeRange& range, size_t limit,
    contracts::QueryContext& context) const {
  return traces::FindTagValues(TakeSnapshot(), field, range, limit, context);
}

contracts::TraceStoreStats TraceStore::Stats() const {
  const Snapshot snapshot = TakeSnapshot();
  contracts::TraceStoreStats stats;
  UnixNanos oldest = UINT64_MAX;
  for (const auto& head : snapshot.tables) {
    stats.head_spans += head->table.rows();
    stats.traces += head->table.traces.size();
    oldest = std::min(oldest, head->table.min_start);
  }
  stats.spans = stats.head_spans;
  for (const auto& block : snapshot.blocks) {
    stats.spans += block->spans();
    stats.traces += block->manifest().number("traces");
    stats.disk_bytes += block->disk_bytes();
    if (block->spans() > 0) oldest = std::min(oldest, block->extent().start);
  }
  stats.blocks = snapshot.blocks.size();
  stats.disk_bytes += wal_->disk_bytes();
  stats.oldest = oldest == UINT64_MAX ? 0 : oldest;
  return stats;
}

bool TraceStore::HeadIsDue() const {
  if (head_.spans() == 0) return false;
  return head_.spans() >= options_.head_spans || head_.bytes() >= options_.head_bytes ||
         deps_.clock.MonotonicNanos() - head_since_ >= options_.head_age_nanos;
}

void TraceStore::Maintain() {
  // A manual clock stands still, so the pauses are the machine's.
  for (;;) {
    {
      MutexLock lock(state_mutex_);
      while (!is_closing_ && !HeadIsDue()) wake_.WaitFor(state_mutex_, kMaintenancePause);
      if (is_closing_) return;
    }
    Status status;
    {
      MutexLock maintaining(maintenance_mutex_);
      status = Cut();
      if (status.ok()) status = Compact(kSmallBlocks);
    }
    if (status.ok()) continue;
    deps_.logger.Error("block not written, trying again later", {{"error", status.ToString()}});
    MutexLock lock(state_mutex_);
    if (!is_closing_) wake_.WaitFor(state_mutex_, kRetryPause);
  }
}

Status TraceStore::Flush() {
  MutexLock maintaining(maintenance_mutex_);
  // The first may only finish what was frozen before; the second takes what has come since.
  ORRERY_RETURN_IF_ERROR(Cut());
  ORRERY_RETURN_IF_ERROR(Cut());
  return Compact(2);
}

Status TraceStore::Freeze() {
  MutexLock appending(append_mutex_);
  {
    MutexLock lock(state_mutex_);
    if (!frozen_.empty() || head_.spans() == 0) return OkStatus();
  }
  ORRERY_ASSIGN_OR_RETURN(frozen_through_, wal_->Roll());
  MutexLock lock(state_mutex_);
  frozen_ = head_.Take();
  frozen_bytes_ = 0;
  for (const auto& head : frozen_) frozen_bytes_ += head->bytes;
  return OkStatus();
}

Status TraceStore::Cut() {
  ORRERY_RETURN_IF_ERROR(Freeze());
  HeadTables tables;
  {
    MutexLock lock(state_mutex_);
    tables = frozen_;
  }
  if (tables.empty()) return OkStatus();
  TraceMerge merge(std::move(tables), {});
  ORRERY_ASSIGN_OR_RETURN(auto block, WriteBlock(merge, frozen_through_, {}));
  {
    MutexLock lock(state_mutex_);
    blocks_.push_back(std::move(block));
    frozen_.clear();
    frozen_bytes_ = 0;
  }
  return wal_->DropThrough(frozen_through_);
}

Status TraceStore::Compact(size_t at_least) {
  Blocks blocks;
  {
    MutexLock lock(state_mutex_);
    blocks = blocks_;
  }
  std::erase_if(blocks,
                [this](const auto& block) { return block->spans() >= options_.head_spans / 2; });
  if (blocks.size() < at_least) return OkStatus();
  std::ranges::sort(blocks, {}, [](const auto& block) { return block->extent().start; });
  Blocks together;
  uint64_t spans = 0;
  for (const auto& block : blocks) {
    if (spans + block->spans() > options_.block_spans && !together.empty()) {
      ORRERY_RETURN_IF_ERROR(Merge(std::exchange(together, {})));
      spans = 0;
    }
    together.push_back(block);
    spans += block->spans();
  }
  return Merge(together);
}

Status TraceStore::Merge(const Blocks& blocks) {
  if (blocks.size() < 2) return OkStatus();
  // Through a cache of its own, so that what queries use stays in theirs.
  RowGroupCache cache(kMergeCacheBytes);
  Blocks sources;
  std::vector<uint64_t> replaces;
  uint64_t wal_through = 0;
  for (const auto& block : blocks) {
    ORRERY_ASSIGN_OR_RETURN(auto source,
                            TraceBlock::Open(deps_.fs, blocks_dir_, block->manifest(), cache));
    sources.push_back(std::move(source));
    replaces.push_back(block->id());
    wal_through = std::max(wal_through, block->manifest().wal_through);
  }
  TraceMerge merge({}, std::move(sources));
  ORRERY_ASSIGN_OR_RETURN(auto merged, WriteBlock(merge, wal_through, replaces));
  {
    MutexLock lock(state_mutex_);
    std::erase_if(blocks_, [&](const auto& block) {
      return std::ranges::find(replaces, block->id()) != replaces.end();
    });
    blocks_.push_back(std::move(merged));
  }
  counters_.merged_blocks.Add(blocks.size());
  for (const uint64_t id : replaces) {
    ORRERY_RETURN_IF_ERROR(block::RemoveBlock(deps_.fs, blocks_dir_, id));
  }
  return OkStatus();
}

Result<std::shared_ptr<const TraceBlock>> TraceStore::WriteBlock(TraceMerge& merge,
                                                                 uint64_t wal_through,
                                                                 std::vector<uint64_t> replaces) {
  const uint64_t id = next_block_++;
  block::Manifest manifest;
  Status status = FillBlock(merge, id, wal_through, std::move(replaces), manifest);
  if (status.ok()) {
    Result<std::shared_ptr<const TraceBlock>> block =
        TraceBlock::Open(deps_.fs, blocks_dir_, manifest, cache_);
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
  counters_.failed_writes.Add();
  // What is left of it is unfinished, or claims what others still hold; try to be rid of it now.
  // The number is not used again, and Open removes what stays.
  if (const Status removed = block::RemoveBlock(deps_.fs, blocks_dir_, id); !removed.ok()) {
    deps_.logger.Warn("unfinished block not removed",
                      {{"block", id}, {"error", removed.ToString()}});
  }
  return status;
}

Status TraceStore::FillBlock(TraceMerge& merge, uint64_t id, uint64_t wal_through,
                             std::vector<uint64_t> replaces, block::Manifest& manifest) {
  ORRERY_RETURN_IF_ERROR(merge.Plan());
  ORRERY_ASSIGN_OR_RETURN(
      auto writer, TraceBlockWriter::Create(deps_.fs, blocks_dir_, id, options_.row_group_spans));
  model::SpanBatch trace;
  for (;;) {
    ORRERY_ASSIGN_OR_RETURN(const bool has_trace, merge.Next(trace));
    if (!has_trace) break;
    ORRERY_RETURN_IF_ERROR(writer->Add(trace));
  }
  ORRERY_ASSIGN_OR_RETURN(manifest, writer->Finish());
  manifest.wal_through = wal_through;
  manifest.replaces = std::move(replaces);
  return block::PublishBlock(deps_.fs, blocks_dir_, manifest);
}

}  // namespace orrery::traces
