// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace demo {

// Name and version of the instrumentation scope, for GetTracer.
inline constexpr char kTracerName[] = "orrery.demo";
inline constexpr char kVersion[] = "0.1.0";

// Telemetry sets the OpenTelemetry SDK up for the process: spans leave in batches, a second after
// they ended at the latest, over OTLP/gRPC to OTEL_EXPORTER_OTLP_ENDPOINT, and W3C trace context
// is the propagator. The resource says service, version, instance, host.name and os.type.
//
// Life:    one per process, made in main before the first span; its end sends what is left.
// Failure: an unreachable endpoint never stops the program; the SDK's complaints are logged.
class Telemetry {
 public:
  explicit Telemetry(const std::string& service_name);
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;
};

// An INTERNAL span, active in this thread until the object ends.
class InternalSpan {
 public:
  explicit InternalSpan(const std::string& name);
  ~InternalSpan();
  InternalSpan(const InternalSpan&) = delete;
  InternalSpan& operator=(const InternalSpan&) = delete;

  void SetAttribute(const std::string& key, const std::string& value);
  void SetAttribute(const std::string& key, int64_t value);

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace demo
