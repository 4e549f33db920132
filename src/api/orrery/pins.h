// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contracts/trace_pins.h"
#include "net/http_router.h"

namespace orrery::api {

// Adds the list of pinned traces, which retention keeps:
//
//   GET    /api/orrery/v1/pins         {"traceIds":["4bf92f3577b34da6a3ce929d0e0e4736"]}
//   PUT    /api/orrery/v1/pins/{id}    204; 404 when no span of the trace is stored
//   DELETE /api/orrery/v1/pins/{id}    204; 404 when it is not pinned
//
// `pins` must outlive the router.
void RegisterPins(net::HttpRouter& router, contracts::TracePins& pins);

}  // namespace orrery::api
