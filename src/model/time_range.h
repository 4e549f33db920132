// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "base/clock.h"

namespace orrery::model {

// From `start` to `end`, both included.
struct TimeRange {
  UnixNanos start = 0;
  UnixNanos end = std::numeric_limits<UnixNanos>::max();

  bool Contains(UnixNanos time) const { return start <= time && time <= end; }
  bool Overlaps(const TimeRange& other) const { return start <= other.end && other.start <= end; }
};

}  // namespace orrery::model
