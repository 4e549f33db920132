// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace orrery::wal {

// What an acknowledged record survives: the death of the process, or also a loss of power.
enum class Durability { kProcess, kFsync };

struct Options {
  Durability durability = Durability::kProcess;
  uint64_t segment_bytes = uint64_t{64} << 20;  // A segment that has reached this size is closed.
};

}  // namespace orrery::wal
