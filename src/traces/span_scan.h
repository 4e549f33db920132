// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "contracts/trace_queryable.h"
#include "traces/trace_query.h"

namespace orrery::traces {

// TraceQueryable::ScanSpans over a snapshot.
//
// Cost: what the filter and the fields need of each table that the range touches. Spans that start
//       where a second source (the head, or another block) has spans, too, are remembered by their
//       ids, 24 bytes each, to know them again.
Status ScanSpans(const Snapshot& snapshot, const contracts::SpanFilter& filter,
                 const model::TimeRange& starts, std::span<const contracts::FieldRef> fields,
                 contracts::QueryContext& context,
                 const std::function<bool(const contracts::SpanColumns&)>& visit);

}  // namespace orrery::traces
