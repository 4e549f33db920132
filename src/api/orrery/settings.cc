// SPDX-License-Identifier: Apache-2.0
#include "api/orrery/settings.h"

#include <string>

#include "wire/json_writer.h"

namespace orrery::api {
namespace {

std::string SettingsJson(const std::vector<Setting>& settings) {
  std::string text;
  wire::JsonWriter json(text);
  json.BeginObject();
  json.Key("settings");
  json.BeginArray();
  for (const Setting& setting : settings) {
    const std::string shown_default = setting.is_secret() ? "" : setting.default_text();
    const std::pair<std::string_view, const std::string&> texts[] = {{"name", setting.name()},
                                                                     {"type", setting.type()},
                                                                     {"bounds", setting.bounds()},
                                                                     {"default", shown_default},
                                                                     {"help", setting.help()}};
    json.BeginObject();
    for (const auto& [key, value] : texts) {
      json.Key(key);
      json.String(value);
    }
    json.Key("value");
    json.String(setting.PublicValue());
    json.Key("changed");
    json.Bool(setting.Value() != setting.default_text());
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text;
}

}  // namespace

void RegisterSettings(net::HttpRouter& router, const std::vector<Setting>& settings) {
  router.Add("GET", "/api/orrery/v1/config", net::RunOn::kWorkers,
             [text = SettingsJson(settings)](const net::HttpRequest& /*request*/,
                                             const net::HttpResponder& respond) {
               net::HttpResponse response = net::HttpResponse::Json(200, text);
               response.headers.emplace_back("Cache-Control", "no-store");
               respond(std::move(response));
             });
}

}  // namespace orrery::api
