// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "storage/wal/options.h"

namespace orrery::traces {

struct Options {
  wal::Options wal;

  // The head becomes a block when it has one of these.
  uint64_t head_spans = 250'000;
  uint64_t head_bytes = uint64_t{64} << 20;      // Of memory.
  uint64_t head_age_nanos = 300'000'000'000ull;  // Since its first span arrived.

  uint32_t row_group_spans = 8192;
  // Blocks are merged while the result has no more than this.
  uint64_t block_spans = 1'000'000;
  // Columns of blocks kept in memory, decompressed.
  uint64_t cache_bytes = uint64_t{128} << 20;
  // How far apart in time the parts of one trace may lie and still be found as one by a search:
  // a part that arrived this much later than the rest sits in another block.
  uint64_t trace_slack_nanos = 600'000'000'000ull;
};

}  // namespace orrery::traces
