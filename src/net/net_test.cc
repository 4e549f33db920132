// SPDX-License-Identifier: Apache-2.0
#include <condition_variable>
#include <future>
#include <string>

#include <gtest/gtest.h>

#include "net/byte_budget.h"
#include "net/http_encode.h"
#include "net/http_guard.h"
#include "net/listen_error.h"
#include "net/url.h"
#include "net/worker_pool.h"

namespace orrery::net {
namespace {

TEST(Url, DecodesWhatIsEncodedAndKeepsTheRest) {
  EXPECT_EQ(PercentDecode("a%2Fb%20c+d"), "a/b c+d");
  EXPECT_EQ(PercentDecode("a+b", true), "a b");
  EXPECT_EQ(PercentDecode("100%"), "100%");
  EXPECT_EQ(PercentDecode("%zz%4"), "%zz%4");
  EXPECT_EQ(PercentEncode("{ .a = \"b/c\" }"), "%7B%20.a%20%3D%20%22b%2Fc%22%20%7D");
}

TEST(Url, QueriesKeepOrderEmptyValuesAndRepeats) {
  const auto pairs = ParseQuery("q=%7B%7D&limit=&q=2&&flag&a=b=c");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(pairs, (Pairs{{"q", "{}"}, {"limit", ""}, {"q", "2"}, {"flag", ""}, {"a", "b=c"}}));
}

TEST(Url, AuthoritiesAreSplitIntoHostAndPort) {
  EXPECT_EQ(ParseAuthority("LocalHost:3000"), (Authority{"localhost", "3000"}));
  EXPECT_EQ(ParseAuthority("[::1]:3000"), (Authority{"::1", "3000"}));
  EXPECT_EQ(ParseAuthority("[::1]"), (Authority{"::1", ""}));
  EXPECT_EQ(ParseAuthority("::1"), std::nullopt);
  EXPECT_EQ(ParseAuthority("host:port"), std::nullopt);
  EXPECT_EQ(ParseAuthority(""), std::nullopt);
}

HttpRequest RequestOf(std::string method, std::string host, std::string origin = "",
                      std::string site = "") {
  HttpRequest request;
  request.method = std::move(method);
  if (!host.empty()) request.headers.emplace_back("host", std::move(host));
  if (!origin.empty()) request.headers.emplace_back("origin", std::move(origin));
  if (!site.empty()) request.headers.emplace_back("sec-fetch-site", std::move(site));
  return request;
}

TEST(HttpGuard, LetsOwnNamesInAndForeignOnesOut) {
  const HttpGuard guard({"orrery.lan"});
  for (const char* host : {"localhost", "LOCALHOST:3000", "127.0.0.1:1", "[::1]:3000", "orrery.lan",
                           "orrery.lan:80", "192.168.1.5:3000", ""}) {
    EXPECT_FALSE(guard.Refuse(RequestOf("GET", host), "192.168.1.5").has_value()) << host;
  }
  for (const char* host : {"evil.example", "localhost.evil.example", "192.168.1.6", "local host",
                           "127.0.0.1.nip.io:3000", "::1"}) {
    EXPECT_TRUE(guard.Refuse(RequestOf("GET", host), "192.168.1.5").has_value()) << host;
  }
  EXPECT_EQ(*guard.Refuse(RequestOf("GET", "evil.example"), "127.0.0.1"),
            "host \"evil.example\" is not a name of this server; use localhost, or add it to "
            "allowed_hosts");
  EXPECT_FALSE(HttpGuard({"*"}).Refuse(RequestOf("GET", "evil.example"), "::1").has_value());
}

TEST(HttpGuard, RefusesWritesOfForeignPagesButNotTheirReads) {
  const HttpGuard guard({});
  const auto refused = [&](const HttpRequest& r) { return guard.Refuse(r, "::1").has_value(); };
  EXPECT_TRUE(refused(RequestOf("POST", "localhost:3000", "http://evil.example")));
  EXPECT_TRUE(refused(RequestOf("POST", "localhost:3000", "http://localhost:5173")));
  EXPECT_TRUE(refused(RequestOf("DELETE", "localhost:3000", "null")));
  EXPECT_TRUE(refused(RequestOf("POST", "localhost:3000", "", "cross-site")));
  EXPECT_FALSE(refused(RequestOf("POST", "localhost:3000", "http://localhost:3000")));
  EXPECT_FALSE(refused(RequestOf("POST", "localhost:3000", "", "same-origin")));
  EXPECT_FALSE(refused(RequestOf("POST", "localhost:4318")));
  EXPECT_FALSE(refused(RequestOf("GET", "localhost:3000", "http://evil.example", "cross-site")));
}

TEST(HttpEncode, ReadsAcceptEncoding) {
  EXPECT_TRUE(AcceptsGzip("gzip"));
  EXPECT_TRUE(AcceptsGzip("br, GZIP;q=0.5"));
  EXPECT_FALSE(AcceptsGzip("gzip;q=0, br"));
  EXPECT_FALSE(AcceptsGzip("br"));
  EXPECT_FALSE(AcceptsGzip(""));
}

TEST(HttpEncode, LineBreaksInHeadersBecomeSpaces) {
  HttpResponse response = HttpResponse::Text(200, "hi");
  response.headers.emplace_back("X-Name", "a\r\nSet-Cookie: b");
  const std::string head = EncodeHead(response, true);
  EXPECT_EQ(head.find("\r\nSet-Cookie"), std::string::npos);
  EXPECT_TRUE(head.ends_with("Content-Length: 2\r\nConnection: close\r\n\r\n")) << head;
}

TEST(ListenError, SaysWhatToDo) {
  EXPECT_EQ(ListenError("127.0.0.1", 4318, "--otlp.http.address", EADDRINUSE).ToString(),
            "unavailable: address 127.0.0.1:4318 is taken by another process; stop it or set "
            "--otlp.http.address to another one");
}

TEST(ByteBudget, AStepGetsHalfOfWhatIsLeft) {
  ByteBudget budget(100);
  EXPECT_FALSE(budget.TakeStep(51));
  EXPECT_TRUE(budget.TakeStep(50));
  EXPECT_FALSE(budget.TakeStep(26));
  EXPECT_TRUE(budget.TakeStep(25));
  budget.Give(75);
  EXPECT_EQ(budget.used(), 0u);
}

TEST(ByteBudget, WhatIsLargerThanAllOfItMayComeAlone) {
  ByteBudget budget(100);
  EXPECT_TRUE(budget.TakeWhole(500));
  EXPECT_FALSE(budget.TakeWhole(1));
  EXPECT_FALSE(budget.TakeStep(1));
  budget.Give(500);
  EXPECT_TRUE(budget.TakeWhole(60));
  EXPECT_TRUE(budget.TakeWhole(40));
}

TEST(ByteBudget, AShareGivesBackWhatItHas) {
  ByteBudget budget(100);
  {
    BudgetShare share(&budget);
    EXPECT_TRUE(share.GrowTo(40));
    EXPECT_TRUE(share.GrowTo(30));
    EXPECT_FALSE(share.GrowTo(90));
    EXPECT_EQ(budget.used(), 40u);
  }
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_TRUE(BudgetShare(nullptr).GrowTo(1'000'000));
}

TEST(WorkerPool, RefusesWorkWhenItsQueueIsFullAndFinishesWhatItTook) {
  std::promise<void> gate;
  std::shared_future<void> opened = gate.get_future().share();
  std::promise<void> started;
  std::atomic<int> done{0};
  {
    WorkerPool pool(1, 2);
    ASSERT_TRUE(pool.TryRun([&] {
      started.set_value();
      opened.wait();
      ++done;
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.TryRun([&] { ++done; }));
    EXPECT_TRUE(pool.TryRun([&] { ++done; }));
    EXPECT_FALSE(pool.TryRun([&] { ++done; }));
    gate.set_value();
  }
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace orrery::net
