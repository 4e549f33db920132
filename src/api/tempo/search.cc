// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "api/http_error.h"
#include "api/tempo/endpoints.h"
#include "api/tempo/logfmt.h"
#include "api/tempo/negotiate.h"
#include "api/tempo/params.h"
#include "api/tempo/query_request.h"
#include "api/tempo/query_text.h"
#include "api/tempo/search_json.h"
#include "api/tempo/search_proto.h"
#include "api/tempo/warnings.h"
#include "traceql/engine.h"
#include "traceql/value.h"

namespace orrery::api {
namespace {

constexpr std::array<std::string_view, 10> kKnownParams = {
    "q",    "tags",  "minDuration", "maxDuration", "limit",
    "spss", "start", "end",         "since",       "skip_ast_transformations"};

Result<std::string> QueryText(const net::HttpRequest& request) {
  const auto q = NonEmptyParam(request, "q");
  const auto tags = NonEmptyParam(request, "tags");
  if (q.has_value() && tags.has_value()) {
    return InvalidArgument("invalid request: can't specify tags and q in the same query");
  }
  if (q.has_value()) return std::string(*q);
  if (tags.has_value()) {
    ORRERY_ASSIGN_OR_RETURN(const auto pairs, ParseLogfmt(*tags));
    return TagsToQuery(pairs);
  }
  // The oldest form: every other parameter is a tag.
  std::vector<std::pair<std::string, std::string>> pairs;
  const bool has_range =
      NonEmptyParam(request, "start").has_value() || NonEmptyParam(request, "end").has_value();
  for (const auto& [name, value] : request.query) {
    const bool known =
        std::find(kKnownParams.begin(), kKnownParams.end(), name) != kKnownParams.end();
    if (!has_range && !known && !value.empty()) pairs.emplace_back(name, value);
  }
  return TagsToQuery(pairs);
}

Result<uint64_t> ParseDurationParam(const net::HttpRequest& request, std::string_view name,
                                    uint64_t absent) {
  const auto text = NonEmptyParam(request, name);
  if (!text.has_value()) return absent;
  const auto nanos = traceql::ParseDuration(*text);
  if (nanos.has_value() && *nanos >= 0) return static_cast<uint64_t>(*nanos);
  return InvalidArgument("invalid " + std::string(name) + ": \"" + std::string(*text) +
                         "\" is no duration; write 100ms or 1.5s");
}

Result<traceql::SearchOptions> ParseOptions(const TempoDeps& deps,
                                            const net::HttpRequest& request) {
  traceql::SearchOptions options;
  if (const auto text = NonEmptyParam(request, "limit")) {
    ORRERY_ASSIGN_OR_RETURN(options.limit, ParseCount("limit", *text));
    if (options.limit == 0) return InvalidArgument("invalid limit: must be a positive number");
    if (options.limit > deps.max_limit) {
      return InvalidArgument("limit " + std::to_string(options.limit) + " exceeds max limit " +
                             std::to_string(deps.max_limit));
    }
  }
  if (const auto text = NonEmptyParam(request, "spss")) {
    ORRERY_ASSIGN_OR_RETURN(const uint64_t spans, ParseCount("spss", *text));
    if (spans > deps.max_spans_per_span_set) {
      return InvalidArgument("spans per span set exceeds " +
                             std::to_string(deps.max_spans_per_span_set) + ". received " +
                             std::to_string(spans));
    }
    if (spans > 0) options.spans_per_spanset = spans;
  }
  ORRERY_ASSIGN_OR_RETURN(options.min_duration_nanos,
                          ParseDurationParam(request, "minDuration", options.min_duration_nanos));
  ORRERY_ASSIGN_OR_RETURN(options.max_duration_nanos,
                          ParseDurationParam(request, "maxDuration", options.max_duration_nanos));
  if (options.max_duration_nanos < options.min_duration_nanos) {
    return InvalidArgument("invalid maxDuration: must be greater than minDuration");
  }
  ORRERY_ASSIGN_OR_RETURN(options.range, ParseTimeRange(request, deps.clock.WallNow()));
  return options;
}

}  // namespace

Result<SearchQuery> ParseSearchQuery(const TempoDeps& deps, const net::HttpRequest& request) {
  ORRERY_ASSIGN_OR_RETURN(const std::string text, QueryText(request));
  SearchQuery search;
  ORRERY_ASSIGN_OR_RETURN(search.options, ParseOptions(deps, request));
  ORRERY_ASSIGN_OR_RETURN(search.query, ParseQuery(text));
  return search;
}

namespace {

Result<net::HttpResponse> SearchFor(const TempoDeps& deps, const net::HttpRequest& request) {
  ORRERY_ASSIGN_OR_RETURN(const SearchQuery search, ParseSearchQuery(deps, request));
  QuerySession session(deps, request.client_left);
  const traceql::Engine engine(deps.traces);
  ORRERY_ASSIGN_OR_RETURN(const traceql::SearchResponse found,
                          engine.Search(search.query, search.options, session.context()));
  session.context().FinishAllJobs();
  net::HttpResponse response =
      WantsProtobuf(request) ? ProtobufAnswer(SearchProto(found, session.context()))
                             : net::HttpResponse::Json(200, SearchJson(found, session.context()));
  AddWarnings(session.context(), response);
  return response;
}

}  // namespace

net::HttpResponse Search(const TempoDeps& deps, const net::HttpRequest& request) {
  auto response = SearchFor(deps, request);
  if (!response.ok()) return ErrorResponse(response.status());
  return *std::move(response);
}

}  // namespace orrery::api
