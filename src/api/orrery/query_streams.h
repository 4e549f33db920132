// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/tempo/tempo_api.h"
#include "net/http_router.h"

namespace orrery::api {

// Adds the streams of search and metrics for browsers:
//
//   GET /api/orrery/v1/search               parameters as /api/search
//   GET /api/orrery/v1/metrics/query_range  parameters as /api/metrics/query_range
//   GET /api/orrery/v1/metrics/query        parameters as /api/metrics/query
//
// The answer is NDJSON, a line each time there is something to tell, at most ten a second. Each
// line is an object in the form of the whole answer: `metrics.completedJobs` of `totalJobs` are
// done, and of a search `traces` are those found since the line before. The last line has
// "done":true and everything, with "warnings" when something is left out; or it is
// {"done":true,"error":"...","status":N} when the query failed after the first line. What fails
// before is answered as by Tempo's API. A client that goes away cancels its query.
//
// `deps` are copied; what they refer to must outlive the router.
void RegisterQueryStreams(net::HttpRouter& router, const TempoDeps& deps);

}  // namespace orrery::api
