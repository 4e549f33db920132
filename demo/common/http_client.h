// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace demo {

struct ClientAnswer {
  int status = 0;
  std::string body;
};

struct ClientRequest {
  std::string method = "GET";
  std::string url = {};
  std::string body = {};          // sent as application/json when not empty
  std::string peer_service = {};  // `peer.service` of the span, when not empty
  int timeout_ms = 30'000;
};

// Sends one request inside a CLIENT span named after the method, with the trace context in its
// headers. Throws Failure when there is no answer, and HttpFailure on a status of 400 or more;
// the span tells of both.
//
// Threads: safe for many. Needs curl_global_init, which OneCurl in main does.
ClientAnswer Send(const ClientRequest& request);

// What an error answer says about itself: `error.message` as OpenAI has it, or a plain `error`.
std::string ReasonIn(const std::string& body);

// `text` as a query value.
std::string PercentEncode(const std::string& text);

// Holds libcurl's process-wide state; make one in main, before the first thread.
class OneCurl {
 public:
  OneCurl();
  ~OneCurl();
  OneCurl(const OneCurl&) = delete;
  OneCurl& operator=(const OneCurl&) = delete;
};

}  // namespace demo
