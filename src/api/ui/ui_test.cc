// SPDX-License-Identifier: Apache-2.0
#include "api/ui/ui.h"

#include <set>

#include <gtest/gtest.h>

namespace orrery::api {
namespace {

constexpr UiAsset kAssets[] = {
    {"/assets/main-1f.js", "text/javascript; charset=utf-8", "\"e1\"", "plain", "gzip", "brotli"},
    {"/favicon.svg", "image/svg+xml", "\"e2\"", "<svg/>", {}, {}},
    {"/index.html", "text/html; charset=utf-8", "\"e3\"", "<a n=\"__ORRERY_NONCE__\">", {}, {}},
};

class UiTest : public testing::Test {
 protected:
  UiTest() {
    RegisterUi(router_, {kAssets, [] { return std::string("secret"); }});
  }

  net::HttpResponse Get(std::string target,
                        std::vector<std::pair<std::string, std::string>> headers = {}) {
    net::HttpRequest request;
    request.method = "GET";
    request.path = target;
    request.target = std::move(target);
    request.headers = std::move(headers);
    net::HttpResponse answer;
    router_.Handle(std::move(request), [&](net::HttpResponse response) { answer = response; });
    return answer;
  }

  static std::string Header(const net::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "(none)";
  }

  Telemetry telemetry_;
  net::HttpRouter router_{"page", telemetry_, nullptr};
};

TEST_F(UiTest, IndexCarriesTheNonceOfItsPolicyAndIsNotStored) {
  const auto response = Get("/");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "<a n=\"secret\">");
  EXPECT_NE(Header(response, "Content-Security-Policy").find("style-src 'self' 'nonce-secret'"),
            std::string::npos);
  EXPECT_EQ(Header(response, "Cache-Control"), "no-store");
  EXPECT_EQ(Header(response, "X-Content-Type-Options"), "nosniff");
}

TEST_F(UiTest, RoutesOfThePageAreTheIndexAndMissingFilesAreNot) {
  EXPECT_EQ(Get("/trace/1f").body, "<a n=\"secret\">");
  EXPECT_EQ(Get("/index.html").body, "<a n=\"secret\">");
  EXPECT_EQ(Get("/assets/other.js").status, 404);
  EXPECT_EQ(Get("/api/unknown").status, 404);
}

TEST_F(UiTest, HashedFilesAreCachedForEverInTheBestForm) {
  const auto plain = Get("/assets/main-1f.js");
  EXPECT_EQ(plain.body, "plain");
  EXPECT_EQ(Header(plain, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(Header(plain, "Content-Encoding"), "(none)");
  EXPECT_FALSE(plain.compressible);
  EXPECT_EQ(Get("/assets/main-1f.js", {{"accept-encoding", "gzip, deflate, br"}}).body, "brotli");
  EXPECT_EQ(Get("/assets/main-1f.js", {{"accept-encoding", "br;q=0, gzip;q=0.5"}}).body, "gzip");
}

TEST_F(UiTest, OtherFilesAreRevalidated) {
  EXPECT_EQ(Header(Get("/favicon.svg"), "Cache-Control"), "no-cache");
  const auto again = Get("/favicon.svg", {{"if-none-match", "\"e2\""}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST(RandomNonce, IsNewEachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(RandomNonce());
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(seen.begin()->size(), 32u);
}

}  // namespace
}  // namespace orrery::api
