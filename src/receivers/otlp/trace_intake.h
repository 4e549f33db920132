// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/telemetry.h"
#include "pipeline/attribute_editor.h"
#include "pipeline/ingest_counters.h"
#include "pipeline/ingest_queue.h"
#include "pipeline/memory_limiter.h"
#include "wire/otlp_response.h"
#include "wire/otlp_traces_decode.h"

namespace orrery::receivers {

enum class Transport { kHttp, kGrpc };

// What a sender is told of its request.
struct IntakeOutcome {
  Status status;
  // Set when the same request may pass later: then, and only then, a sender is asked to retry.
  std::optional<uint64_t> retry_after_nanos;
  wire::PartialSuccess partial;  // When the status is ok.
};

// A failure for good.
inline IntakeOutcome RefusedForGood(Status status) { return {std::move(status), {}, {}}; }

// TraceIntake takes trace requests of all transports from their bytes to the queue: it decodes
// them, refuses and counts what can't be stored, and tells each sender what became of its spans.
//
// Life:    what it is handed outlives it.
// Threads: all methods may be called concurrently.
// Memory:  what decoding may grow to is held first; see wire/otlp_limits.h.
// Cost:    decoding, on the caller's thread; the bytes are never copied.
class TraceIntake {
 public:
  using Done = std::function<void(IntakeOutcome)>;

  TraceIntake(pipeline::IngestQueue& queue, pipeline::MemoryLimiter& memory,
              const pipeline::AttributeEditor& editor, const wire::OtlpLimits& limits,
              Telemetry& telemetry);

  pipeline::IngestCounters& counters(Transport transport) {
    return transport == Transport::kHttp ? http_ : grpc_;
  }

  // An outcome when there is no memory for a request of `bytes`, counted; asked before inflating.
  std::optional<IntakeOutcome> RefuseForMemory(Transport transport, uint64_t bytes);
  // The same for memory that a step of reading a request takes for a moment; else sets `hold`.
  std::optional<IntakeOutcome> HoldMemory(Transport transport, uint64_t bytes,
                                          pipeline::MemoryHold& hold);

  // `otlp` is an ExportTraceServiceRequest. `done` is called once: here, or on the queue's thread
  // after the store has answered.
  void Take(Transport transport, std::shared_ptr<const std::string> otlp, Done done);

 private:
  IntakeOutcome RefusedForMemory(Transport transport, uint64_t retry_nanos);
  static void CountSpans(pipeline::IngestCounters& counters, const wire::SpanCounts& counts);
  wire::PartialSuccess Partial(const wire::DecodedTraces& decoded) const;
  static void CountTrimmed(pipeline::IngestCounters& counters, const wire::TrimCounts& trimmed);

  pipeline::IngestQueue& queue_;
  pipeline::MemoryLimiter& memory_;
  const pipeline::AttributeEditor& editor_;
  const wire::OtlpLimits limits_;
  pipeline::IngestCounters http_;
  pipeline::IngestCounters grpc_;
};

}  // namespace orrery::receivers
