// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "contracts/trace_queryable.h"
#include "net/http_router.h"

namespace orrery::api {

struct StatusDeps {
  const contracts::TraceQueryable& traces;
  std::string version;
  UnixNanos start_time = 0;
  // Name and host:port of each open port: "otlp_grpc", "127.0.0.1:4317".
  std::vector<std::pair<std::string, std::string>> addresses;
};

// Adds GET /api/orrery/v1/status, from which the page learns what is stored and where to send:
//
//   {"version":"0.1.0","startTimeUnixNano":"17...","traces":{"spans":"0","traces":"0","blocks":"0",
//    "headSpans":"0","bytes":"0","logBytes":"0","pinnedTraces":"0","oldestUnixNano":"0"},
//    "addresses":{"otlp_grpc":"127.0.0.1:4317"}}
//
// `deps` are copied; the store must outlive the router.
void RegisterStatus(net::HttpRouter& router, const StatusDeps& deps);

}  // namespace orrery::api
