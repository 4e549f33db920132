// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace demo {

// OpenAiClient posts JSON to OpenAI's API over verified TLS, or to whoever stands in for it. It
// sends what the API asks for and nothing else: no trace context, since the trace is nobody's
// business there.
//
// Threads:  safe for many. Needs curl_global_init, which OneCurl in main does.
// Failures: Failure with a type of timeout, certificate, connection_failed or answer_too_large, or
//           HttpFailure with the API's reason. One try more is made after 429 or 5xx, when the
//           server's `retry-after` ends within the timeout, which covers both tries.
// Secrets:  the key goes into one header. Answers and reasons are cleared of it before anybody sees
//           them, so that a server which echoes it can't bring it into a span or a log.
class OpenAiClient {
 public:
  struct Options {
    std::string base_url = "https://api.openai.com/v1";
    std::string key = {};      // none: the server behind base_url is a stand-in that asks for none
    std::string ca_file = {};  // PEM; empty trusts the system's authorities
    int timeout_ms = 20'000;
  };

  struct Answer {
    int status = 0;
    std::string body;
  };

  // Why another try is made, and after how long.
  struct Retry {
    int status = 0;
    int wait_ms = 0;
  };

  // Throws Failure on settings that can't work or would show the key to others; says what to write
  // instead.
  explicit OpenAiClient(Options options);

  // `path` follows the base URL, as in /chat/completions. `on_retry` is told before the second try.
  Answer Post(const std::string& path, const std::string& body,
              const std::function<void(const Retry&)>& on_retry) const;

  bool is_stand_in() const { return options_.key.empty(); }
  const std::string& host() const { return host_; }
  uint16_t port() const { return port_; }

 private:
  struct Reply;

  Reply Send(const std::string& url, const std::string& body, int64_t timeout_ms) const;
  std::string WithoutKey(std::string text) const;

  Options options_;  // constant after construction
  std::string host_;
  uint16_t port_ = 0;
  bool loopback_ = false;
};

// The wait that `retry-after-ms` or `retry-after` (seconds, or a date of HTTP) ask for, in
// milliseconds from `now` (seconds of Unix time); -1 when neither can be read.
int64_t RetryWait(std::string_view retry_after_ms, std::string_view retry_after, int64_t now);

}  // namespace demo
