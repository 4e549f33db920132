// SPDX-License-Identifier: Apache-2.0
// What can be decided without a server; tests/e2e/openai_test.py has the rest, over real TLS.
#include "demo/server/openai_client.h"

#include <gtest/gtest.h>

#include "demo/common/failure.h"

namespace demo {
namespace {

constexpr int64_t kNow = 784'111'777;  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(RetryWait, ReadsSecondsMillisecondsAndDates) {
  EXPECT_EQ(RetryWait("", "2", kNow), 2000);
  EXPECT_EQ(RetryWait("", "0.5", kNow), 500);
  EXPECT_EQ(RetryWait("", "0", kNow), 0);
  EXPECT_EQ(RetryWait("150", "2", kNow), 150);
  EXPECT_EQ(RetryWait("", "Sun, 06 Nov 1994 08:49:40 GMT", kNow), 3000);
  EXPECT_EQ(RetryWait("", "Sun, 06 Nov 1994 08:49:30 GMT", kNow), 0);
}

TEST(RetryWait, LeavesAloneWhatItCannotRead) {
  for (const char* text : {"", "-1", "soon", "nan", "2 s", "0x10"}) {
    EXPECT_EQ(RetryWait("", text, kNow), -1) << text;
  }
  EXPECT_EQ(RetryWait("soon", "3", kNow), 3000);
}

TEST(RetryWait, EndlessWaitsStayFinite) {
  for (const char* text : {"1e300", "inf", "99999999999999999999"}) {
    EXPECT_GT(RetryWait("", text, kNow), 86'400'000) << text;
  }
}

// Whom the client would talk to, or why it does not.
std::string Target(const std::string& base_url, const std::string& key) {
  try {
    const OpenAiClient client({.base_url = base_url, .key = key});
    return client.host() + ":" + std::to_string(client.port());
  } catch (const Failure& failure) {
    return failure.what();
  }
}

TEST(OpenAiClient, KnowsWhereItGoes) {
  EXPECT_EQ(Target("https://api.openai.com/v1", "sk-1"), "api.openai.com:443");
  EXPECT_EQ(Target("https://[::1]:8443/v1/", "sk-1"), "::1:8443");
  EXPECT_EQ(Target("http://127.0.0.1:8001/stand-in/v1", ""), "127.0.0.1:8001");
  EXPECT_EQ(Target("http://localhost/v1", "sk-1"), "localhost:80");
}

TEST(OpenAiClient, RefusesWhatWouldShowTheKey) {
  EXPECT_NE(Target("http://api.openai.com/v1", "sk-1").find("write https://"), std::string::npos);
  EXPECT_NE(Target("https://u:p@api.openai.com/v1", "sk-1").find("leave them out"),
            std::string::npos);
  EXPECT_NE(Target("https://api.openai.com/v1", "sk-1\r\nX: y").find("copy the key again"),
            std::string::npos);
  for (const char* url : {"", "api.openai.com", "file:///etc/passwd", "https://", "https:///v1"}) {
    EXPECT_NE(Target(url, "sk-1").find("is no address"), std::string::npos) << url;
  }
}

}  // namespace
}  // namespace demo
