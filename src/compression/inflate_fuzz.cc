// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "compression/inflate.h"

// The first byte names the encoding, the rest is the body. Nothing may crash or pass the limit.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMaxBytes = size_t{1} << 20;
  if (size == 0) return 0;
  const auto encoding = static_cast<orrery::compression::ContentEncoding>(data[0] % 6);
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto plain = orrery::compression::Inflate(encoding, body, kMaxBytes);
  if (plain.ok()) ORRERY_CHECK(plain->size() <= kMaxBytes);
  return 0;
}
