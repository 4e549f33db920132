// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "contracts/trace_queryable.h"
#include "traces/outcome_cache.h"
#include "traces/trace_query.h"

namespace orrery::traces {

// TraceQueryable::ScanSpans over a snapshot.
//
// Cost: what the filter and the fields need of each table that the range touches. Spans of the
//       head, and of traces that a second block has too, are remembered by their ids, 16 bytes
//       each, to know them again; row groups that overlap a second block look up each of their
//       traces there.
Status ScanSpans(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                 const model::TimeRange& starts, std::span<const contracts::FieldRef> fields,
                 contracts::QueryContext& context,
                 const std::function<bool(const contracts::SpanColumns&)>& visit);

// Where a scan keeps its outcomes, and what it found there.
struct KeptScan {
  contracts::ScanKeeper& keeper;
  OutcomeCache& cache;
  uint64_t hits = 0;    // Row groups whose outcome was there.
  uint64_t misses = 0;  // Row groups that were counted.
};

// TraceQueryable::ScanParts. The parts are row groups of which the range has all.
//
// Cost: as ScanSpans for the head, for row groups at the edges of the range, and for those that are
//       not in the cache. Of the others those that overlap a second block whose traces they share,
//       or the head, look up their traces there.
Status ScanParts(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                 const model::TimeRange& starts, std::span<const contracts::FieldRef> fields,
                 KeptScan& kept, contracts::QueryContext& context,
                 const std::function<bool(const contracts::SpanColumns&)>& visit);

// TraceQueryable::ScanContents. `slack` nanoseconds are added around what a block covers, to find
// where else its traces are.
//
// Cost: a lookup of each trace in every block nearby; everything that is stored of the row groups
//       of which contents are read.
Status ScanContents(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                    const model::TimeRange& starts, std::span<const contracts::FieldRef> fields,
                    uint64_t slack, contracts::QueryContext& context,
                    const std::function<Status(const contracts::SpanColumns&,
                                               const contracts::ContentsReader&)>& visit,
                    std::vector<model::TraceId>& apart);

}  // namespace orrery::traces
