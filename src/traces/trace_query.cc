// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_query.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <tuple>

#include <boost/unordered/unordered_flat_map.hpp>

#include "traces/row_filter.h"
#include "traces/table_tags.h"
#include "traces/trace_assembler.h"

namespace orrery::traces {
namespace {

using contracts::QueryContext;
using contracts::TraceCandidate;
using model::TimeRange;

TimeRange Widened(UnixNanos start, UnixNanos end, uint64_t slack) {
  return {start - std::min(start, slack),
          end + std::min(std::numeric_limits<UnixNanos>::max() - end, slack)};
}

// What a pass over the tables of a snapshot is for.
struct Pass {
  const contracts::SpanFilter& filter;  // Row groups in which no row can pass are left out.
  const TableNeed& need;
  const TimeRange& range;
  uint64_t slack;
  QueryContext& context;

  bool Covers(UnixNanos start, UnixNanos end) const {
    return Widened(start, end, slack).Overlaps(range);
  }
};

// Whether each row group of a block has to be looked at.
Result<std::vector<bool>> ChooseRowGroups(const TraceBlock& block, const Pass& pass) {
  std::vector<bool> chosen(block.groups().size(), true);
  const auto trace = OnlyTrace(pass.filter);
  if (!trace.has_value()) return chosen;
  std::vector<TraceBlock::Place> places;
  ORRERY_RETURN_IF_ERROR(block.FindTrace(*trace, places));
  chosen.assign(chosen.size(), false);
  for (const TraceBlock::Place& place : places) chosen[place.group] = true;
  return chosen;
}

// Calls `visit` with the tables of a block.
template <typename Visit>
Status VisitBlock(const TraceBlock& block, const Pass& pass, const Visit& visit) {
  ORRERY_ASSIGN_OR_RETURN(const std::vector<bool> chosen, ChooseRowGroups(block, pass));
  for (uint32_t group = 0; group < block.groups().size(); ++group) {
    ORRERY_RETURN_IF_ERROR(pass.context.Check());
    pass.context.FinishJobs(1);
    const GroupEntry& entry = block.groups()[group];
    if (!pass.Covers(entry.min_start, entry.max_end)) continue;
    Result<bool> may_match = bool{chosen[group]};
    if (*may_match) may_match = block.MayMatch(group, pass.filter, pass.context);
    if (PassesOver(may_match.status(), pass.context)) continue;
    if (!may_match.ok()) return may_match.status();
    if (!*may_match) {
      pass.context.CountSkippedRowGroup();
      continue;
    }
    const auto table = block.Load(group, pass.need, &pass.context);
    if (PassesOver(table.status(), pass.context)) continue;
    if (!table.ok()) return table.status();
    pass.context.CountRowGroup();
    pass.context.CountSpans(entry.rows);
    ORRERY_RETURN_IF_ERROR(visit(**table));
  }
  return OkStatus();
}

// Calls `visit` with every table that the pass has to look at, with what it needs present, until
// `is_enough` says so of the blocks from one on.
template <typename Visit, typename IsEnough>
Status VisitTables(const Snapshot& snapshot, const Pass& pass, const Visit& visit,
                   const IsEnough& is_enough) {
  AddJobs(snapshot, pass.context);
  for (const auto& head : snapshot.tables) {
    ORRERY_RETURN_IF_ERROR(pass.context.Check());
    pass.context.FinishJobs(1);
    const SpanTable& table = head->table;
    if (!pass.Covers(table.min_start, table.max_end)) continue;
    pass.context.CountSpans(table.rows());
    ORRERY_RETURN_IF_ERROR(visit(table));
  }
  bool enough = false;
  for (const auto& block : snapshot.blocks) {
    enough = enough || is_enough(*block);
    if (enough || !pass.Covers(block->extent().start, block->extent().end)) {
      pass.context.FinishJobs(block->groups().size());
      continue;
    }
    pass.context.CountBlock();
    ORRERY_RETURN_IF_ERROR(VisitBlock(*block, pass, visit));
  }
  return OkStatus();
}

// What is known of a trace while tables are searched.
struct Found {
  UnixNanos newest_start = 0;  // Of a span that passed.
  UnixNanos min_start = std::numeric_limits<UnixNanos>::max();
  UnixNanos max_end = 0;
};
using FoundTraces = boost::unordered_flat_map<model::TraceId, Found, model::IdHash>;

void AddPassing(const SpanTable& table, const contracts::SpanFilter& filter, FoundTraces& found) {
  const RowSet rows = FilterRows(table, filter);
  if (rows.IsEmpty()) return;
  std::vector<Found> by_trace(table.traces.size());
  std::vector<bool> passed(table.traces.size(), false);
  rows.ForEach([&](uint32_t row) {
    const uint32_t trace = table.trace_of_row[row];
    passed[trace] = true;
    by_trace[trace].newest_start = std::max(by_trace[trace].newest_start, table.starts[row]);
  });
  for (uint32_t trace = 0; trace < by_trace.size(); ++trace) {
    if (!passed[trace]) continue;
    Found& to = found[table.traces[trace].id];
    to.newest_start = std::max(to.newest_start, by_trace[trace].newest_start);
    for (uint32_t row = table.traces[trace].first; row != kNoRow; row = table.next_of_trace[row]) {
      to.min_start = std::min(to.min_start, table.starts[row]);
      to.max_end = std::max(to.max_end, table.starts[row] + table.durations[row]);
    }
  }
}

// Reads traces, with what is needed of each. Traces that are asked for one after the other mostly
// lie in the same few row groups, which are therefore kept at hand.
class TraceReader {
 public:
  TraceReader(const Snapshot& snapshot, TableNeed need, QueryContext& context)
      : snapshot_(snapshot), need_(std::move(need)), context_(context), assembler_(need_) {}

