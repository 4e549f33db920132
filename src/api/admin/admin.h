// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/status.h"
#include "base/telemetry.h"
#include "net/http_router.h"

namespace orrery::api {

// What the admin port needs of the rest. The functions may be called concurrently, from the moment
// they are registered: also while the server starts and while it drains.
struct AdminDeps {
  const Telemetry& telemetry;
  std::function<Status()> ready;  // Ok, or what is still to be done: Unavailable("starting: ...").
  std::function<Status()> flush;  // Cuts and compacts everything, then returns.
};

// Adds what operators and supervisors ask for:
//
//   GET /         which paths there are
//   GET /ready    200 when everything is served, else 503 and what it waits for
//   GET /metrics  the process's own metrics, Prometheus text
//   POST /flush   everything received goes into blocks and leaves the log; 200 when done
//
// `deps` are copied; what they refer to must outlive the router. /flush runs on the router's
// workers.
void RegisterAdmin(net::HttpRouter& router, const AdminDeps& deps);

}  // namespace orrery::api
