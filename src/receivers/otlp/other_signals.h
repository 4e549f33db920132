// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "pipeline/ingest_counters.h"

namespace orrery::receivers {

// An OTLP signal that is refused whole.
struct OtherSignalInfo {
  const char* http_path;
  const char* grpc_method;
  pipeline::RequestRefusal reason;
  const char* sentence;
};

inline constexpr std::array<OtherSignalInfo, 3> kOtherSignals = {{
    {"/v1/logs", "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
     pipeline::RequestRefusal::kLogs,
     "orrery stores traces, metrics and profiles, no logs; switch the sender's log exporter off"},
    {"/v1/metrics", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
     pipeline::RequestRefusal::kMetrics,
     "metrics over OTLP are not yet in this version; switch the sender's metric exporter off"},
    {"/v1development/profiles",
     "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
     pipeline::RequestRefusal::kProfiles,
     "profiles over OTLP are not yet in this version; switch the sender's profile exporter off"},
}};

inline constexpr char kTraceExportMethod[] =
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

}  // namespace orrery::receivers
