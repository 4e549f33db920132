// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orrery::columnar {

// A frame is a run of bytes in a file, compressed where that helps, that can tell damage:
//
//   checksum 8 | codec 1 | plain size varint | stored bytes
//
// The checksum is XXH3-64 of all that follows it.

// Plain bytes in one frame at most; more in a file is damage.
inline constexpr uint64_t kMaxFrameBytes = uint64_t{256} << 20;

// Appends `plain` as a frame and returns the frame's length.
// Requires: plain.size() <= kMaxFrameBytes.
size_t AppendFrame(std::string_view plain, std::string& out);

// The plain bytes of a frame that fills `bytes`. Corruption: it does not hold what was written.
Result<std::string> ReadFrame(std::string_view bytes);

}  // namespace orrery::columnar
