// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "model/span_batch.h"

namespace orrery::contracts {

// A request on its way into a store: its spans, and the OTLP protobuf bytes they were read from.
struct SpanIngest {
  model::SpanBatch spans;
  // ExportTraceServiceRequest, uncompressed. Decoding it again gives `spans` again: what the
  // decoder refused is still in there and will be refused again. `spans` views into it.
  std::shared_ptr<const std::string> otlp;
};

// SpanDecoder reads logged requests back; the store that logs them cannot know the wire format.
// Threads: Decode may be called concurrently.
class SpanDecoder {
 public:
  virtual ~SpanDecoder() = default;
  virtual Result<model::SpanBatch> Decode(std::shared_ptr<const std::string> otlp) const = 0;
};

// TraceSink is where accepted spans go.
// Threads: Append may be called concurrently.
class TraceSink {
 public:
  virtual ~TraceSink() = default;

  // Makes all of `requests` durable, as far as the store is set to, and visible to queries; they
  // share one write to the log. All or nothing.
  // ResourceExhausted, Unavailable: nothing was taken, the sender may try again later.
  virtual Status Append(std::span<const SpanIngest> requests) = 0;
};

// Something that holds data back from its final place on disk.
class Flushable {
 public:
  virtual ~Flushable() = default;
  // Cuts and compacts everything, drops what the log no longer needs, then returns.
  virtual Status Flush() = 0;
};

}  // namespace orrery::contracts
