// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

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

// "3 of 520 spans refused: 2 with a trace_id that is not 16 bytes or zero, 1 with
// start_time_unix_nano 0", or empty when none was.
std::string DescribeRefusals(const SpanCounts& counts);
// "stored with less: 3 attributes over the limit of 1024, 1 value cut to 4194304 bytes", or empty
// when nothing was.
std::string DescribeTrims(const TrimCounts& trimmed, const OtlpLimits& limits);

}  // namespace orrery::wire
