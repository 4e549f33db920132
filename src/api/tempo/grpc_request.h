// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"

namespace orrery::api {

// A field of a request message, and the parameter of the HTTP API that means the same.
struct GrpcParam {
  enum class Kind { kText, kNumber, kFlag, kTags };
  uint32_t field;
  Kind kind;
  std::string_view name;
  std::string_view unit = "";  // Behind a number.
};

// The request to the HTTP API that asks for what the message asks for, with its parameters alone.
// Fields at their default count as absent, those that are not in `params` for nothing.
// InvalidArgument: not protobuf; says where.
Result<net::HttpRequest> ReadGrpcRequest(std::string_view message,
                                         std::span<const GrpcParam> params);

}  // namespace orrery::api
