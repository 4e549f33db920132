// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_merge.h"

#include <algorithm>
#include <tuple>

namespace orrery::traces {

Status TraceMerge::Plan() {
  const auto add = [this](const SpanTable& table, uint32_t source, uint32_t group) {
    for (const TraceRows& trace : table.traces) {
      if (only_.has_value() && !std::ranges::binary_search(*only_, trace.id)) continue;
      UnixNanos start = table.starts[trace.first];
      for (uint32_t row = trace.first; row != kNoRow; row = table.next_of_trace[row]) {
        start = std::min(start, table.starts[row]);
      }
      parts_.push_back({trace.id, start, source, group, trace.first});
    }
  };
  for (uint32_t i = 0; i < tables_.size(); ++i) add(tables_[i]->table, i, 0);
  TableNeed need;
  need.parts = kTracesPart | kTimesPart;
  for (uint32_t i = 0; i < blocks_.size(); ++i) {
    for (uint32_t group = 0; group < blocks_[i]->groups().size(); ++group) {
      ORRERY_ASSIGN_OR_RETURN(const auto table, blocks_[i]->Load(group, need, nullptr));
      add(*table, static_cast<uint32_t>(tables_.size()) + i, group);
    }
  }
  std::ranges::sort(parts_, {}, &Part::id);
  for (size_t begin = 0; begin < parts_.size();) {
    size_t end = begin;
    UnixNanos start = parts_[begin].start;
    for (; end < parts_.size() && parts_[end].id == parts_[begin].id; ++end) {
      start = std::min(start, parts_[end].start);
    }
    for (; begin < end; ++begin) parts_[begin].start = start;
  }
  std::ranges::sort(parts_, [](const Part& a, const Part& b) {
    return std::tie(a.start, a.id, a.source, a.group) < std::tie(b.start, b.id, b.source, b.group);
  });
  return OkStatus();
}

Result<bool> TraceMerge::Next(model::SpanBatch& trace) {
  if (next_ == parts_.size()) return false;
  const model::TraceId id = parts_[next_].id;
  for (; next_ < parts_.size() && parts_[next_].id == id; ++next_) {
    const Part& part = parts_[next_];
    if (part.source < tables_.size()) {
      const auto& head = tables_[part.source];
      assembler_.AddRows(std::shared_ptr<const SpanTable>(head, &head->table), part.first_row);
      continue;
    }
    const auto& block = blocks_[part.source - tables_.size()];
    ORRERY_ASSIGN_OR_RETURN(auto table, block->Load(part.group, TableNeed::Everything(), nullptr));
    assembler_.AddRows(std::move(table), part.first_row);
  }
  ORRERY_RETURN_IF_ERROR(assembler_.Assemble(trace));
  return true;
}

}  // namespace orrery::traces