  // False when there is no such trace.
  Result<bool> Read(const model::TraceId& id, model::SpanBatch& trace) {
    bool exists = false;
    for (const auto& head : snapshot_.tables) {
      const uint32_t first = head->slots.FirstRow(head->table, id);
      if (first == kNoRow) continue;
      assembler_.AddRows(std::shared_ptr<const SpanTable>(head, &head->table), first, Room());
      exists = true;
    }
    for (const auto& block : snapshot_.blocks) {
      ORRERY_RETURN_IF_ERROR(block->FindTrace(id, places_));
      for (const TraceBlock::Place& place : places_) {
        if (Room() == 0) break;
        auto table = Load(*block, place.group);
        if (PassesOver(table.status(), context_)) continue;
        if (!table.ok()) return table.status();
        const TraceRows& rows = (*table)->traces[place.trace];
        if (rows.id != id) continue;
        assembler_.AddRows(*std::move(table), rows.first, Room());
        exists = true;
      }
    }
    if (!exists) return false;
    const bool is_full = Room() == 0;
    ORRERY_RETURN_IF_ERROR(assembler_.Assemble(trace));
    const size_t most = context_.max_trace_spans();
    if (is_full || trace.spans.size() > most) context_.CountCutTrace();
    if (trace.spans.size() > most) trace.spans.resize(most);
    return true;
  }

 private:
  struct Loaded {
    const TraceBlock* block = nullptr;
    uint32_t group = 0;
    std::shared_ptr<const SpanTable> table;
  };

  // Rows that are still read of the trace at hand. Twice the spans that are wanted, since each may
  // have arrived twice, and one to see that there are more.
  size_t Room() const {
    const uint64_t most = std::min<uint64_t>(context_.max_trace_spans(), UINT32_MAX) * 2 + 1;
    return most - std::min<uint64_t>(most, assembler_.rows());
  }

  Result<std::shared_ptr<const SpanTable>> Load(const TraceBlock& block, uint32_t group) {
    for (const Loaded& loaded : loaded_) {
      if (loaded.block == &block && loaded.group == group) return loaded.table;
    }
    ORRERY_ASSIGN_OR_RETURN(auto table, block.Load(group, need_, &context_));
    loaded_[next_++ % loaded_.size()] = {&block, group, table};
    return table;
  }

