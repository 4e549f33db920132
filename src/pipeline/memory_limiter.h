// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/telemetry.h"
#include "pipeline/options.h"

namespace orrery::pipeline {

// MemoryLimiter keeps the process under its memory limit by refusing new data above a part of it,
// until enough was written out and freed.
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
  // the soft limit, five above the limit itself.
  std::optional<uint64_t> RetryNanos(uint64_t bytes);

  uint64_t limit_bytes() const { return options_.limit_bytes; }

 private:
  uint64_t Resident();

  const MemoryLimiterOptions options_;
  const Hooks hooks_;
  const Clock& clock_;
  Counter& relieved_;

  std::atomic<uint64_t> resident_{0};
  std::atomic<uint64_t> read_at_{0};  // On the monotonic clock; 0: never.
  std::atomic<uint64_t> relieved_at_{0};
};

}  // namespace orrery::pipeline
