// SPDX-License-Identifier: Apache-2.0
#include "api/http_error.h"
#include "api/tempo/endpoints.h"
#include "wire/json_writer.h"

namespace orrery::api {

net::HttpResponse Echo(const TempoDeps& /*deps*/, const net::HttpRequest& /*request*/) {
  return net::HttpResponse::Text(200, "echo\n");
}

net::HttpResponse Ready(const TempoDeps& deps, const net::HttpRequest& /*request*/) {
  const Status status = deps.ready();
  if (status.ok()) return net::HttpResponse::Text(200, "ready\n");
  return net::HttpResponse::Text(503, std::string(status.message()) + "\n");
}

net::HttpResponse BuildInfo(const TempoDeps& deps, const net::HttpRequest& /*request*/) {
  // Older Grafana reads `version` as Tempo's, and switches features on from 2.2 and 2.7.
  const std::pair<std::string_view, std::string_view> fields[] = {
      {"version", "2.8.0"}, {"revision", deps.version}, {"branch", "orrery"},
      {"buildDate", ""},    {"buildUser", ""},          {"goVersion", ""}};
  std::string text;
  wire::JsonWriter json(text);
  json.BeginObject();
  for (const auto& [key, value] : fields) {
    json.Key(key);
    json.String(value);
  }
  json.EndObject();
  return net::HttpResponse::Json(200, std::move(text));
}

}  // namespace orrery::api
