// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "wire/otlp_traces_decode.h"
#include "wire/otlp_traces_encode.h"

// What decodes must survive being encoded and decoded again; encoding is then stable.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace orrery::wire;
  const auto first = DecodeOtlpTraces(
      std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size));
  if (!first.ok()) return 0;
  const auto encoded = std::make_shared<const std::string>(EncodeOtlpTraces(first->batch));
  const auto second = DecodeOtlpTraces(encoded);
  ORRERY_CHECK(second.ok());
  ORRERY_CHECK(second->batch.spans.size() == first->batch.spans.size());
  ORRERY_CHECK(second->counts.refused() == 0);
  ORRERY_CHECK(EncodeOtlpTraces(second->batch) == *encoded);
  return 0;
}
