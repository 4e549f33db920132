// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/streams.h"

#include <utility>

namespace orrery::api {

Result<traceql::SearchResponse> StreamSearch(const TempoDeps& deps, SearchQuery search,
                                             contracts::QueryContext& context,
                                             const StreamOutput<traceql::SearchResponse>& output) {
  traceql::SearchResponse found;
  search.options.on_found = [&](const traceql::SearchTrace& trace) {
    found.traces.push_back(trace);
  };
  context.SetTick(kStreamTickNanos, [&] {
    if (output.idle()) output.part(std::exchange(found, {}), context);
  });
  return traceql::Engine(deps.traces).Search(search.query, search.options, context);
}

Result<traceql::MetricsResponse> StreamMetrics(
    const TempoDeps& deps, const MetricsQuery& metrics, contracts::QueryContext& context,
    const StreamOutput<traceql::MetricsResponse>& output) {
  context.SetTick(kStreamTickNanos, [&] {
    if (output.idle()) output.part({}, context);
  });
  return traceql::Engine(deps.traces).QueryMetrics(metrics.query, metrics.options, context);
}

}  // namespace orrery::api
