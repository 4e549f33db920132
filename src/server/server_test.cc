// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/setting.h"
#include "fs/memory_file_system.h"
#include "server/process_metrics.h"

namespace orrery::server {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    config_.data_dir = "/data";
    for (Address* address :
         {&config_.http_address, &config_.otlp_grpc_address, &config_.otlp_http_address,
          &config_.tempo_address, &config_.admin_address}) {
      address->port = 0;
    }
  }
  Result<std::unique_ptr<Server>> Start() {
    return Server::Start(config_, {.fs = fs_, .clock = clock_, .logger = logger_, .page = {}});
  }

  SystemClock clock_;
  Logger logger_{clock_, STDERR_FILENO, LogFormat::kLogfmt, LogLevel::kError};
  fs::MemoryFileSystem fs_;
  config::Config config_;
};

TEST_F(ServerTest, OpensItsPortsDrainsAndStartsAgain) {
  for (int i = 0; i < 2; ++i) {
    auto server = Start();
    ASSERT_TRUE(server.ok()) << server.status().ToString();
    std::vector<std::string> names;
    for (const auto& [name, address] : (*server)->addresses()) {
      names.push_back(name);
      EXPECT_FALSE(address.ends_with(":0")) << name;
    }
    EXPECT_THAT(names, UnorderedElementsAre("admin", "http", "otlp_grpc", "otlp_http", "tempo"));
    (*server)->Drain();
  }
}

TEST_F(ServerTest, ASecondOneOnTheDirectoryIsRefused) {
  auto first = Start();
  ASSERT_TRUE(first.ok());
  const auto second = Start();
  EXPECT_EQ(second.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(second.status().ToString(), HasSubstr("/data is in use by process"));
}

TEST_F(ServerTest, ATakenPortIsNamedWithItsSetting) {
  auto first = Start();
  ASSERT_TRUE(first.ok());
  config_.data_dir = "/other";
  for (const auto& [name, text] : (*first)->addresses()) {
    if (name != "tempo") continue;
    ASSERT_TRUE(ParseAddress(text, config_.tempo_address).ok());
  }
  const auto second = Start();
  EXPECT_EQ(second.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(
      second.status().ToString(),
      testing::AllOf(HasSubstr(config_.tempo_address.ToString()), HasSubstr("--tempo.address")));
}

TEST_F(ServerTest, ItEndsWithoutDrainToo) {
  auto server = Start();
  ASSERT_TRUE(server.ok());
  server->reset();
  EXPECT_TRUE(fs_.Lock("/data").ok());
}

TEST(ProcessMetricsTest, AreThoseOfThisProcess) {
  Telemetry telemetry;
  AddProcessMetrics(telemetry);
  const std::string text = telemetry.Render();
  EXPECT_THAT(text, HasSubstr("# TYPE process_cpu_seconds_total counter\n"));
  const auto value = [&](const std::string& name) {
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  };
  EXPECT_GT(value("process_resident_memory_bytes"), 1e6);
  EXPECT_LT(value("process_resident_memory_bytes"), 1e11);
  EXPECT_GE(value("process_open_fds"), 3);
  EXPECT_GE(value("process_threads"), 1);
  // This test has not run for a day.
  const double now = static_cast<double>(SystemClock().WallNow()) / 1e9;
  EXPECT_NEAR(value("process_start_time_seconds"), now, 86'400);
}

}  // namespace
}  // namespace orrery::server
