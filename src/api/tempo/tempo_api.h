// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "contracts/query_context.h"
#include "contracts/trace_queryable.h"
#include "net/http_router.h"

namespace orrery::api {

// What Tempo's API needs of the rest.
struct TempoDeps {
  const contracts::TraceQueryable& traces;
  const Clock& clock;
  contracts::QueryLimits limits;
  std::function<Status()> ready;  // Ok, or what is still to be done.
  std::string version;            // Of Orrery, for buildinfo.
  uint64_t max_limit = 262'144;   // Of traces in one answer of search.
  uint64_t max_spans_per_span_set = 100;
  uint64_t max_series = 1000;    // Of metrics in one answer; more make it a partial one.
  uint64_t max_exemplars = 100;  // Of a query of metrics.
};

// Adds the query API of Grafana Tempo 3: echo, ready, buildinfo, trace by id, search, tag names,
// tag values, metrics. What differs on purpose:
//
//   * a search without start and end looks at everything that is stored, and no query leaves out
//     the newest 30 seconds;
//   * the range has no longest length, of metrics neither.
//
// `deps` are copied; what they refer to must outlive the router.
void RegisterTempo(net::HttpRouter& router, const TempoDeps& deps);

}  // namespace orrery::api
