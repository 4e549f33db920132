// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace orrery::traces {

// What decides whether a block is merged and when it goes.
struct BlockFacts {
  uint64_t id = 0;
  UnixNanos arrived = 0;  // When the newest of its spans was received.
  uint64_t spans = 0;
  uint64_t bytes = 0;  // On disk.
};

struct MergeLimits {
  // A merged block has no more than these.
  uint64_t block_spans = 0;
  uint64_t block_bytes = 0;
  // The shortest window of arrival whose blocks are brought together once it is over. Longer ones,
  // six and thirty-six times as long, take what is still small then.
  uint64_t window_nanos = 0;
  // While a window lasts, its blocks below `small_spans` are merged when there are so many of them.
  uint64_t small_spans = 0;
  size_t small_blocks = 0;
};

// The blocks to merge next, two or more, in the order of their arrival; none when all is well.
//
// A block of more than half of what a block may have is left alone, so that nothing is written
// again for little: a span is merged a few times while its window lasts, then once for each length
// of window. `now` only tells which windows are over.
std::vector<uint64_t> NextMerge(std::vector<BlockFacts> blocks, const MergeLimits& limits,
                                UnixNanos now);

}  // namespace orrery::traces
