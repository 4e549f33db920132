// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_counts.h"

#include <array>
#include <utility>

#include "wire/otlp_limits.h"

namespace orrery::wire {

std::string DescribeRefusals(const SpanCounts& counts) {
  if (counts.refused() == 0) return {};
  const std::array<std::pair<uint64_t, const char*>, 4> reasons = {{
      {counts.bad_trace_id, " with a trace_id that is zero or not 16 bytes"},
      {counts.bad_span_id, " with a span_id that is zero or not 8 bytes"},
      {counts.bad_parent_span_id, " with a parent_span_id that is neither empty nor 8 bytes"},
      {counts.zero_start, " with start_time_unix_nano 0"},
  }};
  std::string text = std::to_string(counts.refused()) + " of " + std::to_string(counts.spans) +
                     (counts.spans == 1 ? " span refused" : " spans refused");
  const char* separator = ": ";
  for (const auto& [count, reason] : reasons) {
    if (count == 0) continue;
    text += separator + std::to_string(count) + reason;
    separator = ", ";
  }
  return text;
}

std::string DescribeTrims(const TrimCounts& trimmed, const OtlpLimits& limits) {
  struct Trim {
    uint64_t count;
    const char* what;
    uint64_t limit;
    const char* unit;
  };
  const std::array<Trim, 6> trims = {{
      {trimmed.attributes, " attributes left out, over the limit of ", limits.attributes, ""},
      {trimmed.long_keys, " attributes left out, with a key over ", limits.key_bytes, " bytes"},
      {trimmed.deep_values, " attributes left out, with a value nested over ", kMaxValueDepth,
       " levels"},
      {trimmed.events, " events left out, over the limit of ", limits.events, ""},
      {trimmed.links, " links left out, over the limit of ", limits.links, ""},
      {trimmed.long_values, " values cut to ", limits.value_bytes, " bytes"},
  }};
  std::string text;
  for (const Trim& trim : trims) {
    if (trim.count == 0) continue;
    text += text.empty() ? "stored with less: " : ", ";
    text += std::to_string(trim.count) + trim.what + std::to_string(trim.limit) + trim.unit;
  }
  return text;
}

}  // namespace orrery::wire
