// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <simdjson.h>

#include "api/http_error.h"
#include "api/tempo/endpoints.h"
#include "api/tempo/query_request.h"
#include "api/tempo/trace_diff.h"
#include "api/tempo/trace_id.h"
#include "api/tempo/warnings.h"

namespace orrery::api {
namespace {

constexpr std::string_view kFormat = "trace-patch-v0";
constexpr size_t kMaxBodyBytes = 64 << 10;

struct DiffRequest {
  model::TraceId base;
  model::TraceId compare;
};

using Object = simdjson::dom::element;

Result<model::TraceId> TraceIdOf(const Object& request, const char* side) {
  std::string_view text;
  Object trace;
  if (request[side].get(trace) == simdjson::SUCCESS &&
      (trace["traceId"].get_string().get(text) == simdjson::SUCCESS ||
       trace["traceID"].get_string().get(text) == simdjson::SUCCESS)) {
    return ParseTraceId(text);
  }
  return InvalidArgument(std::string(side) +
                         R"(.traceId is missing; send {"base":{"traceId":"..."},)"
                         R"("compare":{"traceId":"..."}})");
}

Result<DiffRequest> ParseRequest(const std::string& body) {
  if (body.size() > kMaxBodyBytes) return InvalidArgument("the request is larger than 64 KiB");
  simdjson::dom::parser parser;
  Object request;
  if (parser.parse(body).get(request) != simdjson::SUCCESS || !request.is_object()) {
    return InvalidArgument("the request is no JSON object");
  }
  std::string_view format;
  if (request["format"].get_string().get(format) == simdjson::SUCCESS && format != kFormat) {
    return InvalidArgument("format \"" + std::string(format) + "\" is not made here; ask for " +
                           std::string(kFormat));
  }
  DiffRequest parsed;
  ORRERY_ASSIGN_OR_RETURN(parsed.base, TraceIdOf(request, "base"));
  ORRERY_ASSIGN_OR_RETURN(parsed.compare, TraceIdOf(request, "compare"));
  return parsed;
}

Result<model::SpanBatch> Read(const TempoDeps& deps, const model::TraceId& id,
                              std::string_view side, contracts::QueryContext& context) {
  model::SpanBatch trace;
  ORRERY_RETURN_IF_ERROR(deps.traces.ReadTraces({&id, 1}, {}, context, [&](const auto& batch) {
    trace = batch;
    return true;
  }));
  if (trace.spans.empty()) {
    return NotFound("the " + std::string(side) + " trace " + ToHex(id) + " is not here");
  }
  return trace;
}

Result<std::string> Diff(const TempoDeps& deps, const net::HttpRequest& request) {
  ORRERY_ASSIGN_OR_RETURN(const DiffRequest ids, ParseRequest(request.body));
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  ORRERY_ASSIGN_OR_RETURN(const model::SpanBatch base, Read(deps, ids.base, "base", context));
  ORRERY_ASSIGN_OR_RETURN(const model::SpanBatch compare,
                          Read(deps, ids.compare, "compare", context));
  std::vector<DiffWarning> warnings;
  for (std::string& sentence : std::vector{WhatIsCut(context), WhatIsDamaged(context)}) {
    if (!sentence.empty()) warnings.push_back({"partial_trace", std::move(sentence)});
  }
  return TraceDiffJson(base, compare, std::move(warnings));
}

}  // namespace

net::HttpResponse TraceDiff(const TempoDeps& deps, const net::HttpRequest& request) {
  auto json = Diff(deps, request);
  if (!json.ok()) return ErrorResponse(json.status());
  return net::HttpResponse::Json(200, *std::move(json));
}

}  // namespace orrery::api