  const Snapshot& snapshot_;
  const TableNeed need_;
  QueryContext& context_;
  TraceAssembler assembler_;
  std::vector<TraceBlock::Place> places_;
  std::array<Loaded, 4> loaded_;
  size_t next_ = 0;  // The one of loaded_ to give up next.
};

}  // namespace

void AddJobs(const Snapshot& snapshot, QueryContext& context) {
  size_t parts = snapshot.tables.size();
  for (const auto& block : snapshot.blocks) parts += block->groups().size();
  context.AddJobs(parts);
}

bool PassesOver(const Status& status, QueryContext& context) {
  if (status.code() != StatusCode::kCorruption) return false;
  context.NoteDamage(status);
  return true;
}

Result<std::vector<TraceCandidate>> FindTraces(const Snapshot& snapshot,
                                               const contracts::SpanFilter& filter,
                                               const TimeRange& range, uint64_t slack,
                                               QueryContext& context) {
  ORRERY_ASSIGN_OR_RETURN(auto found,
                          FindNewestTraces(snapshot, filter, range, slack, SIZE_MAX, context));
  return std::move(found.candidates);
}

Result<contracts::NewestTraces> FindNewestTraces(Snapshot snapshot,
                                                 const contracts::SpanFilter& filter,
                                                 const TimeRange& range, uint64_t slack,
                                                 size_t most, QueryContext& context) {
  TableNeed need = NeedOf(filter);
  need.parts |= kTracesPart | kTimesPart;
  std::ranges::sort(snapshot.blocks,
                    [](const auto& a, const auto& b) { return a->extent().end > b->extent().end; });
  const Pass pass{filter, need, range, slack, context};
  FoundTraces found;
  // Nothing that is still to come began after this.
  UnixNanos newest_left = 0;
  bool all = true;
  const auto is_candidate = [&](const Found& trace) {
    return (all || trace.newest_start > newest_left) &&
           Widened(trace.min_start, trace.max_end, slack).Overlaps(range);
  };
  const auto is_enough = [&](const TraceBlock& block) {
    if (found.size() < most) return false;
    newest_left = block.extent().end;
    all = false;
    const auto count =
        std::ranges::count_if(found, [&](const auto& trace) { return is_candidate(trace.second); });
    all = static_cast<size_t>(count) < most;
    return !all;
  };
  const auto visit = [&](const SpanTable& table) {
    AddPassing(table, filter, found);
    return OkStatus();
  };
  ORRERY_RETURN_IF_ERROR(VisitTables(snapshot, pass, visit, is_enough));
  contracts::NewestTraces newest;
  newest.all = all;
  for (const auto& [id, trace] : found) {
    if (is_candidate(trace)) newest.candidates.push_back({id, trace.newest_start});
  }
  std::ranges::sort(newest.candidates, [](const TraceCandidate& a, const TraceCandidate& b) {
    return std::tie(b.newest_start, a.id) < std::tie(a.newest_start, b.id);
  });
  return newest;
}

Status ReadTraces(const Snapshot& snapshot, std::span<const model::TraceId> ids,
                  const contracts::WantedFields& wanted, QueryContext& context,
                  const std::function<bool(const model::SpanBatch&)>& visit) {
  TraceReader reader(snapshot, NeedOf(wanted), context);
  model::SpanBatch trace;
  for (const model::TraceId& id : ids) {
    ORRERY_RETURN_IF_ERROR(context.Check());
    ORRERY_ASSIGN_OR_RETURN(const bool exists, reader.Read(id, trace));
    if (!exists) continue;
    context.CountTrace();
    if (!visit(trace)) break;
  }
  return OkStatus();
}

Result<contracts::TagNames> FindTagNames(const Snapshot& snapshot, const TimeRange& range,
                                         QueryContext& context) {
  TagNameSets names;
  for (const auto& head : snapshot.tables) {
    ORRERY_RETURN_IF_ERROR(context.Check());
    if (TimeRange{head->table.min_start, head->table.max_end}.Overlaps(range)) {
      CollectTagNames(head->table, names);
      CollectRestTagNames(head->table, names);
    }
  }
  for (const auto& block : snapshot.blocks) {
    ORRERY_RETURN_IF_ERROR(context.Check());
    if (!block->extent().Overlaps(range)) continue;
    for (size_t owner = 0; owner < names.size(); ++owner) {
      names[owner].insert(block->names()[owner].begin(), block->names()[owner].end());
    }
    // Names that are too rare for the footer.
    for (uint32_t group = 0; group < block->groups().size(); ++group) {
      if (!block->groups()[group].has_rest) continue;
      ORRERY_RETURN_IF_ERROR(context.Check());
      const auto table = block->Load(group, NeedOfRestTagNames(), &context);
      if (PassesOver(table.status(), context)) continue;
      if (!table.ok()) return table.status();
      CollectRestTagNames(**table, names);
    }
  }
  return ToTagNames(names);
}

Result<std::vector<contracts::TagValue>> FindTagValues(const Snapshot& snapshot,
                                                       const contracts::FieldRef& field,
                                                       const TimeRange& range, size_t limit,
                                                       QueryContext& context) {
  std::set<contracts::TagValue> values;
  const contracts::SpanFilter exists = ExistsFilter(field);
  const TableNeed need = NeedOfTagValues(field);
  ORRERY_RETURN_IF_ERROR(VisitTables(
      snapshot, {exists, need, range, 0, context},
      [&](const SpanTable& table) { return CollectTagValues(table, field, values); },
      [](const TraceBlock&) { return false; }));
  std::vector<contracts::TagValue> list(values.begin(), values.end());
  if (limit != 0 && list.size() > limit) list.resize(limit);
  return list;
}

}  // namespace orrery::traces
