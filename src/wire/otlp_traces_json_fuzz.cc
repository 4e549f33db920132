// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "wire/otlp_traces_decode.h"
#include "wire/otlp_traces_json.h"

// Whatever JSON is taken must decode, and its spans must come through JSON once more.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace orrery::wire;
  auto otlp = TranscodeOtlpTracesJson(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!otlp.ok()) return 0;
  const auto first = DecodeOtlpTraces(std::make_shared<const std::string>(*std::move(otlp)));
  if (!first.ok()) {
    // Small JSON can stand for much memory, and for nothing else that is refused.
    ORRERY_CHECK(first.status().code() == orrery::StatusCode::kResourceExhausted);
    return 0;
  }
  auto again = TranscodeOtlpTracesJson(EncodeOtlpTracesJson(first->batch));
  ORRERY_CHECK(again.ok());
  const auto second =
      DecodeOtlpTraces(std::make_shared<const std::string>(*std::move(again)), OtlpLimits::None());
  ORRERY_CHECK(second.ok());
  ORRERY_CHECK(second->batch.spans.size() == first->batch.spans.size());
  ORRERY_CHECK(EncodeOtlpTracesJson(second->batch) == EncodeOtlpTracesJson(first->batch));
  return 0;
}
