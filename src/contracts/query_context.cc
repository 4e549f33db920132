// SPDX-License-Identifier: Apache-2.0
#include "contracts/query_context.h"

#include <fmt/format.h>

namespace orrery::contracts {

Status QueryContext::Check() const {
  if (cancelled_.load(std::memory_order_relaxed)) return Cancelled("the query was cancelled");
  if (clock_.MonotonicNanos() > deadline_) {
    return DeadlineExceeded(
        fmt::format("the query took longer than {} s; narrow its time range or its conditions",
                    limits_.timeout_nanos / kNanosPerSecond));
  }
  return OkStatus();
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
