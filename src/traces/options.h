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
  uint64_t head_idle_nanos = 60'000'000'000ull;  // Since its last one.

  uint32_t row_group_spans = 8192;
  // Blocks are merged while the result has no more than this.
  uint64_t block_spans = 1'000'000;
  // Blocks whose spans arrived in the same window are merged when it is over.
  uint64_t merge_window_nanos = 3'600'000'000'000ull;
  // Columns of blocks kept in memory, decompressed.
  uint64_t cache_bytes = uint64_t{128} << 20;
  // How far apart in time the parts of one trace may lie and still be found as one by a search:
  // a part that arrived this much later than the rest sits in another block.
  uint64_t trace_slack_nanos = 600'000'000'000ull;

  // A block goes when its newest span arrived so long ago, ...
  uint64_t retention_nanos = 15 * 86'400'000'000'000ull;
  // ... and the oldest ones go before blocks and log together take more disk than this.
  uint64_t retention_bytes = uint64_t{50'000'000'000};
};

}  // namespace orrery::traces
