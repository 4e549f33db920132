// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/span_batch.h"
#include "wire/options.h"

namespace orrery::wire {

// What became of the spans of one request. A refused span is counted under the first reason that
// holds, in the order of the fields.
struct SpanCounts {
  uint64_t spans = 0;  // In the request, refused ones included.
  uint64_t bad_trace_id = 0;
  uint64_t bad_span_id = 0;
  uint64_t bad_parent_span_id = 0;
  uint64_t zero_start = 0;
  uint64_t end_before_start = 0;  // Accepted with duration 0.

  uint64_t refused() const { return bad_trace_id + bad_span_id + bad_parent_span_id + zero_start; }
};

// What accepted spans, and their resources and scopes, lost to limits. Each attribute, event and
// link that was left out is also in the dropped_*_count of what it belonged to.
struct TrimCounts {
  uint64_t attributes = 0;   // Left out, over the limit of their list.
  uint64_t long_keys = 0;    // Attributes left out for their key.
  uint64_t deep_values = 0;  // Attributes left out for nesting deeper than kMaxValueDepth.
  uint64_t events = 0;       // Left out.
  uint64_t links = 0;        // Left out.
  uint64_t long_values = 0;  // Texts and bytes cut short.

  bool operator==(const TrimCounts&) const = default;
};

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

// "3 of 520 spans refused: 2 with a trace_id that is not 16 bytes or zero, 1 with
// start_time_unix_nano 0", or empty when none was.
std::string DescribeRefusals(const SpanCounts& counts);
// "stored with less: 3 attributes over the limit of 1024, 1 value cut to 4194304 bytes", or empty
// when nothing was.
std::string DescribeTrims(const TrimCounts& trimmed, const OtlpLimits& limits);

}  // namespace orrery::wire
