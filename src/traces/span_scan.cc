// SPDX-License-Identifier: Apache-2.0
#include "traces/span_scan.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "traces/read_contents.h"
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

using SpansVisit = std::function<bool(const contracts::SpanColumns&)>;
using ContentsVisit =
    std::function<Status(const contracts::SpanColumns&, const contracts::ContentsReader&)>;

// What a scan of contents has beside: everything that the spans say, of traces in one place.
struct ContentsScan {
  const ContentsVisit& visit;
  uint64_t slack;
  std::vector<model::TraceId>& apart;
};

class Scan {
 public:
  // Either `visit` or `contents`.
  Scan(const Snapshot& snapshot, const contracts::SpanFilter& filter, const TimeRange& starts,
       std::span<const contracts::FieldRef> fields, QueryContext& context, const SpansVisit* visit,
       ContentsScan* contents)
      : snapshot_(snapshot),
        filter_(filter),
        starts_(starts),
        fields_(fields),
        context_(context),
        visit_(visit),
        contents_(contents) {
    need_ = NeedOf(filter);
    TableNeed columns = NeedOfColumns(fields);
    need_.parts |= columns.parts | kTracesPart | kTimesPart;
    need_.keys.insert(need_.keys.end(), columns.keys.begin(), columns.keys.end());
  }

  Status Run() {
    AddJobs(snapshot_, context_);
    FindExtents();
    if (contents_ != nullptr) ORRERY_RETURN_IF_ERROR(FindHeadRoots());
    const std::vector<size_t> others = Nearby(0);
    for (const auto& head : snapshot_.tables) {
      const SpanTable& table = head->table;
      ORRERY_RETURN_IF_ERROR(context_.Check());
      context_.FinishJobs(1);
      if (!starts_.Overlaps({table.min_start, table.max_end})) continue;
      context_.CountSpans(table.rows());
      // A request that was sent twice is in the head twice.
      ORRERY_ASSIGN_OR_RETURN(const auto apart, FindShared(table, others));
      const Part part{table, std::vector<bool>(table.traces.size(), true), apart, nullptr, 0};
      ORRERY_RETURN_IF_ERROR(Visit(part));
      if (stopped_) return OkStatus();
    }
    for (size_t i = 0; i < snapshot_.blocks.size() && !stopped_; ++i) {
      ORRERY_RETURN_IF_ERROR(VisitBlock(*snapshot_.blocks[i], i + 1));
    }
    FinishApart();
    return OkStatus();
  }

 private:
  // A table on its way to the visitor.
  struct Part {
    const SpanTable& table;
    // By trace, or empty when there are none: which may have spans that come again, and which are
    // left to be read apart.
    const std::vector<bool> repeats;
    const std::vector<bool> apart;
    const TraceBlock* block;  // Null in the head.
    uint32_t group;
  };

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

  // The sources that may have other parts of traces of `source`; each is near the other. Only a
  // scan of contents asks.
  std::vector<size_t> Nearby(size_t source) const {
    std::vector<size_t> nearby;
    if (contents_ == nullptr) return nearby;
    const TimeRange& here = extents_[source];
    const uint64_t slack = contents_->slack;
    for (size_t i = 0; i < extents_.size(); ++i) {
      const TimeRange& there = extents_[i];
      const bool before = there.end < here.start && here.start - there.end > slack;
      const bool after = here.end < there.start && there.start - here.end > slack;
      if (i != source && !before && !after) nearby.push_back(i);
    }
    return nearby;
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

  // Adds traces of a block that are cut over row groups: a writer cuts the first or the last one.
  Status AddCut(const TraceBlock& block, const SpanTable& table, std::vector<bool>& shared) {
    shared.resize(table.traces.size(), false);
    for (const size_t trace : {size_t{0}, table.traces.size() - 1}) {
      ORRERY_RETURN_IF_ERROR(block.FindTrace(table.traces[trace].id, places_));
      if (places_.size() > 1) shared[trace] = true;
    }
    return OkStatus();
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
      const bool all = contents_ != nullptr;
      const std::vector<size_t> others = all ? Nearby(source) : OthersIn(extent, source);
      TableNeed need = need_;
      if (!all && !others.empty()) need.parts |= kKeyParts;
      const auto table = block.Load(group, need, &context_);
      if (PassesOver(table.status(), context_)) continue;
      if (!table.ok()) return table.status();
      context_.CountRowGroup();
      context_.CountSpans(entry.rows);
      ORRERY_ASSIGN_OR_RETURN(auto shared, FindShared(**table, others));
      if (all) ORRERY_RETURN_IF_ERROR(AddCut(block, **table, shared));
      const std::vector<bool> none;
      const Part part{**table, all ? none : shared, all ? shared : none, &block, group};
      const Status visited = Visit(part);
      if (PassesOver(visited, context_)) continue;
      ORRERY_RETURN_IF_ERROR(visited);
    }
    return OkStatus();
  }

