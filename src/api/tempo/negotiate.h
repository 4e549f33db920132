// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "net/http_message.h"

namespace orrery::api {

inline constexpr std::string_view kProtobuf = "application/protobuf";

// What the client asks for; everything else gets JSON.
inline bool WantsProtobuf(const net::HttpRequest& request) {
  return request.Header("accept").find(kProtobuf) != std::string_view::npos;
}

inline net::HttpResponse ProtobufAnswer(std::string body) {
  net::HttpResponse response;
  response.headers.emplace_back("Content-Type", kProtobuf);
  response.body = std::move(body);
  return response;
}

}  // namespace orrery::api
