// SPDX-License-Identifier: Apache-2.0
#include "contracts/query_context.h"

#include <utility>

#include <fmt/format.h>

namespace orrery::contracts {

Status QueryContext::Check() {
  if (cancelled_.load(std::memory_order_relaxed)) return Cancelled("the query was cancelled");
  const uint64_t now = clock_.MonotonicNanos();
  // Whoever moves the hand makes the tick; meanwhile there is no next one.
  if (uint64_t due = next_tick_.load(std::memory_order_relaxed); now >= due) {
    if (next_tick_.compare_exchange_strong(due, UINT64_MAX, std::memory_order_acquire)) {
      tick_();
      next_tick_.store(now + tick_nanos_, std::memory_order_release);
    }
  }
  if (now > deadline_) {
    return DeadlineExceeded(
        fmt::format("the query took longer than {} s; narrow its time range or its conditions",
                    limits_.timeout_nanos / kNanosPerSecond));
  }
  return OkStatus();
}

void QueryContext::SetTick(uint64_t period_nanos, std::function<void()> tick) {
  tick_nanos_ = period_nanos;
  tick_ = std::move(tick);
  next_tick_.store(clock_.MonotonicNanos() + period_nanos, std::memory_order_release);
}

void QueryContext::NoteDamage(const Status& why) {
  const MutexLock lock(damage_mutex_);
  if (damage_.ok()) damage_ = why;
}

Status QueryContext::damage() const {
  const MutexLock lock(damage_mutex_);
  return damage_;
}

Status QueryContext::ChargeBytes(uint64_t bytes) {
  const uint64_t total = bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (total <= limits_.max_bytes) return OkStatus();
  return ResourceExhausted(
      fmt::format("the query read more than {} bytes; narrow its time range or its conditions",
                  limits_.max_bytes));
}

}  // namespace orrery::contracts
