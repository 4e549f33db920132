// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/span_batch.h"
#include "wire/options.h"
#include "wire/otlp_counts.h"

namespace orrery::wire {

struct DecodedTraces {
  model::SpanBatch batch;  // The accepted spans, in the order of the request.
  SpanCounts counts;
  TrimCounts trimmed;
};

// Reads an ExportTraceServiceRequest (or TracesData, which is the same on the wire) in one pass.
// Texts of the batch are views into `otlp`, which the batch then owns a share of.
//
// A span is refused alone, the rest of the request unharmed, when trace_id is not 16 bytes or all
// zero, span_id not 8 or all zero, parent_span_id neither empty nor 8, or the start 0. As protobuf
// has it, fields come in any order, the last of a repeated scalar wins, repeated messages merge,
// unknown fields (groups too) and known ones with another wire type are skipped. Text that is not
// UTF-8 is kept as it came. A ResourceSpans without accepted spans leaves nothing. Of lists, what
// comes first is kept; text is cut between characters. Equal bytes and limits give equal spans.
//
// InvalidArgument:   not such a message; the text says where:
//                    "resource_spans[2].scope_spans[0].spans[17]: field 9 at byte 1234 goes past
//                    the end".
// ResourceExhausted: would take more than kMaxGrowth of the request's size, if that is bounded.
// Cost: 0.18 us for a span of 236 bytes with eight attributes.
Result<DecodedTraces> DecodeOtlpTraces(std::shared_ptr<const std::string> otlp,
                                       const OtlpLimits& limits = {});

}  // namespace orrery::wire
