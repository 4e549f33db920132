// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <vector>

#include "api/http_error.h"
#include "api/tempo/endpoints.h"
#include "api/tempo/metadata_json.h"
#include "api/tempo/negotiate.h"
#include "api/tempo/params.h"
#include "api/tempo/query_request.h"
#include "api/tempo/search_proto.h"
#include "traceql/engine.h"
#include "traceql/field.h"
#include "traceql/parser.h"

namespace orrery::api {
namespace {

using traceql::TagText;

// The name between ".../tag/" and "/values"; it may hold slashes itself.
std::optional<std::string_view> TagName(const net::HttpRequest& request) {
  constexpr std::string_view kEnd = "/values";
  std::string_view rest = request.PathParam("name");
  if (!rest.ends_with(kEnd)) return std::nullopt;
  rest.remove_suffix(kEnd.size());
  return rest;
}

net::HttpResponse NoSuchPath() {
  return net::HttpResponse::Text(404,
                                 "no such path; the values of a tag are at .../{name}/values\n");
}

Result<std::vector<TagText>> FindValues(const TempoDeps& deps, const net::HttpRequest& request,
                                        const traceql::Field& field,
                                        contracts::QueryContext& context) {
  ORRERY_ASSIGN_OR_RETURN(const model::TimeRange range,
                          ParseTimeRange(request, deps.clock.WallNow()));
  size_t limit = 0;
  if (const auto text = NonEmptyParam(request, "limit")) {
    ORRERY_ASSIGN_OR_RETURN(limit, ParseCount("limit", *text));
  }
  const traceql::Engine engine(deps.traces);
  return engine.FindTagValues(field, NonEmptyParam(request, "q").value_or(""), range, limit,
                              context);
}

// The old endpoint's names are bare: an attribute of any scope, or one of a few words.
Result<std::vector<TagText>> FindValuesV1(const TempoDeps& deps, const net::HttpRequest& request,
                                          std::string_view name, contracts::QueryContext& context) {
  if (name == "status.code") return std::vector<TagText>{{"", "unset"}, {"", "ok"}, {"", "error"}};
  if (name == "error") return std::vector<TagText>{{"", "true"}};
  if (name.empty()) return InvalidArgument("please provide a non-empty tagName");
  const auto* intrinsic = name == "name" || name == "rootName" || name == "rootServiceName"
                              ? traceql::FindIntrinsic(name)
                              : nullptr;
  const traceql::Field field =
      intrinsic != nullptr ? traceql::Field::Of(intrinsic->intrinsic)
                           : traceql::Field::Of(contracts::AttributeScope::kAny, std::string(name));
  return FindValues(deps, request, field, context);
}

std::string ValuesProto(const std::vector<TagText>& values,
                        const contracts::QueryContext& context) {
  std::string bytes;
  wire::ProtoWriter answer(bytes);
  for (const TagText& value : values) {
    wire::ProtoWriter message(answer, 1);
    message.Bytes(1, value.type);
    message.Bytes(2, value.value);
  }
  WriteMetadataMetrics(answer, 2, context);
  return bytes;
}

}  // namespace

net::HttpResponse TagValuesV1(const TempoDeps& deps, const net::HttpRequest& request) {
  const auto name = TagName(request);
  if (!name.has_value()) return NoSuchPath();
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const auto values = FindValuesV1(deps, request, *name, context);
  if (!values.ok()) return ErrorResponse(values.status());
  std::set<std::string_view> seen;  // An int 1 and a text "1" are one value here.
  std::vector<std::string_view> texts;
  for (const TagText& value : *values) {
    if (seen.insert(value.value).second) texts.push_back(value.value);
  }
  std::string text;
  if (WantsProtobuf(request)) {
    wire::ProtoWriter answer(text);
    for (const std::string_view each : texts) answer.Bytes(1, each);
    WriteMetadataMetrics(answer, 2, context);
    return ProtobufAnswer(std::move(text));
  }
  wire::JsonWriter json(text);
  json.BeginObject();
  json.Key("tagValues");
  json.BeginArray();
  for (const std::string_view each : texts) json.String(each);
  json.EndArray();
  WriteMetadataMetrics(json, context);
  json.EndObject();
  return net::HttpResponse::Json(200, std::move(text));
}

net::HttpResponse TagValuesV2(const TempoDeps& deps, const net::HttpRequest& request) {
  const auto name = TagName(request);
  if (!name.has_value()) return NoSuchPath();
  const auto field = traceql::ParseFieldName(*name);
  if (!field.ok()) {
    return ErrorResponse(field.status().WithContext("please provide a valid tagName"));
  }
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const auto values = FindValues(deps, request, *field, context);
  if (!values.ok()) return ErrorResponse(values.status());
  if (WantsProtobuf(request)) return ProtobufAnswer(ValuesProto(*values, context));
  std::string text;
  wire::JsonWriter json(text);
  json.BeginObject();
  json.Key("tagValues");
  json.BeginArray();
  for (const TagText& value : *values) {
    json.BeginObject();
    json.Key("type");
    json.String(value.type);
    json.Key("value");
    json.String(value.value);
    json.EndObject();
  }
  json.EndArray();
  WriteMetadataMetrics(json, context);
  json.EndObject();
  return net::HttpResponse::Json(200, std::move(text));
}

}  // namespace orrery::api
