// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "api/http_error.h"
#include "api/tempo/endpoints.h"
#include "api/tempo/metadata_json.h"
#include "api/tempo/negotiate.h"
#include "api/tempo/params.h"
#include "api/tempo/query_request.h"
#include "api/tempo/search_proto.h"
#include "traceql/engine.h"

namespace orrery::api {
namespace {

// What Tempo offers for completion; nested sets and the number of children are known but not told.
constexpr std::array<std::string_view, 25> kIntrinsics = {"duration",
                                                          "name",
                                                          "status",
                                                          "statusMessage",
                                                          "kind",
                                                          "rootServiceName",
                                                          "rootName",
                                                          "traceDuration",
                                                          "event:name",
                                                          "event:timeSinceStart",
                                                          "link:spanID",
                                                          "link:traceID",
                                                          "instrumentation:name",
                                                          "instrumentation:version",
                                                          "trace:id",
                                                          "span:id",
                                                          "span:parentID",
                                                          "span:status",
                                                          "span:statusMessage",
                                                          "span:duration",
                                                          "span:name",
                                                          "span:kind",
                                                          "trace:rootName",
                                                          "trace:rootService",
                                                          "trace:duration"};

struct Scope {
  std::string name;
  std::vector<std::string> tags;
};

Result<std::vector<Scope>> FindScopes(const TempoDeps& deps, const net::HttpRequest& request,
                                      contracts::QueryContext& context) {
  constexpr std::array<std::string_view, 7> kScopes = {
      "resource", "span", "event", "link", "instrumentation", "intrinsic", "trace"};
  std::string_view wanted = NonEmptyParam(request, "scope").value_or("");
  if (wanted == "none") wanted = "";
  if (!wanted.empty() && std::find(kScopes.begin(), kScopes.end(), wanted) == kScopes.end()) {
    return InvalidArgument("invalid scope: " + std::string(wanted));
  }
  if (wanted == "trace") wanted = "intrinsic";
  ORRERY_ASSIGN_OR_RETURN(const model::TimeRange range,
                          ParseTimeRange(request, deps.clock.WallNow()));
  size_t limit = 0;
  if (const auto text = NonEmptyParam(request, "limit")) {
    ORRERY_ASSIGN_OR_RETURN(limit, ParseCount("limit", *text));
  }
  contracts::TagNames names;
  if (wanted != "intrinsic") {
    const traceql::Engine engine(deps.traces);
    ORRERY_ASSIGN_OR_RETURN(names, engine.FindTagNames(NonEmptyParam(request, "q").value_or(""),
                                                       range, limit, context));
  }
  std::vector<Scope> scopes = {{"resource", std::move(names.resource)},
                               {"span", std::move(names.span)},
                               {"event", std::move(names.event)},
                               {"link", std::move(names.link)},
                               {"instrumentation", std::move(names.instrumentation)},
                               {"intrinsic", {kIntrinsics.begin(), kIntrinsics.end()}}};
  std::erase_if(scopes, [&](const Scope& scope) {
    return scope.tags.empty() || (!wanted.empty() && scope.name != wanted);
  });
  return scopes;
}

void WriteTexts(wire::JsonWriter& json, const auto& texts) {
  json.BeginArray();
  for (const auto& text : texts) json.String(text);
  json.EndArray();
}

std::string ScopesProto(const std::vector<Scope>& scopes, const contracts::QueryContext& context) {
  std::string bytes;
  wire::ProtoWriter answer(bytes);
  for (const Scope& scope : scopes) {
    wire::ProtoWriter message(answer, 1);
    message.Bytes(1, scope.name);
    for (const std::string& tag : scope.tags) message.Bytes(2, tag);
  }
  WriteMetadataMetrics(answer, 2, context);
  return bytes;
}

}  // namespace

net::HttpResponse SearchTagsV1(const TempoDeps& deps, const net::HttpRequest& request) {
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const auto scopes = FindScopes(deps, request, context);
  if (!scopes.ok()) return ErrorResponse(scopes.status());
  std::set<std::string> names;
  for (const Scope& scope : *scopes) names.insert(scope.tags.begin(), scope.tags.end());
  std::string text;
  if (WantsProtobuf(request)) {
    wire::ProtoWriter answer(text);
    for (const std::string& name : names) answer.Bytes(1, name);
    WriteMetadataMetrics(answer, 2, context);
    return ProtobufAnswer(std::move(text));
  }
  wire::JsonWriter json(text);
  json.BeginObject();
  json.Key("tagNames");
  WriteTexts(json, names);
  WriteMetadataMetrics(json, context);
  json.EndObject();
  return net::HttpResponse::Json(200, std::move(text));
}

net::HttpResponse SearchTagsV2(const TempoDeps& deps, const net::HttpRequest& request) {
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const auto scopes = FindScopes(deps, request, context);
  if (!scopes.ok()) return ErrorResponse(scopes.status());
  if (WantsProtobuf(request)) return ProtobufAnswer(ScopesProto(*scopes, context));
  std::string text;
  wire::JsonWriter json(text);
  json.BeginObject();
  json.Key("scopes");
  json.BeginArray();
  for (const Scope& scope : *scopes) {
    json.BeginObject();
    json.Key("name");
    json.String(scope.name);
    json.Key("tags");
    WriteTexts(json, scope.tags);
    json.EndObject();
  }
  json.EndArray();
  WriteMetadataMetrics(json, context);
  json.EndObject();
  return net::HttpResponse::Json(200, std::move(text));
}

}  // namespace orrery::api
