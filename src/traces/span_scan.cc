// SPDX-License-Identifier: Apache-2.0
#include "traces/span_scan.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "traces/row_filter.h"
#include "traces/scan_columns.h"

namespace orrery::traces {
namespace {

using contracts::QueryContext;
using model::TimeRange;

constexpr uint32_t kKeyParts = kIdsPart | kStatesPart;

// A span that may come again: its id, and a hash of its trace, start and kind, which together say
// that two are the same.
struct SpanKey {
  model::SpanId id;
  uint64_t rest = 0;

  bool operator==(const SpanKey&) const = default;
};

struct SpanKeyHash {
  size_t operator()(const SpanKey& key) const {
    uint64_t id;
    std::memcpy(&id, key.id.bytes.data(), sizeof(id));
    return (id ^ key.rest) * 0x9E3779B97F4A7C15ull;
  }
};

uint64_t Mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0xFF51AFD7ED558CCDull;
  return hash ^ (hash >> 33);
}

SpanKey KeyOf(const SpanTable& table, uint32_t row) {
  const model::TraceId& trace = table.traces[table.trace_of_row[row]].id;
  const uint64_t rest = Mix(Mix(model::IdHash()(trace), table.starts[row]), table.kinds[row]);
  return {table.span_ids[row], rest};
}

class Scan {
 public:
  Scan(const Snapshot& snapshot, const contracts::SpanFilter& filter, const TimeRange& starts,
       std::span<const contracts::FieldRef> fields, QueryContext& context,
       const std::function<bool(const contracts::SpanColumns&)>& visit)
      : snapshot_(snapshot),
        filter_(filter),
        starts_(starts),
        fields_(fields),
        context_(context),
        visit_(visit) {
    need_ = NeedOf(filter);
    TableNeed columns = NeedOfColumns(fields);
    need_.parts |= columns.parts | kTracesPart | kTimesPart;
    need_.keys.insert(need_.keys.end(), columns.keys.begin(), columns.keys.end());
  }

  Status Run() {
    AddJobs(snapshot_, context_);
    FindExtents();
    for (const auto& head : snapshot_.tables) {
      const SpanTable& table = head->table;
      ORRERY_RETURN_IF_ERROR(context_.Check());
      context_.FinishJobs(1);
      if (!starts_.Overlaps({table.min_start, table.max_end})) continue;
      context_.CountSpans(table.rows());
      // A request that was sent twice is in the head twice.
      ORRERY_RETURN_IF_ERROR(Visit(table, std::vector<bool>(table.traces.size(), true)));
      if (stopped_) return OkStatus();
    }
    for (size_t i = 0; i < snapshot_.blocks.size() && !stopped_; ++i) {
      ORRERY_RETURN_IF_ERROR(VisitBlock(*snapshot_.blocks[i], i + 1));
    }
    return OkStatus();
  }

 private:
  // The sources are the head and the blocks. Within a block no span comes twice.
  void FindExtents() {
    TimeRange head{UINT64_MAX, 0};
    for (const auto& each : snapshot_.tables) {
      head.start = std::min(head.start, each->table.min_start);
      head.end = std::max(head.end, each->table.max_end);
    }
    extents_.push_back(head);
    for (const auto& block : snapshot_.blocks) extents_.push_back(block->extent());
  }

  // The sources besides `source` that have spans within a row group's extent.
  std::vector<size_t> OthersIn(const TimeRange& group, size_t source) const {
    std::vector<size_t> others;
    for (size_t i = 0; i < extents_.size(); ++i) {
      if (i != source && extents_[i].Overlaps(group)) others.push_back(i);
    }
    return others;
  }

  Result<bool> HasTrace(size_t source, const model::TraceId& id) {
    if (source != 0) {
      ORRERY_RETURN_IF_ERROR(snapshot_.blocks[source - 1]->FindTrace(id, places_));
      return !places_.empty();
    }
    return std::ranges::any_of(snapshot_.tables, [&](const auto& head) {
      return head->slots.FirstRow(head->table, id) != kNoRow;
    });
  }

