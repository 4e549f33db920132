// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "contracts/query_context.h"
#include "contracts/trace_queryable.h"
#include "traceql/trace_view.h"

namespace orrery::traceql {

// Reads the traces that overlap `range` and may have a span that passes `sieve`, whole, newest
// first, and calls `visit` with each until it returns false. `expected` tells how many of them
// will probably do; more are read in growing steps. Of the spans what is `wanted` is there. Asks
// the context once a trace.
Status ScanTraces(const contracts::TraceQueryable& store, const contracts::SpanFilter& sieve,
                  const contracts::WantedFields& wanted, const model::TimeRange& range,
                  size_t expected, contracts::QueryContext& context,
                  const std::function<bool(TraceView&)>& visit);

}  // namespace orrery::traceql
