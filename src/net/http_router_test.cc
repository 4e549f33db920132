// SPDX-License-Identifier: Apache-2.0
#include "net/http_router.h"

#include <future>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace orrery::net {
namespace {

class HttpRouterTest : public testing::Test {
 protected:
  // A route whose answer is `name`, then what the pattern caught and the path it saw.
  void Route(HttpRouter& router, const char* method, const char* pattern, std::string name) {
    router.Add(method, pattern, RunOn::kIo,
               [name](const HttpRequest& request, const HttpResponder& respond) {
                 std::string text = name;
                 for (const auto& [key, value] : request.path_params)
                   text += " " + key + "=" + value;
                 respond(HttpResponse::Text(200, text + " " + request.path));
               });
  }

  HttpResponse Ask(const HttpRouter& router, std::string method, std::string target) {
    HttpRequest request;
    request.method = std::move(method);
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    std::promise<HttpResponse> answer;
    router.Handle(std::move(request),
                  [&](HttpResponse response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }
  std::string Get(const HttpRouter& router, std::string target) {
    return Ask(router, "GET", std::move(target)).body;
  }

  Telemetry telemetry_;
  WorkerPool workers_{1, 1};
  HttpRouter router_{"test", telemetry_, &workers_};
};

TEST_F(HttpRouterTest, LiteralsWinOverNamesAndThoseOverTheRest) {
  Route(router_, "GET", "/{path...}", "rest");
  Route(router_, "GET", "/api/traces/{id}", "one");
  Route(router_, "GET", "/api/traces/latest", "literal");
  EXPECT_EQ(Get(router_, "/api/traces/latest"), "literal /api/traces/latest");
  EXPECT_EQ(Get(router_, "/api/traces/1f?start=1"), "one id=1f /api/traces/1f");
  EXPECT_EQ(Get(router_, "/api/traces/1f/spans"),
            "rest path=api/traces/1f/spans /api/traces/1f/spans");
  EXPECT_EQ(Get(router_, "/"), "rest path= /");
}

TEST_F(HttpRouterTest, AnEncodedSlashStaysInItsSegment) {
  Route(router_, "GET", "/tag/{name}/values", "values");
  EXPECT_EQ(Get(router_, "/tag/span.a%2Fb/values"), "values name=span.a/b /tag/span.a%2Fb/values");
}

TEST_F(HttpRouterTest, MountsTakeTheirPrefixOff) {
  HttpRouter tempo("tempo", telemetry_, nullptr);
  Route(tempo, "GET", "/api/echo", "echo");
  Route(tempo, "GET", "/", "root");
  router_.Mount("/tempo", tempo);
  Route(router_, "GET", "/{path...}", "page");
  EXPECT_EQ(Get(router_, "/tempo/api/echo"), "echo /api/echo");
  EXPECT_EQ(Get(router_, "/tempo"), "root /");
  EXPECT_EQ(Get(router_, "/tempor/api/echo"), "page path=tempor/api/echo /tempor/api/echo");
  EXPECT_EQ(Ask(router_, "GET", "/tempo/none").status, 404);
}

TEST_F(HttpRouterTest, UnknownPathsAndMethodsAreTold) {
  Route(router_, "GET", "/flush", "get");
  Route(router_, "POST", "/flush", "post");
  EXPECT_EQ(Get(router_, "/none"), "there is nothing at /none\n");
  EXPECT_EQ(Ask(router_, "POST", "/flush").body, "post /flush");
  EXPECT_EQ(Ask(router_, "HEAD", "/flush").status, 200);
  const HttpResponse response = Ask(router_, "DELETE", "/flush");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.body, "/flush does not take DELETE; use GET, HEAD, POST\n");
  EXPECT_EQ(response.headers.back().second, "GET, HEAD, POST");
  EXPECT_EQ(Ask(router_, "GET", "*").status, 404);
}

TEST_F(HttpRouterTest, AHandlerThatThrowsIsAnInternalErrorAndCounted) {
  router_.Add("GET", "/bug", RunOn::kWorkers,
              [](const HttpRequest&, const HttpResponder&) { throw std::runtime_error("oops"); });
  EXPECT_EQ(Ask(router_, "GET", "/bug").status, 500);
  EXPECT_NE(telemetry_.Render().find("handler_exceptions_total{router=\"test\"} 1\n"),
            std::string::npos);
}

TEST_F(HttpRouterTest, BusyWorkersAreToldWithARetryTime) {
  std::promise<void> gate;
  std::promise<void> started;
  auto opened = gate.get_future().share();
  ASSERT_TRUE(workers_.TryRun([&started, opened] {
    started.set_value();
    opened.wait();
  }));
  started.get_future().wait();
  ASSERT_TRUE(workers_.TryRun([] {}));
  router_.Add("GET", "/slow", RunOn::kWorkers,
              [](const HttpRequest&, const HttpResponder& respond) { respond({}); });
  const HttpResponse response = Ask(router_, "GET", "/slow");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.back(), (std::pair<std::string, std::string>{"Retry-After", "1"}));
  gate.set_value();
}

}  // namespace
}  // namespace orrery::net
