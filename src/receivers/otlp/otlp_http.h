// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "net/http_message.h"
#include "net/http_router.h"
#include "receivers/options.h"
#include "receivers/otlp/trace_intake.h"

namespace orrery::receivers {

// Adds OTLP/HTTP to `router`: POST /v1/traces as protobuf or JSON, with any content-encoding that
// compression::Inflate knows. The other signals are refused with one sentence and counted.
//
// Every answer is in the request's encoding; failures are google.rpc.Status. Throttled senders get
// 429 or 503 with Retry-After and RetryInfo, all other failures are for good (400, 413, 415).
//
// Life:    `intake` outlives the router.
// Threads: runs on the io threads; decoding takes less than a millisecond for a usual request.
void RegisterOtlpHttp(net::HttpRouter& router, TraceIntake& intake, const OtlpOptions& options);

// Errors of the server and the router around it (no such path, body too large, ...) in the same
// form.
net::HttpResponse RenderOtlpError(const net::HttpRequest& request, int status,
                                  std::string sentence);

}  // namespace orrery::receivers
