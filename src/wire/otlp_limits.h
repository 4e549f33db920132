// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace orrery::wire {

// How deep arrays and lists of keys may nest in one attribute. Deeper requests are refused as
// invalid: every reader of a value after this room may then recurse without fear.
inline constexpr int kMaxValueDepth = 64;

// Attributes, values, events and links of one request together. An empty one takes two bytes on
// the wire and forty in memory, so the limit on bytes alone would let a small request grow
// twentyfold.
inline constexpr uint32_t kMaxElements = 1u << 23;

}  // namespace orrery::wire
