// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "contracts/trace_queryable.h"
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

}  // namespace orrery::traces
