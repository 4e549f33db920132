// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/telemetry.h"
#include "pipeline/options.h"

namespace orrery::pipeline {

class MemoryLimiter;

// The right to take some memory for a moment, given back when it goes.
// Life: does not outlive its limiter.
class MemoryHold {
 public:
  MemoryHold() = default;
  MemoryHold(MemoryHold&& other) noexcept
      : limiter_(std::exchange(other.limiter_, nullptr)), bytes_(other.bytes_) {}
  MemoryHold& operator=(MemoryHold&& other) noexcept {
    std::swap(limiter_, other.limiter_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MemoryHold();

 private:
  friend class MemoryLimiter;
  MemoryHold(MemoryLimiter& limiter, uint64_t bytes) : limiter_(&limiter), bytes_(bytes) {}

  MemoryLimiter* limiter_ = nullptr;
  uint64_t bytes_ = 0;
};

// MemoryLimiter keeps the process under its memory limit by refusing new data above a part of it,
// until enough was written out and freed. What grows while a request is read (inflated, decoded)
// is held beforehand, at its worst: a request that could pass the limit waits for better times.
//
// Life:    what it is handed outlives it.
// Threads: all methods may be called concurrently.
// Cost:    one atomic load, and one reading of the resident memory every 50 ms.
class MemoryLimiter {
 public:
  struct Hooks {
    std::function<uint64_t()> resident_bytes;
    // Frees what can be freed (writes the head out, returns free pages). Called at most once a
    // second while the soft limit is passed, on the thread that noticed; must not take long. May be
    // empty.
    std::function<void()> relieve;
  };

  // Requires: options.limit_bytes > 0.
  MemoryLimiter(const MemoryLimiterOptions& options, Hooks hooks, const Clock& clock,
                Telemetry& telemetry);

  // Nothing when `bytes` more may come in, else how long their sender should wait: a second above
  // the soft limit, five above the limit itself. A few spans may come in a little longer than large
  // batches: those who send little do not wait for those who flood.
  std::optional<uint64_t> RetryNanos(uint64_t bytes);

  // The right to take `bytes` now, or nothing when they could come near the limit.
  std::optional<MemoryHold> Hold(uint64_t bytes);

  uint64_t limit_bytes() const { return options_.limit_bytes; }

 private:
  friend class MemoryHold;

  uint64_t Resident();
  void GiveBack(uint64_t bytes);

  const MemoryLimiterOptions options_;
  const Hooks hooks_;
  const Clock& clock_;
  Counter& relieved_;

  std::atomic<uint64_t> resident_{0};
  std::atomic<uint64_t> read_at_{0};  // On the monotonic clock; 0: never.
  std::atomic<uint64_t> relieved_at_{0};
  std::atomic<uint64_t> held_{0};
};

}  // namespace orrery::pipeline
