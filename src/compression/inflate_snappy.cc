// SPDX-License-Identifier: Apache-2.0
#include <snappy-c.h>

#include "compression/inflate_limits.h"

namespace orrery::compression {

Result<std::string> InflateSnappy(std::string_view input, size_t max_bytes) {
  // A copy element of three bytes yields at most 64: more than that is a lie of the header.
  constexpr size_t kMostPerByte = 64;
  size_t size = 0;
  if (snappy_uncompressed_length(input.data(), input.size(), &size) != SNAPPY_OK) {
    return InvalidArgument("snappy body has no length; only the block format is understood");
  }
  if (size > max_bytes) return OverLimit(max_bytes);
  if (size > input.size() * kMostPerByte) return InvalidArgument("snappy body is damaged");
  std::string out(size, '\0');
  if (snappy_uncompress(input.data(), input.size(), out.data(), &size) != SNAPPY_OK) {
    return InvalidArgument("snappy body is damaged");
  }
  return out;
}

}  // namespace orrery::compression
