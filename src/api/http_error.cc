// SPDX-License-Identifier: Apache-2.0
#include "api/http_error.h"

#include <string>

namespace orrery::api {

int HttpCodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 200;
    case StatusCode::kInvalidArgument:
      return 400;
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kResourceExhausted:
      return 422;
    case StatusCode::kCancelled:
      return 499;
    case StatusCode::kUnimplemented:
      return 501;
    case StatusCode::kUnavailable:
      return 503;
    case StatusCode::kDeadlineExceeded:
      return 504;
    case StatusCode::kCorruption:
    case StatusCode::kInternal:
      return 500;
  }
  return 500;
}

net::HttpResponse ErrorResponse(const Status& status) {
  return net::HttpResponse::Text(HttpCodeOf(status.code()), std::string(status.message()));
}

}  // namespace orrery::api
