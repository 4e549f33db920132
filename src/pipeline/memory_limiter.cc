// SPDX-License-Identifier: Apache-2.0
#include "pipeline/memory_limiter.h"

#include <utility>

namespace orrery::pipeline {
namespace {

constexpr uint64_t kReadEvery = 50 * kNanosPerMilli;
constexpr uint64_t kRelieveEvery = kNanosPerSecond;
constexpr uint64_t kSoftRetry = kNanosPerSecond;
constexpr uint64_t kHardRetry = 5 * kNanosPerSecond;
constexpr uint64_t kFewSpansBytes = 64 << 10;
constexpr uint64_t kFewSpansPart = 20;
constexpr uint64_t kLargeHold = uint64_t{8} << 20;

// Whether `every` has passed since `last`; exactly one of several threads gets to hear so.
bool IsDue(std::atomic<uint64_t>& last, uint64_t now, uint64_t every) {
  uint64_t seen = last.load(std::memory_order_relaxed);
  if (seen != 0 && now - seen < every) return false;
  return last.compare_exchange_strong(seen, now, std::memory_order_relaxed);
}

}  // namespace

MemoryLimiter::MemoryLimiter(const MemoryLimiterOptions& options, Hooks hooks, const Clock& clock,
                             Telemetry& telemetry)
    : options_(options),
      hooks_(std::move(hooks)),
      clock_(clock),
      relieved_(telemetry.AddCounter("orrery_memory_relief_total",
                                     "Times that memory was freed because the soft limit was "
                                     "passed.")) {
  telemetry.AddGaugeCallback("orrery_memory_limit_bytes",
                             "Resident memory that the process keeps under.",
                             [limit = options.limit_bytes] { return static_cast<double>(limit); });
}

uint64_t MemoryLimiter::Resident() {
  if (IsDue(read_at_, clock_.MonotonicNanos(), kReadEvery)) {
    resident_.store(hooks_.resident_bytes(), std::memory_order_relaxed);
  }
  return resident_.load(std::memory_order_relaxed);
}

std::optional<uint64_t> MemoryLimiter::RetryNanos(uint64_t bytes) {
  const uint64_t wanted = Resident() + bytes;
  auto soft =
      static_cast<uint64_t>(static_cast<double>(options_.limit_bytes) * options_.soft_fraction);
  if (bytes <= kFewSpansBytes) soft += options_.limit_bytes / kFewSpansPart;
  if (wanted <= soft) return std::nullopt;
  if (hooks_.relieve && IsDue(relieved_at_, clock_.MonotonicNanos(), kRelieveEvery)) {
    hooks_.relieve();
    relieved_.Add();
    read_at_.store(0, std::memory_order_relaxed);
    if (Resident() + bytes <= soft) return std::nullopt;
  }
  return wanted <= options_.limit_bytes ? kSoftRetry : kHardRetry;
}

std::optional<MemoryHold> MemoryLimiter::Hold(uint64_t bytes) {
  const uint64_t held = held_.fetch_add(bytes, std::memory_order_relaxed);
  MemoryHold hold(*this, bytes);
  // The reading may be old, and not everything that grows is held.
  if (Resident() + held + bytes <= options_.limit_bytes / 10 * 9) return hold;
  return std::nullopt;
}

void MemoryLimiter::GiveBack(uint64_t bytes) {
  held_.fetch_sub(bytes, std::memory_order_relaxed);
  // What was held may be resident now.
  if (bytes >= kLargeHold) read_at_.store(0, std::memory_order_relaxed);
}

MemoryHold::~MemoryHold() {
  if (limiter_ != nullptr) limiter_->GiveBack(bytes_);
}

}  // namespace orrery::pipeline
