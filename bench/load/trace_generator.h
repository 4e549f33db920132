// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/random.h"

namespace orrery::load {

using TraceId = std::array<uint8_t, 16>;

inline constexpr int kSpansPerTrace = 13;

struct TraceOptions {
  uint64_t spans = 1'100'000;        // rounded up to whole traces
  uint64_t spans_per_request = 520;  // rounded down to whole traces, at least one
  // A trace of more than one is a batch: the later ones are children of the first one's root.
  uint64_t conversations_per_trace = 1;
  uint64_t users = 4'000;
  double error_rate = 0.04;
  uint64_t seed = 1;
  int64_t end_unix_nano = 0;  // when the newest trace starts
  int64_t spread_nano = 0;    // how much older the oldest is
};

// One export request, and what it promises.
struct TraceRequest {
  std::string body;  // ExportTraceServiceRequest
  uint64_t spans = 0;
  std::vector<TraceId> traces;  // of each kSpansPerTrace spans
};

// TraceGenerator writes export requests with traces of an LLM application: 13 spans in four
// services, prompts of 120 to 720 characters, about 236 bytes a span. Spans are grouped by service,
// as a collector sends them.
//
// Life:    a value; request n is the same whenever and on whichever thread it is made.
// Threads: Make is const.
// Cost:    about 1 us a span.
class TraceGenerator {
 public:
  explicit TraceGenerator(const TraceOptions& options);

  uint64_t requests() const { return requests_; }
  // Requires: index < requests().
  TraceRequest Make(uint64_t index) const;

 private:
  TraceOptions options_;
  uint64_t traces_per_request_;
  uint64_t traces_;
  uint64_t requests_;
};

}  // namespace orrery::load
