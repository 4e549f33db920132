// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <chrono>

namespace orrery {

UnixNanos SystemClock::WallNow() const {
  return static_cast<UnixNanos>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                    std::chrono::system_clock::now().time_since_epoch())
                                    .count());
}

uint64_t SystemClock::MonotonicNanos() const {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   std::chrono::steady_clock::now().time_since_epoch())
                                   .count());
}

}  // namespace orrery
