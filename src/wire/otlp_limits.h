// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace orrery::wire {

// How deep arrays and lists of keys may nest in one attribute. Deeper attributes are left out:
// every reader of a value after this room may then recurse without fear.
inline constexpr int kMaxValueDepth = 64;

// What a request may grow to when it is decoded: this many bytes for one of its own, beyond what
// any request gets. An empty attribute takes two bytes on the wire and forty in memory, so the
// limit on bytes alone would let a small request grow twentyfold. Real ones grow two- to sixfold:
// the least attribute that says something has ten bytes, a number in an array four.
inline constexpr size_t kMaxGrowth = 8;
inline constexpr size_t kFreeGrowthBytes = size_t{1} << 20;

}  // namespace orrery::wire
