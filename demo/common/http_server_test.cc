// SPDX-License-Identifier: Apache-2.0
#include "demo/common/http_server.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "demo/common/failure.h"
#include "demo/common/http_client.h"

namespace demo {
namespace {

HttpResponse Echo(const HttpRequest& request) {
  return {200, "text/plain", request.method + " " + request.path + " " + request.Parameter("q")};
}

std::string Url(const HttpServer& server, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

TEST(HttpServer, DecodesPathAndParameters) {
  const auto server = HttpServer::Start("127.0.0.1", 0, &Echo);
  EXPECT_EQ(Send({.url = Url(*server, "/a?x=1&q=" + PercentEncode("1+1 = 2&"))}).body,
            "GET /a 1+1 = 2&");
  EXPECT_EQ(Send({.url = Url(*server, "/a?q=two+words")}).body, "GET /a two words");
}

TEST(HttpServer, ErrorStatusBecomesAFailureWithItsReason) {
  const auto server = HttpServer::Start("127.0.0.1", 0, [](const HttpRequest&) {
    return HttpResponse{502, "application/json", R"({"error":"no luck"})"};
  });
  try {
    Send({.url = Url(*server, "/")});
    FAIL() << "502 was taken for an answer";
  } catch (const HttpFailure& failure) {
    EXPECT_EQ(failure.status(), 502);
    EXPECT_STREQ(failure.what(), "GET answered 502: no luck");
  }
}

TEST(HttpServer, TakenPortSaysWhatToDo) {
  const auto server = HttpServer::Start("127.0.0.1", 0, &Echo);
  try {
    HttpServer::Start("127.0.0.1", server->port(), &Echo);
    FAIL() << "the port was given twice";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.type(), "port_taken");
    EXPECT_NE(std::string(failure.what()).find("--port"), std::string::npos);
  }
}

TEST(HttpServer, StreamsComeInPiecesAndTheConnectionStays) {
  const auto server = HttpServer::Start("127.0.0.1", 0, [](const HttpRequest& request) {
    request.stream->Begin("text/event-stream");
    EXPECT_TRUE(request.stream->Send("one "));
    EXPECT_TRUE(request.stream->Send(""));
    EXPECT_TRUE(request.stream->Send("two"));
    return HttpResponse{200, "text/event-stream", "not sent"};
  });
  EXPECT_EQ(Send({.url = Url(*server, "/")}).body, "one two");
  EXPECT_EQ(Send({.url = Url(*server, "/")}).body, "one two");
}

TEST(HttpServer, StreamThatFailsIsCutOff) {
  const auto server = HttpServer::Start("127.0.0.1", 0, [](const HttpRequest& request) {
    request.stream->Begin("text/event-stream");
    request.stream->Send("one ");
    return HttpResponse{500, "text/plain", "no luck"};
  });
  EXPECT_THROW(Send({.url = Url(*server, "/")}), Failure);
}

TEST(HttpServer, StopLetsARunningRequestFinish) {
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false;
  bool released = false;
  const auto server = HttpServer::Start("127.0.0.1", 0, [&](const HttpRequest&) {
    std::unique_lock lock(mutex);
    entered = true;
    changed.notify_all();
    changed.wait(lock, [&] { return released; });
    return HttpResponse{200, "text/plain", "finished"};
  });
  std::string answer;
  std::thread caller([&] { answer = Send({.url = Url(*server, "/")}).body; });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return entered; });
  }
  std::thread stopper([&] { server->Stop(); });
  {
    const std::lock_guard lock(mutex);
    released = true;
  }
  changed.notify_all();
  stopper.join();
  caller.join();
  EXPECT_EQ(answer, "finished");
}

}  // namespace
}  // namespace demo
