// SPDX-License-Identifier: Apache-2.0
#include "api/admin/admin.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::api {
namespace {

using ::testing::HasSubstr;

class AdminTest : public testing::Test {
 protected:
  AdminTest() {
    RegisterAdmin(router_, {.telemetry = telemetry_,
                            .ready = [this] { return ready_; },
                            .flush =
                                [this] {
                                  ++flushes_;
                                  return flushed_;
                                }});
  }
  net::HttpResponse Ask(const std::string& method, const std::string& path) {
    std::promise<net::HttpResponse> answer;
    net::HttpRequest request;
    request.method = method;
    request.target = path;
    request.path = path;
    router_.Handle(std::move(request),
                   [&](net::HttpResponse response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }

  Telemetry telemetry_;
  net::WorkerPool workers_{1, 4};
  net::HttpRouter router_{"admin", telemetry_, &workers_};
  Status ready_ = OkStatus();
  Status flushed_ = OkStatus();
  int flushes_ = 0;
};

TEST_F(AdminTest, ReadySaysWhatItWaitsFor) {
  EXPECT_EQ(Ask("GET", "/ready").status, 200);
  ready_ = Unavailable("starting: replaying the log, 40% done");
  const net::HttpResponse response = Ask("GET", "/ready");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "starting: replaying the log, 40% done\n");
}

TEST_F(AdminTest, MetricsAreThoseOfTelemetry) {
  telemetry_.AddCounter("orrery_test_total", "For this test.").Add(3);
  const net::HttpResponse response = Ask("GET", "/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("orrery_test_total 3\n"));
}

TEST_F(AdminTest, FlushWantsPostAndTellsFailure) {
  EXPECT_EQ(Ask("GET", "/flush").status, 405);
  EXPECT_EQ(flushes_, 0);
  EXPECT_EQ(Ask("POST", "/flush").status, 200);
  EXPECT_EQ(flushes_, 1);
  flushed_ = Unavailable("disk is full");
  EXPECT_EQ(Ask("POST", "/flush").status, 503);
  flushed_ = Internal("bad block");
  EXPECT_EQ(Ask("POST", "/flush").status, 500);
}

TEST_F(AdminTest, RootListsThePaths) { EXPECT_THAT(Ask("GET", "/").body, HasSubstr("/flush")); }

}  // namespace
}  // namespace orrery::api
