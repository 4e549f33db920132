// SPDX-License-Identifier: Apache-2.0
#include "api/orrery/pins.h"

#include <string>
#include <utility>

#include "api/http_error.h"
#include "api/tempo/trace_id.h"
#include "wire/json_writer.h"

namespace orrery::api {
namespace {

std::string PinsJson(const contracts::TracePins& pins) {
  std::string text;
  wire::JsonWriter json(text);
  json.BeginObject();
  json.Key("traceIds");
  json.BeginArray();
  for (const model::TraceId& id : pins.Pinned()) json.String(model::ToHex(id));
  json.EndArray();
  json.EndObject();
  return text;
}

using Change = Status (contracts::TracePins::*)(const model::TraceId&);

net::HttpResponse Apply(contracts::TracePins& pins, Change change, std::string_view text) {
  const Result<model::TraceId> id = ParseTraceId(text);
  if (!id.ok()) return ErrorResponse(id.status());
  const Status changed = (pins.*change)(*id);
  if (!changed.ok()) return ErrorResponse(changed);
  net::HttpResponse response;
  response.status = 204;
  return response;
}

}  // namespace

void RegisterPins(net::HttpRouter& router, contracts::TracePins& pins) {
  router.Add("GET", "/api/orrery/v1/pins", net::RunOn::kWorkers,
             [&pins](const net::HttpRequest& /*request*/, const net::HttpResponder& respond) {
               net::HttpResponse response = net::HttpResponse::Json(200, PinsJson(pins));
               response.headers.emplace_back("Cache-Control", "no-store");
               respond(std::move(response));
             });
  const auto add = [&](const char* method, Change change) {
    router.Add(method, "/api/orrery/v1/pins/{id}", net::RunOn::kWorkers,
               [&pins, change](const net::HttpRequest& request, const net::HttpResponder& respond) {
                 respond(Apply(pins, change, request.PathParam("id")));
               });
  };
  add("PUT", &contracts::TracePins::Pin);
  add("DELETE", &contracts::TracePins::Unpin);
}

}  // namespace orrery::api
