// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "wire/otlp_traces_decode.h"
#include "wire/otlp_traces_encode.h"

namespace {

using namespace orrery::wire;

// What small limits leave must come back unchanged under the same limits: it is what a replay of
// the log reads.
void CheckTrimming(std::shared_ptr<const std::string> otlp, size_t spans) {
  constexpr OtlpLimits kSmall{.attributes = 2,
                              .key_bytes = 8,
                              .value_bytes = 5,
                              .events = 1,
                              .links = 1,
                              .bounds_growth = false};
  const auto trimmed = DecodeOtlpTraces(std::move(otlp), kSmall);
  ORRERY_CHECK(trimmed.ok());
  ORRERY_CHECK(trimmed->batch.spans.size() == spans);
  const auto encoded = std::make_shared<const std::string>(EncodeOtlpTraces(trimmed->batch));
  const auto again = DecodeOtlpTraces(encoded, kSmall);
  ORRERY_CHECK(again.ok());
  ORRERY_CHECK(again->trimmed == TrimCounts());
  ORRERY_CHECK(EncodeOtlpTraces(again->batch) == *encoded);
}

}  // namespace

// What decodes must survive being encoded and decoded again; encoding is then stable.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto otlp = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  const auto first = DecodeOtlpTraces(otlp);
  if (!first.ok()) return 0;
  CheckTrimming(otlp, first->batch.spans.size());
  const auto encoded = std::make_shared<const std::string>(EncodeOtlpTraces(first->batch));
  const auto second = DecodeOtlpTraces(encoded, OtlpLimits::None());
  ORRERY_CHECK(second.ok());
  ORRERY_CHECK(second->batch.spans.size() == first->batch.spans.size());
  ORRERY_CHECK(second->counts.refused() == 0);
  ORRERY_CHECK(EncodeOtlpTraces(second->batch) == *encoded);
  return 0;
}
