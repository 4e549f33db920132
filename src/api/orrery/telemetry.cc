// SPDX-License-Identifier: Apache-2.0
#include "api/orrery/telemetry.h"

#include <string>
#include <vector>

#include "wire/json_writer.h"

namespace orrery::api {
namespace {

void WriteSeries(const Telemetry::Reading& reading, wire::JsonWriter& json) {
  json.BeginObject();
  json.Key("labels");
  json.BeginObject();
  for (const auto& [name, value] : reading.labels) {
    json.Key(name);
    json.String(value);
  }
  json.EndObject();
  json.Key("value");
  json.Number(reading.value);
  json.EndObject();
}

void WriteFamilies(const std::vector<Telemetry::Reading>& readings, wire::JsonWriter& json) {
  json.BeginArray();
  for (size_t i = 0; i < readings.size();) {
    const Telemetry::Reading& first = readings[i];
    json.BeginObject();
    json.Key("name");
    json.String(first.name);
    json.Key("type");
    json.String(first.is_counter ? "counter" : "gauge");
    json.Key("help");
    json.String(first.help);
    json.Key("series");
    json.BeginArray();
    for (; i < readings.size() && readings[i].name == first.name; ++i) {
      WriteSeries(readings[i], json);
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

void RegisterTelemetry(net::HttpRouter& router, const Telemetry& telemetry, const Clock& clock) {
  router.Add(
      "GET", "/api/orrery/v1/telemetry", net::RunOn::kWorkers,
      [&telemetry, &clock](const net::HttpRequest& /*request*/, const net::HttpResponder& respond) {
        std::string text;
        wire::JsonWriter json(text);
        json.BeginObject();
        json.Key("timeUnixNano");
        json.Text64(clock.WallNow());
        json.Key("families");
        WriteFamilies(telemetry.Read(), json);
        json.EndObject();
        net::HttpResponse response = net::HttpResponse::Json(200, std::move(text));
        response.headers.emplace_back("Cache-Control", "no-store");
        respond(std::move(response));
      });
}

}  // namespace orrery::api