  // Which traces of a table may have the same spans in one of `others`.
  Result<std::vector<bool>> FindShared(const SpanTable& table, const std::vector<size_t>& others) {
    std::vector<bool> shared(others.empty() ? 0 : table.traces.size(), false);
    for (size_t trace = 0; trace < shared.size(); ++trace) {
      for (const size_t other : others) {
        ORRERY_ASSIGN_OR_RETURN(const bool has, HasTrace(other, table.traces[trace].id));
        if (has) shared[trace] = true;
      }
    }
    return shared;
  }

  Status VisitBlock(const TraceBlock& block, size_t source) {
    if (!starts_.Overlaps(block.extent())) {
      context_.FinishJobs(block.groups().size());
      return OkStatus();
    }
    context_.CountBlock();
    for (uint32_t group = 0; group < block.groups().size() && !stopped_; ++group) {
      ORRERY_RETURN_IF_ERROR(context_.Check());
      context_.FinishJobs(1);
      const GroupEntry& entry = block.groups()[group];
      const TimeRange extent{entry.min_start, entry.max_end};
      if (!starts_.Overlaps(extent)) continue;
      const Result<bool> may_match = block.MayMatch(group, filter_, context_);
      if (PassesOver(may_match.status(), context_)) continue;
      if (!may_match.ok()) return may_match.status();
      if (!*may_match) {
        context_.CountSkippedRowGroup();
        continue;
      }
      const std::vector<size_t> others = OthersIn(extent, source);
      TableNeed need = need_;
      if (!others.empty()) need.parts |= kKeyParts;
      const auto table = block.Load(group, need, &context_);
      if (PassesOver(table.status(), context_)) continue;
      if (!table.ok()) return table.status();
      context_.CountRowGroup();
      context_.CountSpans(entry.rows);
      ORRERY_ASSIGN_OR_RETURN(const auto shared, FindShared(**table, others));
      ORRERY_RETURN_IF_ERROR(Visit(**table, shared));
    }
    return OkStatus();
  }

  // `shared` traces may have spans that come again; it is empty when there are none.
  Status Visit(const SpanTable& table, const std::vector<bool>& shared) {
    std::vector<uint32_t> rows;
    rows.reserve(table.rows());
    FilterRows(table, filter_).ForEach([&](uint32_t row) {
      if (!starts_.Contains(table.starts[row])) return;
      const bool may_repeat = !shared.empty() && shared[table.trace_of_row[row]];
      if (may_repeat && !seen_.insert(KeyOf(table, row)).second) return;
      rows.push_back(row);
    });
    if (rows.empty()) return OkStatus();
    contracts::SpanColumns columns;
    columns.starts.reserve(rows.size());
    columns.trace_of_span.reserve(rows.size());
    for (const uint32_t row : rows) {
      columns.starts.push_back(table.starts[row]);
      columns.trace_of_span.push_back(table.trace_of_row[row]);
    }
    columns.traces.reserve(table.traces.size());
    for (const TraceRows& trace : table.traces) columns.traces.push_back(trace.id);
    for (const contracts::FieldRef& field : fields_) {
      ORRERY_ASSIGN_OR_RETURN(auto column, ReadColumn(table, field, rows, columns.pools));
      columns.fields.push_back(std::move(column));
    }
    stopped_ = !visit_(columns);
    return OkStatus();
  }

  const Snapshot& snapshot_;
  const contracts::SpanFilter& filter_;
  const TimeRange starts_;
  const std::span<const contracts::FieldRef> fields_;
  QueryContext& context_;
  const std::function<bool(const contracts::SpanColumns&)>& visit_;
  TableNeed need_;
  std::vector<TimeRange> extents_;  // Of the head, then of each block.
  std::vector<TraceBlock::Place> places_;
  boost::unordered_flat_set<SpanKey, SpanKeyHash> seen_;
  bool stopped_ = false;
};

}  // namespace

Status ScanSpans(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                 const TimeRange& starts, std::span<const contracts::FieldRef> fields,
                 QueryContext& context,
                 const std::function<bool(const contracts::SpanColumns&)>& visit) {
  return Scan(snapshot, filter, starts, fields, context, visit).Run();
}

}  // namespace orrery::traces
