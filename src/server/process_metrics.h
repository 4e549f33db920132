// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/telemetry.h"

namespace orrery::server {

// Declares what every program tells about itself, under the names that Prometheus' client libraries
// use: process_cpu_seconds_total, process_resident_memory_bytes, process_open_fds,
// process_start_time_seconds, process_threads. Read from /proc when asked for.
void AddProcessMetrics(Telemetry& telemetry);

}  // namespace orrery::server
