// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_store.h"

#include <algorithm>
#include <utility>

#include "traces/span_scan.h"

namespace orrery::traces {
namespace {

// The log's part of the disk that the store may take, after which spans are refused until a head
// has become a block.
constexpr uint64_t kLogShare = 8;
// So many different damages are logged.
constexpr size_t kLoggedDamages = 1000;

}  // namespace

Status TraceStore::Append(std::span<const contracts::SpanIngest> requests) {
  std::vector<std::string_view> records;
  uint64_t spans = 0;
  uint64_t bytes = 0;
  for (const contracts::SpanIngest& request : requests) {
    if (request.spans.spans.empty()) continue;
    records.push_back(*request.otlp);
    spans += request.spans.spans.size();
    bytes += request.otlp->size();
  }
  if (records.empty()) return OkStatus();

  MutexLock appending(append_mutex_);
  {
    MutexLock lock(state_mutex_);
    if (is_closing_) return Unavailable("the trace store is shutting down");
    if (head_.bytes() + frozen_bytes_ > 3 * options_.head_bytes) {
      return ResourceExhausted("spans arrive faster than blocks can be written");
    }
    const uint64_t logged = head_log_bytes_ + frozen_log_bytes_;
    if (options_.retention_bytes != 0 && logged > 0 &&
        logged + bytes > options_.retention_bytes / kLogShare) {
      wake_cutter_.NotifyAll();
      return ResourceExhausted(
          "the log has its share of the disk that traces may take; blocks are being written");
    }
  }
  ORRERY_RETURN_IF_ERROR(wal_->Append(records));
  ORRERY_RETURN_IF_ERROR(wal_->Sync());
  counters_.appended_spans.Add(spans);

  MutexLock lock(state_mutex_);
  head_touched_ = deps_.clock.MonotonicNanos();
  if (head_.spans() == 0) head_since_ = head_touched_;
  head_log_bytes_ += bytes;
  counters_.log_bytes.Set(static_cast<int64_t>(head_log_bytes_ + frozen_log_bytes_));
  for (const contracts::SpanIngest& request : requests) head_.Append(request.spans);
  if (HeadIsDue()) wake_cutter_.NotifyAll();
  return OkStatus();
}

Snapshot TraceStore::TakeSnapshot() const {
  MutexLock lock(state_mutex_);
  Snapshot snapshot;
  snapshot.tables = head_.Tables();
  snapshot.tables.insert(snapshot.tables.end(), frozen_.begin(), frozen_.end());
  snapshot.blocks = blocks_->List();
  return snapshot;
}

Result<std::vector<contracts::TraceCandidate>> TraceStore::FindTraces(
    const contracts::SpanFilter& filter, const model::TimeRange& range,
    contracts::QueryContext& context) const {
  ORRERY_ASSIGN_OR_RETURN(auto found, FindNewestTraces(filter, range, SIZE_MAX, context));
  return std::move(found.candidates);
}

Result<contracts::NewestTraces> TraceStore::FindNewestTraces(
    const contracts::SpanFilter& filter, const model::TimeRange& range, size_t most,
    contracts::QueryContext& context) const {
  const uint64_t searched = context.row_groups();
  const uint64_t skipped = context.skipped_row_groups();
  auto found = traces::FindNewestTraces(TakeSnapshot(), filter, range, options_.trace_slack_nanos,
                                        most, context);
  counters_.searched_row_groups.Add(context.row_groups() - searched);
  counters_.skipped_row_groups.Add(context.skipped_row_groups() - skipped);
  ReportDamage(context);
  return found;
}

Status TraceStore::ReadTraces(std::span<const model::TraceId> ids,
                              const contracts::WantedFields& wanted,
                              contracts::QueryContext& context,
                              const std::function<bool(const model::SpanBatch&)>& visit) const {
  const Status status = traces::ReadTraces(TakeSnapshot(), ids, wanted, context, visit);
  ReportDamage(context);
  return status;
}

Status TraceStore::ScanSpans(
    const contracts::SpanFilter& filter, const model::TimeRange& starts,
    std::span<const contracts::FieldRef> fields, contracts::QueryContext& context,
    const std::function<bool(const contracts::SpanColumns&)>& visit) const {
  const Status status = traces::ScanSpans(TakeSnapshot(), filter, starts, fields, context, visit);
  ReportDamage(context);
  return status;
}

Status TraceStore::ScanParts(
    const contracts::SpanFilter& filter, const model::TimeRange& starts,
    std::span<const contracts::FieldRef> fields, contracts::ScanKeeper& keeper,
    contracts::QueryContext& context,
    const std::function<bool(const contracts::SpanColumns&)>& visit) const {
  KeptScan kept{keeper, blocks_->outcomes()};
  const Status status =
      traces::ScanParts(TakeSnapshot(), filter, starts, fields, kept, context, visit);
  counters_.kept_hits.Add(kept.hits);
  counters_.kept_misses.Add(kept.misses);
  counters_.kept_bytes.Set(static_cast<int64_t>(kept.cache.bytes()));
  ReportDamage(context);
  return status;
}

Status TraceStore::ScanContents(
    const contracts::SpanFilter& filter, const model::TimeRange& starts,
    std::span<const contracts::FieldRef> fields, contracts::QueryContext& context,
    const std::function<Status(const contracts::SpanColumns&, const contracts::ContentsReader&)>&
        visit,
    std::vector<model::TraceId>& apart) const {
  const Status status = traces::ScanContents(TakeSnapshot(), filter, starts, fields,
                                             options_.trace_slack_nanos, context, visit, apart);
  ReportDamage(context);
  return status;
}

Result<contracts::TagNames> TraceStore::FindTagNames(const model::TimeRange& range,
                                                     contracts::QueryContext& context) const {
  auto names = traces::FindTagNames(TakeSnapshot(), range, context);
  ReportDamage(context);
  return names;
}

Result<std::vector<contracts::TagValue>> TraceStore::FindTagValues(
    const contracts::FieldRef& field, const model::TimeRange& range, size_t limit,
    contracts::QueryContext& context) const {
  auto values = traces::FindTagValues(TakeSnapshot(), field, range, limit, context);
  ReportDamage(context);
  return values;
}

void TraceStore::ReportDamage(const contracts::QueryContext& context) const {
  const Status damage = context.damage();
  if (damage.ok()) return;
  counters_.damaged_reads.Add();
  {
    MutexLock lock(state_mutex_);
    if (logged_damages_.size() >= kLoggedDamages) return;
    if (!logged_damages_.emplace(damage.message()).second) return;
  }
  deps_.logger.Error("a damaged part of a block is left out of answers",
                     {{"error", damage.ToString()}});
}

Status TraceStore::Pin(const model::TraceId& id) {
  contracts::QueryContext context(deps_.clock, {});
  bool is_there = false;
  ORRERY_RETURN_IF_ERROR(ReadTraces(std::span(&id, 1), {.all = false, .fields = {}}, context,
                                    [&](const model::SpanBatch&) { return is_there = true; }));
  if (!is_there) return NotFound("no span of trace " + model::ToHex(id) + " is stored");
  return pins_->Add(id);
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
  stats.log_bytes = wal_->disk_bytes();
  stats.disk_bytes += stats.log_bytes;
  stats.pinned_traces = pins_->List().size();
  stats.oldest = oldest == UINT64_MAX ? 0 : oldest;
  return stats;
}

}  // namespace orrery::traces
