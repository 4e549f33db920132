// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "traces/merge_plan.h"

namespace orrery::traces {

// RetentionClock is the time by which blocks grow old. A wall clock that leaps ahead (a wrong
// battery clock, a mistyped date) must not empty the store, so a leap counts only after it has
// lasted for an hour; until then time goes on at the pace of the monotonic clock. Leaps back count
// at once: they only make blocks stay longer.
//
// Life:    made with the newest time of which something is stored, so that a wrong clock at the
//          start is a leap too.
// Threads: one at a time.
class RetentionClock {
 public:
  static constexpr uint64_t kTolerance = 600 * kNanosPerSecond;
  static constexpr uint64_t kProof = 3600 * kNanosPerSecond;

  // `newest` is 0 when nothing is stored; then the first reading is believed.
  RetentionClock(UnixNanos newest, uint64_t monotonic) : believed_(newest), read_at_(monotonic) {}

  UnixNanos Read(UnixNanos wall, uint64_t monotonic);
  // Whether the wall clock is ahead and not believed yet.
  bool doubts() const { return ahead_since_.has_value(); }

 private:
  UnixNanos believed_;
  uint64_t read_at_;                     // Monotonic.
  std::optional<uint64_t> ahead_since_;  // Monotonic.
};

// The blocks whose newest span arrived more than `age` before `now`, oldest first.
std::vector<uint64_t> OlderThan(std::vector<BlockFacts> blocks, uint64_t age, UnixNanos now);

// The oldest blocks that together have at least `bytes`, or all.
std::vector<uint64_t> OldestOf(std::vector<BlockFacts> blocks, uint64_t bytes);

}  // namespace orrery::traces
