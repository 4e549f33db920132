// SPDX-License-Identifier: Apache-2.0
#include "api/orrery/status.h"

#include "wire/json_writer.h"

namespace orrery::api {
namespace {

std::string StatusJson(const StatusDeps& deps) {
  const contracts::TraceStoreStats stats = deps.traces.Stats();
  const std::pair<std::string_view, uint64_t> numbers[] = {{"spans", stats.spans},
                                                           {"traces", stats.traces},
                                                           {"blocks", stats.blocks},
                                                           {"headSpans", stats.head_spans},
                                                           {"bytes", stats.disk_bytes},
                                                           {"logBytes", stats.log_bytes},
                                                           {"pinnedTraces", stats.pinned_traces},
                                                           {"oldestUnixNano", stats.oldest}};
  std::string text;
  wire::JsonWriter json(text);
  json.BeginObject();
  json.Key("version");
  json.String(deps.version);
  json.Key("startTimeUnixNano");
  json.Text64(deps.start_time);
  json.Key("traces");
  json.BeginObject();
  for (const auto& [key, number] : numbers) {
    json.Key(key);
    json.Text64(number);
  }
  json.EndObject();
  json.Key("addresses");
  json.BeginObject();
  for (const auto& [name, address] : deps.addresses) {
    json.Key(name);
    json.String(address);
  }
  json.EndObject();
  json.EndObject();
  return text;
}

}  // namespace

void RegisterStatus(net::HttpRouter& router, const StatusDeps& deps) {
  router.Add("GET", "/api/orrery/v1/status", net::RunOn::kWorkers,
             [deps](const net::HttpRequest& /*request*/, const net::HttpResponder& respond) {
               net::HttpResponse response = net::HttpResponse::Json(200, StatusJson(deps));
               response.headers.emplace_back("Cache-Control", "no-store");
               respond(std::move(response));
             });
}

}  // namespace orrery::api
