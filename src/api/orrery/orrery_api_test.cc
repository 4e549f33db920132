// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/orrery/settings.h"
#include "api/orrery/telemetry.h"

namespace orrery::api {
namespace {

// JSON is easier to read here with the other quotes.
std::string Quoted(std::string json) {
  std::ranges::replace(json, '\'', '"');
  return json;
}

class OrreryApiTest : public testing::Test {
 protected:
  std::string Ask(const std::string& path) {
    std::promise<net::HttpResponse> answer;
    net::HttpRequest request;
    request.method = "GET";
    request.target = path;
    request.path = path;
    router_.Handle(std::move(request),
                   [&](net::HttpResponse response) { answer.set_value(std::move(response)); });
    const net::HttpResponse response = answer.get_future().get();
    EXPECT_EQ(response.status, 200);
    return response.body;
  }

  Telemetry own_;      // The router's.
  Telemetry counted_;  // What is asked for.
  net::WorkerPool workers_{1, 4};
  net::HttpRouter router_{"page", own_, &workers_};
};

TEST_F(OrreryApiTest, TellsCountersByFamilyAndLabel) {
  const ManualClock clock(42);
  RegisterTelemetry(router_, counted_, clock);
  counted_.AddCounter("refused_total", "Refused.", {{"reason", "a\"b"}}).Add(2);
  counted_.AddCounter("refused_total", "Refused.", {{"reason", "late"}});
  counted_.AddGaugeCallback("waiting", "Waiting.", [] { return 0.5; });
  const std::string expected =
      "{'timeUnixNano':'42','families':["
      "{'name':'refused_total','type':'counter','help':'Refused.','series':["
      "{'labels':{'reason':'a\\'b'},'value':2},{'labels':{'reason':'late'},'value':0}]},"
      "{'name':'waiting','type':'gauge','help':'Waiting.','series':["
      "{'labels':{},'value':0.5}]}]}";
  EXPECT_EQ(Ask("/api/orrery/v1/telemetry"), Quoted(expected));
}

TEST_F(OrreryApiTest, TellsSettingsAndHidesSecrets) {
  std::string directory = "./data";
  std::string key = "never shown";
  std::vector<Setting> settings;
  settings.push_back(
      Setting::Text({.name = "data_dir", .help = "Where.", .example = "/srv"}, &directory));
  settings.push_back(
      Setting::Text({.name = "key", .help = "A key.", .example = "abc", .is_secret = true}, &key));
  ASSERT_TRUE(settings[0].Set("/srv").ok());
  RegisterSettings(router_, settings);
  const std::string expected =
      "{'settings':[{'name':'data_dir','type':'text','bounds':'','default':'./data',"
      "'help':'Where.','value':'/srv','changed':true},"
      "{'name':'key','type':'text','bounds':'','default':'','help':'A key.',"
      "'value':'(hidden)','changed':false}]}";
  EXPECT_EQ(Ask("/api/orrery/v1/config"), Quoted(expected));
}

}  // namespace
}  // namespace orrery::api
