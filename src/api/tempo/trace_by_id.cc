// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <optional>

#include "api/http_error.h"
#include "api/tempo/endpoints.h"
#include "api/tempo/negotiate.h"
#include "api/tempo/params.h"
#include "api/tempo/query_request.h"
#include "api/tempo/query_text.h"
#include "api/tempo/trace_id.h"
#include "api/tempo/warnings.h"
#include "traceql/trace_filter.h"
#include "wire/otlp_traces_encode.h"
#include "wire/tempo_trace.h"

namespace orrery::api {
namespace {

// Parameters that both versions check although this store needs none of them.
Status CheckParams(const net::HttpRequest& request, UnixNanos now) {
  if (const auto mode = NonEmptyParam(request, "mode"); mode.has_value() && *mode != "all" &&
                                                        *mode != "ingesters" && *mode != "blocks" &&
                                                        *mode != "external") {
    return InvalidArgument("invalid value for mode " + std::string(*mode));
  }
  if (!NonEmptyParam(request, "start").has_value() || !NonEmptyParam(request, "end").has_value()) {
    return OkStatus();
  }
  return ParseTimeRange(request, now).status();
}

// The trace, empty when there is none.
Result<model::SpanBatch> ReadTrace(const TempoDeps& deps, const net::HttpRequest& request,
                                   contracts::QueryContext& context) {
  ORRERY_ASSIGN_OR_RETURN(const model::TraceId id, ParseTraceId(request.PathParam("id")));
  ORRERY_RETURN_IF_ERROR(CheckParams(request, deps.clock.WallNow()));
  model::SpanBatch trace;
  ORRERY_RETURN_IF_ERROR(deps.traces.ReadTraces({&id, 1}, {}, context, [&](const auto& batch) {
    trace = batch;
    return true;
  }));
  return trace;
}

Result<int64_t> ParseDepth(const net::HttpRequest& request, std::string_view name, int64_t absent) {
  const auto text = NonEmptyParam(request, name);
  if (!text.has_value()) return absent;
  if (*text == "-1") return -1;
  if (text->starts_with('-')) {
    return InvalidArgument("invalid " + std::string(name) + ": must be -1 (all levels) or more");
  }
  ORRERY_ASSIGN_OR_RETURN(const uint64_t depth, ParseCount(name, *text));
  // No trace is deeper than it has spans.
  return static_cast<int64_t>(std::min<uint64_t>(depth, std::numeric_limits<int32_t>::max()));
}

Result<bool> ParseFlag(const net::HttpRequest& request, std::string_view name) {
  const auto text = NonEmptyParam(request, name).value_or("false");
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return InvalidArgument("invalid " + std::string(name) + ": \"" + std::string(text) +
                         "\" is neither true nor false");
}

// What of a trace is asked for.
struct Filter {
  std::optional<traceql::Query> query;
  traceql::TraceFilterOptions options;
};

Result<Filter> ParseFilter(const net::HttpRequest& request) {
  Filter filter;
  traceql::TraceFilterOptions& options = filter.options;
  ORRERY_ASSIGN_OR_RETURN(options.keep_hierarchy, ParseFlag(request, "keep_hierarchy"));
  ORRERY_ASSIGN_OR_RETURN(options.match_depth,
                          ParseDepth(request, "match_depth", options.match_depth));
  ORRERY_ASSIGN_OR_RETURN(options.ancestor_depth,
                          ParseDepth(request, "ancestor_depth", options.ancestor_depth));
  if (const auto q = NonEmptyParam(request, "q")) {
    ORRERY_ASSIGN_OR_RETURN(filter.query, ParseQuery(*q));
  }
  return filter;
}

// Why the trace that was read is not all of it; empty when it is.
std::string WhyCut(const contracts::QueryContext& context) {
  if (context.cut_traces() == 0) return {};
  return "trace exceeds the maximum of " + std::to_string(context.max_trace_spans()) +
         " spans (query.max_trace_spans)";
}

// Takes out the spans that the filter does not leave. Tells how many are left, when some are gone.
Result<std::string> Apply(const Filter& filter, model::SpanBatch& trace) {
  if (!filter.query.has_value()) return std::string();
  ORRERY_ASSIGN_OR_RETURN(const auto left,
                          traceql::FilterTrace(*filter.query, trace, filter.options));
  const size_t all = trace.spans.size();
  if (left.size() == all) return std::string();
  std::vector<model::Span> spans;
  spans.reserve(left.size());
  for (const uint32_t i : left) spans.push_back(trace.spans[i]);
  trace.spans = std::move(spans);
  return "the filter leaves " + std::to_string(left.size()) + " of " + std::to_string(all) +
         " spans";
}

}  // namespace

net::HttpResponse TraceByIdV1(const TempoDeps& deps, const net::HttpRequest& request) {
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const auto trace = ReadTrace(deps, request, context);
  if (!trace.ok()) return ErrorResponse(trace.status());
  if (trace->spans.empty()) {
    // It may be in the part that can't be read.
    if (const Status damage = context.damage(); !damage.ok()) return ErrorResponse(damage);
    return net::HttpResponse::Text(404, "");
  }
  if (const std::string cut = WhyCut(context); !cut.empty()) {
    return net::HttpResponse::Text(422, cut + "; /api/v2/traces answers with a part of it");
  }
  net::HttpResponse response =
      WantsProtobuf(request) ? ProtobufAnswer(wire::EncodeOtlpTraces(*trace))
                             : net::HttpResponse::Json(200, wire::EncodeTempoTraceJson(*trace));
  AddWarnings(context, response);
  return response;
}

net::HttpResponse TraceByIdV2(const TempoDeps& deps, const net::HttpRequest& request) {
  const auto filter = ParseFilter(request);
  if (!filter.ok()) return ErrorResponse(filter.status());
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  auto trace = ReadTrace(deps, request, context);
  if (!trace.ok()) return ErrorResponse(trace.status());
  const auto filtered = Apply(*filter, *trace);
  if (!filtered.ok()) return ErrorResponse(filtered.status());
  std::string partial = WhyCut(context);
  if (!partial.empty()) partial += ", a partial trace is returned";
  for (const std::string& more : {WhatIsDamaged(context), *filtered}) {
    if (!more.empty()) partial += (partial.empty() ? "" : "; ") + more;
  }
  if (WantsProtobuf(request)) {
    return ProtobufAnswer(wire::EncodeTempoTraceById(*trace, context.bytes(), partial));
  }
  return net::HttpResponse::Json(200,
                                 wire::EncodeTempoTraceByIdJson(*trace, context.bytes(), partial));
}

}  // namespace orrery::api
