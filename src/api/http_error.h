// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.h"
#include "net/http_message.h"

namespace orrery::api {

// The HTTP number for a failed Status: 400 for bad input, 404, 422 for a query that would read more
// than it may, 499 for a client that left, 501, 503, 504; 500 for the rest.
int HttpCodeOf(StatusCode code);

// The Status' message as plain text under its number, which is how Tempo answers errors.
net::HttpResponse ErrorResponse(const Status& status);

}  // namespace orrery::api
