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
#include "traces/scan_sources.h"

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
  // Either `visit` or `contents`; `kept` may be null.
  Scan(const Snapshot& snapshot, const contracts::SpanFilter& filter, const TimeRange& starts,
       std::span<const contracts::FieldRef> fields, QueryContext& context, const SpansVisit* visit,
       ContentsScan* contents, KeptScan* kept)
      : snapshot_(snapshot),
        sources_(snapshot),
        filter_(filter),
        starts_(starts),
        fields_(fields),
        context_(context),
        visit_(visit),
        contents_(contents),
        kept_(kept) {
    need_ = NeedOf(filter);
    TableNeed columns = NeedOfColumns(fields);
    need_.parts |= columns.parts | kTracesPart | kTimesPart;
    need_.keys.insert(need_.keys.end(), columns.keys.begin(), columns.keys.end());
    if (kept != nullptr) scan_number_ = kept->cache.ScanNumber(kept->keeper.key());
  }

  Status Run() {
    AddJobs(snapshot_, context_);
    if (contents_ != nullptr) ORRERY_RETURN_IF_ERROR(FindHeadRoots());
    for (const auto& head : snapshot_.tables) {
      const SpanTable& table = head->table;
      ORRERY_RETURN_IF_ERROR(context_.Check());
      context_.FinishJobs(1);
      if (!starts_.Overlaps({table.min_start, table.max_end})) continue;
      context_.CountSpans(table.rows());
      Part part(table);
      // A request that was sent twice is in the head twice.
      part.repeats.assign(table.traces.size(), true);
      if (contents_ != nullptr) {
        const auto others = sources_.Nearby(ScanSources::kHead, contents_->slack);
        ORRERY_ASSIGN_OR_RETURN(part.skipped, sources_.FindShared(table, others));
      }
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
    explicit Part(const SpanTable& of) : table(of) {}

    const SpanTable& table;
    // By trace, or empty when there are none: which may have spans that come again, and which are
    // skipped.
    std::vector<bool> repeats;
    std::vector<bool> skipped;
    const TraceBlock* block = nullptr;  // Null in the head.
    uint32_t group = 0;
  };

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
      const bool is_whole = extent.start >= starts_.start && extent.end <= starts_.end;
      const Status visited = kept_ != nullptr && is_whole
                                 ? VisitKept(block, source, group, extent)
                                 : VisitGroup(block, source, group, extent);
      if (PassesOver(visited, context_)) continue;
      ORRERY_RETURN_IF_ERROR(visited);
    }
    return OkStatus();
  }

  // False, and counted, when nothing in the row group can pass.
  Result<bool> MayMatch(const TraceBlock& block, uint32_t group) {
    ORRERY_ASSIGN_OR_RETURN(const bool may_match, block.MayMatch(group, filter_, context_));
    if (!may_match) context_.CountSkippedRowGroup();
    return may_match;
  }

  Result<std::shared_ptr<const SpanTable>> LoadGroup(const TraceBlock& block, uint32_t group,
                                                     bool with_keys) {
    TableNeed need = need_;
    if (with_keys) need.parts |= kKeyParts;
    ORRERY_ASSIGN_OR_RETURN(auto table, block.Load(group, need, &context_));
    context_.CountRowGroup();
    context_.CountSpans(block.groups()[group].rows);
    return table;
  }

  Status VisitGroup(const TraceBlock& block, size_t source, uint32_t group,
                    const TimeRange& extent) {
    ORRERY_ASSIGN_OR_RETURN(const bool may_match, MayMatch(block, group));
    if (!may_match) return OkStatus();
    const bool all = contents_ != nullptr;
    const auto others =
        all ? sources_.Nearby(source, contents_->slack) : sources_.Overlapping(extent, source);
    ORRERY_ASSIGN_OR_RETURN(const auto table, LoadGroup(block, group, !all && !others.empty()));
    Part part(*table);
    part.block = &block;
    part.group = group;
    ORRERY_ASSIGN_OR_RETURN(auto shared, sources_.FindShared(*table, others));
    if (all) ORRERY_RETURN_IF_ERROR(sources_.AddCut(block, *table, shared));
    (all ? part.skipped : part.repeats) = std::move(shared);
    return Visit(part);
  }

  // What others there are, as far as they decide which traces are shared. Blocks never change.
  uint64_t RestOf(const std::vector<size_t>& others) const {
    uint64_t rest = 0;
    for (const size_t other : others) rest = Mix(rest, snapshot_.blocks[other - 1]->id() + 1);
    return rest;
  }

  static uint64_t RestOf(const std::vector<bool>& shared) {
    uint64_t rest = 1;
    for (size_t trace = 0; trace < shared.size(); ++trace) {
      if (shared[trace]) rest = Mix(rest, trace + 1);
    }
    return rest;
  }

  // A row group whose outcome may be kept: that of the traces that are nowhere else. The others are
  // visited each time.
  Status VisitKept(const TraceBlock& block, size_t source, uint32_t group,
                   const TimeRange& extent) {
    const auto others = sources_.Overlapping(extent, source);
    const bool with_head = !others.empty() && others.front() == ScanSources::kHead;
    OutcomeCache::Key key{block.id(), group, with_head ? 0 : RestOf(others), scan_number_};
    OutcomeCache::Entry entry;
    bool is_known = !with_head && FindKept(key, entry);
    if (is_known && !entry.left_out) return OkStatus();
    if (!is_known) {
      ORRERY_ASSIGN_OR_RETURN(const bool may_match, MayMatch(block, group));
      if (!may_match && !with_head) kept_->cache.Put(key, {});
      if (!may_match) return OkStatus();
    }
    std::vector<bool> shared;
    if (!others.empty()) {
      TableNeed traces;
      traces.parts = kTracesPart;
      ORRERY_ASSIGN_OR_RETURN(const auto table, block.Load(group, traces, &context_));
      ORRERY_ASSIGN_OR_RETURN(shared, sources_.FindShared(*table, others));
    }
    const bool left_out = std::ranges::find(shared, true) != shared.end();
    if (with_head) {
      key.rest = RestOf(shared);
      is_known = FindKept(key, entry);
      if (is_known && !left_out) return OkStatus();
    }
    ORRERY_ASSIGN_OR_RETURN(const auto table, LoadGroup(block, group, left_out));
    Part part(*table);
    if (!is_known) {
      part.skipped = shared;
      ORRERY_RETURN_IF_ERROR(Keep(key, part, extent, left_out));
    }
    if (stopped_ || !left_out) return OkStatus();
    part.repeats = shared;
    shared.flip();
    part.skipped = std::move(shared);
    return Visit(part);
  }

  bool FindKept(const OutcomeCache::Key& key, OutcomeCache::Entry& entry) {
    if (!kept_->cache.Find(key, entry)) return false;
    ++kept_->hits;
    if (entry.outcome) kept_->keeper.Merge(*entry.outcome);
    return true;
  }

  Status Keep(const OutcomeCache::Key& key, const Part& part, const TimeRange& extent,
              bool left_out) {
    ++kept_->misses;
    kept_->keeper.Begin(extent);
    const Status visited = Visit(part);
    auto outcome = kept_->keeper.End();
    ORRERY_RETURN_IF_ERROR(visited);
    if (outcome == nullptr) return OkStatus();
    kept_->keeper.Merge(*outcome);
    kept_->cache.Put(key, {std::move(outcome), left_out});
    return OkStatus();
  }

  std::vector<uint32_t> ChooseRows(const Part& part) {
    const SpanTable& table = part.table;
    std::vector<uint32_t> rows;
    rows.reserve(table.rows());
    FilterRows(table, filter_).ForEach([&](uint32_t row) {
      if (!starts_.Contains(table.starts[row])) return;
      const uint32_t trace = table.trace_of_row[row];
      if (!part.skipped.empty() && part.skipped[trace]) {
        if (contents_ != nullptr) contents_->apart.push_back(table.traces[trace].id);
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
  ScanSources sources_;
  const contracts::SpanFilter& filter_;
  const TimeRange starts_;
  const std::span<const contracts::FieldRef> fields_;
  QueryContext& context_;
  const SpansVisit* const visit_;
  ContentsScan* const contents_;
  KeptScan* const kept_;
  uint64_t scan_number_ = 0;
  TableNeed need_;
  boost::unordered_flat_set<SpanKey, SpanKeyHash> seen_;
  boost::unordered_flat_map<model::TraceId, HeadRoot, model::IdHash> head_roots_;
  bool stopped_ = false;
};

}  // namespace

Status ScanSpans(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                 const TimeRange& starts, std::span<const contracts::FieldRef> fields,
                 QueryContext& context, const SpansVisit& visit) {
  return Scan(snapshot, filter, starts, fields, context, &visit, nullptr, nullptr).Run();
}

Status ScanParts(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                 const TimeRange& starts, std::span<const contracts::FieldRef> fields,
                 KeptScan& kept, QueryContext& context, const SpansVisit& visit) {
  return Scan(snapshot, filter, starts, fields, context, &visit, nullptr, &kept).Run();
}

Status ScanContents(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                    const TimeRange& starts, std::span<const contracts::FieldRef> fields,
                    uint64_t slack, QueryContext& context, const ContentsVisit& visit,
                    std::vector<model::TraceId>& apart) {
  ContentsScan contents{visit, slack, apart};
  return Scan(snapshot, filter, starts, fields, context, nullptr, &contents, nullptr).Run();
}

}  // namespace orrery::traces