  std::vector<uint32_t> ChooseRows(const Part& part) {
    const SpanTable& table = part.table;
    std::vector<uint32_t> rows;
    rows.reserve(table.rows());
    FilterRows(table, filter_).ForEach([&](uint32_t row) {
      if (!starts_.Contains(table.starts[row])) return;
      const uint32_t trace = table.trace_of_row[row];
      if (!part.apart.empty() && part.apart[trace]) {
        contents_->apart.push_back(table.traces[trace].id);
        return;
      }
      const bool may_repeat = !part.repeats.empty() && part.repeats[trace];
      if (may_repeat && !seen_.insert(KeyOf(table, row)).second) return;
      rows.push_back(row);
    });
    return rows;
  }

  Status Visit(const Part& part) {
    const SpanTable& table = part.table;
    const std::vector<uint32_t> rows = ChooseRows(part);
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
    if (contents_ != nullptr) return VisitContents(part, rows, columns);
    stopped_ = !(*visit_)(columns);
    return OkStatus();
  }

  Status VisitContents(const Part& part, std::span<const uint32_t> rows,
                       const contracts::SpanColumns& columns) {
    std::vector<RootTexts> roots;  // What was read views into them.
    const auto read = [&](std::span<const uint32_t> spans) {
      return ReadSome(part, rows, spans, roots);
    };
    return contents_->visit(columns, read);
  }

  Result<contracts::SpanContents> ReadSome(const Part& part, std::span<const uint32_t> rows,
                                           std::span<const uint32_t> spans,
                                           std::vector<RootTexts>& roots) {
    std::vector<uint32_t> chosen;
    chosen.reserve(spans.size());
    for (const uint32_t span : spans) chosen.push_back(rows[span]);
    if (part.block == nullptr) {
      for (const TraceRows& trace : part.table.traces) roots.push_back(head_roots_[trace.id].texts);
    } else {
      const auto all = part.block->Load(part.group, NeedOfContents(), &context_);
      ORRERY_RETURN_IF_ERROR(all.status());
      ORRERY_ASSIGN_OR_RETURN(roots, ReadRoots(part.table, FindRoots(part.table)));
    }
    return ReadContents(part.table, chosen, roots);
  }

  // The spans of a trace may be in several tables of the head.
  Status FindHeadRoots() {
    for (const auto& head : snapshot_.tables) {
      const SpanTable& table = head->table;
      const std::vector<uint32_t> rows = FindRoots(table);
      ORRERY_ASSIGN_OR_RETURN(const auto texts, ReadRoots(table, rows));
      for (size_t trace = 0; trace < rows.size(); ++trace) {
        if (rows[trace] == kNoRow) continue;
        const HeadRoot root{table.starts[rows[trace]], table.span_ids[rows[trace]], texts[trace]};
        const auto [at, is_new] = head_roots_.try_emplace(table.traces[trace].id, root);
        HeadRoot& known = at->second;
        if (std::tie(root.start, root.id) < std::tie(known.start, known.id)) known = root;
      }
    }
    return OkStatus();
  }

  void FinishApart() {
    if (contents_ == nullptr) return;
    std::vector<model::TraceId>& apart = contents_->apart;
    std::ranges::sort(apart);
    apart.erase(std::unique(apart.begin(), apart.end()), apart.end());
  }

  struct HeadRoot {
    UnixNanos start = 0;
    model::SpanId id;
    RootTexts texts;
  };

  const Snapshot& snapshot_;
  const contracts::SpanFilter& filter_;
  const TimeRange starts_;
  const std::span<const contracts::FieldRef> fields_;
  QueryContext& context_;
  const SpansVisit* const visit_;
  ContentsScan* const contents_;
  TableNeed need_;
  std::vector<TimeRange> extents_;  // Of the head, then of each block.
  std::vector<TraceBlock::Place> places_;
  boost::unordered_flat_set<SpanKey, SpanKeyHash> seen_;
  boost::unordered_flat_map<model::TraceId, HeadRoot, model::IdHash> head_roots_;
  bool stopped_ = false;
};

}  // namespace

Status ScanSpans(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                 const TimeRange& starts, std::span<const contracts::FieldRef> fields,
                 QueryContext& context, const SpansVisit& visit) {
  return Scan(snapshot, filter, starts, fields, context, &visit, nullptr).Run();
}

Status ScanContents(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                    const TimeRange& starts, std::span<const contracts::FieldRef> fields,
                    uint64_t slack, QueryContext& context, const ContentsVisit& visit,
                    std::vector<model::TraceId>& apart) {
  ContentsScan contents{visit, slack, apart};
  return Scan(snapshot, filter, starts, fields, context, nullptr, &contents).Run();
}

}  // namespace orrery::traces
