// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace orrery {

// Nanoseconds since the Unix epoch, as OTLP counts time.
using UnixNanos = uint64_t;

inline constexpr uint64_t kNanosPerMilli = 1'000'000;
inline constexpr uint64_t kNanosPerSecond = 1'000'000'000;

// Clock is where a room gets time from; only `server` and tests make one.
// Threads: all methods may be called concurrently.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixNanos WallNow() const = 0;
  // Never goes back; only differences mean something.
  virtual uint64_t MonotonicNanos() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  UnixNanos WallNow() const override;
  uint64_t MonotonicNanos() const override;
};

// A clock that moves when a test says so; both readings move together.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixNanos now) : now_(now) {}
  UnixNanos WallNow() const override { return now_; }
  uint64_t MonotonicNanos() const override { return now_; }
  void Advance(uint64_t nanos) { now_ += nanos; }

 private:
  UnixNanos now_;
};

}  // namespace orrery
