// SPDX-License-Identifier: Apache-2.0
#include "traces/scan_sources.h"

#include <algorithm>

namespace orrery::traces {

using model::TimeRange;

ScanSources::ScanSources(const Snapshot& snapshot) : snapshot_(snapshot) {
  TimeRange head{UINT64_MAX, 0};
  for (const auto& each : snapshot_.tables) {
    head.start = std::min(head.start, each->table.min_start);
    head.end = std::max(head.end, each->table.max_end);
  }
  extents_.push_back(head);
  for (const auto& block : snapshot_.blocks) extents_.push_back(block->extent());
}

std::vector<size_t> ScanSources::Overlapping(const TimeRange& group, size_t source) const {
  std::vector<size_t> others;
  for (size_t i = 0; i < extents_.size(); ++i) {
    if (i != source && extents_[i].Overlaps(group)) others.push_back(i);
  }
  return others;
}

std::vector<size_t> ScanSources::Nearby(size_t source, uint64_t slack) const {
  std::vector<size_t> nearby;
  const TimeRange& here = extents_[source];
  for (size_t i = 0; i < extents_.size(); ++i) {
    const TimeRange& there = extents_[i];
    const bool before = there.end < here.start && here.start - there.end > slack;
    const bool after = here.end < there.start && there.start - here.end > slack;
    if (i != source && !before && !after) nearby.push_back(i);
  }
  return nearby;
}

Result<bool> ScanSources::HasTrace(size_t source, const model::TraceId& id) {
  if (source != kHead) {
    ORRERY_RETURN_IF_ERROR(snapshot_.blocks[source - 1]->FindTrace(id, places_));
    return !places_.empty();
  }
  return std::ranges::any_of(snapshot_.tables, [&](const auto& head) {
    return head->slots.FirstRow(head->table, id) != kNoRow;
  });
}

Result<std::vector<bool>> ScanSources::FindShared(const SpanTable& table,
                                                  const std::vector<size_t>& others) {
  std::vector<bool> shared(others.empty() ? 0 : table.traces.size(), false);
  for (size_t trace = 0; trace < shared.size(); ++trace) {
    for (const size_t other : others) {
      ORRERY_ASSIGN_OR_RETURN(const bool has, HasTrace(other, table.traces[trace].id));
      if (has) shared[trace] = true;
    }
  }
  return shared;
}

Status ScanSources::AddCut(const TraceBlock& block, const SpanTable& table,
                           std::vector<bool>& shared) {
  shared.resize(table.traces.size(), false);
  // A writer cuts the first or the last trace of a row group.
  for (const size_t trace : {size_t{0}, table.traces.size() - 1}) {
    ORRERY_RETURN_IF_ERROR(block.FindTrace(table.traces[trace].id, places_));
    if (places_.size() > 1) shared[trace] = true;
  }
  return OkStatus();
}

}  // namespace orrery::traces
