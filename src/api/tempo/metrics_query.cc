// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "api/http_error.h"
#include "api/tempo/endpoints.h"
#include "api/tempo/metrics_json.h"
#include "api/tempo/params.h"
#include "api/tempo/query_request.h"
#include "api/tempo/query_text.h"
#include "api/tempo/warnings.h"
#include "traceql/engine.h"

namespace orrery::api {
namespace {

// A count that is cut to `most`, which is also what none and 0 mean.
Result<size_t> ParseCapped(const net::HttpRequest& request, std::string_view name, uint64_t most) {
  const auto text = NonEmptyParam(request, name);
  if (!text.has_value()) return most;
  ORRERY_ASSIGN_OR_RETURN(const uint64_t count, ParseCount(name, *text));
  return count == 0 ? most : std::min(count, most);
}

// compare() limits its series itself, by values for each attribute.
bool IsCompare(const traceql::Query& query) {
  const auto* root = std::get_if<traceql::MetricsRoot>(&query.root);
  if (root == nullptr) return false;
  const auto* metrics = std::get_if<traceql::MetricsQuery>(&root->metrics->node);
  return metrics != nullptr && metrics->call.function == traceql::MetricsFunction::kCompare;
}

}  // namespace

Result<MetricsQuery> ParseMetricsQuery(const TempoDeps& deps, const net::HttpRequest& request,
                                       bool instant) {
  auto text = NonEmptyParam(request, "q");
  if (!text.has_value()) text = NonEmptyParam(request, "query");
  if (!text.has_value()) return InvalidArgument("the query is missing; give it as q");
  MetricsQuery metrics;
  traceql::MetricsOptions& options = metrics.options;
  options.instant = instant;
  ORRERY_ASSIGN_OR_RETURN(const model::TimeRange range,
                          ParseMetricsRange(request, deps.clock.WallNow()));
  options.start = range.start;
  options.end = range.end;
  ORRERY_ASSIGN_OR_RETURN(options.step, ParseStep(request));
  ORRERY_ASSIGN_OR_RETURN(options.exemplars, ParseCapped(request, "exemplars", deps.max_exemplars));
  options.most_exemplars = deps.max_exemplars;
  ORRERY_ASSIGN_OR_RETURN(options.max_series, ParseCapped(request, "maxSeries", deps.max_series));
  ORRERY_ASSIGN_OR_RETURN(metrics.query, ParseQuery(*text));
  if (IsCompare(metrics.query) && !NonEmptyParam(request, "maxSeries").has_value()) {
    options.max_series = std::numeric_limits<size_t>::max();
  }
  return metrics;
}

namespace {

Result<net::HttpResponse> AnswerFor(const TempoDeps& deps, const net::HttpRequest& request,
                                    bool instant) {
  ORRERY_ASSIGN_OR_RETURN(const MetricsQuery metrics, ParseMetricsQuery(deps, request, instant));
  QuerySession session(deps, request.client_left);
  const traceql::Engine engine(deps.traces);
  ORRERY_ASSIGN_OR_RETURN(const auto computed,
                          engine.QueryMetrics(metrics.query, metrics.options, session.context()));
  session.context().FinishAllJobs();
  const size_t max_series = metrics.options.max_series;
  net::HttpResponse response = net::HttpResponse::Json(
      200, instant ? QueryInstantJson(computed, max_series, session.context())
                   : QueryRangeJson(computed, max_series, session.context()));
  AddWarnings(session.context(), response);
  return response;
}

net::HttpResponse Answer(const TempoDeps& deps, const net::HttpRequest& request, bool instant) {
  auto response = AnswerFor(deps, request, instant);
  if (!response.ok()) return ErrorResponse(response.status());
  return *std::move(response);
}

}  // namespace

net::HttpResponse MetricsQueryRange(const TempoDeps& deps, const net::HttpRequest& request) {
  return Answer(deps, request, false);
}

net::HttpResponse MetricsQueryInstant(const TempoDeps& deps, const net::HttpRequest& request) {
  return Answer(deps, request, true);
}

}  // namespace orrery::api
