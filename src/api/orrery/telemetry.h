// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/telemetry.h"
#include "net/http_router.h"

namespace orrery::api {

// Adds GET /api/orrery/v1/telemetry: what /metrics of the admin port tells, as JSON, for a page
// that draws rates from two answers:
//
//   {"timeUnixNano":"17...","families":[{"name":"orrery_ingest_spans_total","type":"counter",
//    "help":"Spans received, refused ones included.",
//    "series":[{"labels":{"transport":"grpc"},"value":12}]}]}
//
// Threads: the handler runs on the workers; gauges that ask the system are read there.
// Life:    `telemetry` and `clock` must outlive the router.
void RegisterTelemetry(net::HttpRouter& router, const Telemetry& telemetry, const Clock& clock);

}  // namespace orrery::api
