// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"

namespace orrery::contracts {

// What a query may cost.
struct QueryLimits {
  uint64_t timeout_nanos = 30 * kNanosPerSecond;
  uint64_t max_bytes = uint64_t{8} << 30;  // Decompressed bytes that it may read.
  uint64_t max_trace_spans = 100'000;      // Of a trace; the rest of it is left out.
};

// QueryContext travels with one query from the edge down to the column reader: its deadline, its
// byte limit, its cancel token, and the tally of what it has read.
//
// Life:    made at the edge, outlives every call it is handed to.
// Threads: all methods may be called concurrently.
class QueryContext {
 public:
  // `clock` must outlive the context.
  QueryContext(const Clock& clock, const QueryLimits& limits)
      : clock_(clock), limits_(limits), deadline_(clock.MonotonicNanos() + limits.timeout_nanos) {}

  // Ok, or why the query has to stop: Cancelled or DeadlineExceeded. Cheap; ask once a row group.
  Status Check();
  // From now on Check calls `tick` every `period_nanos`, on the thread that asks; one at a time.
  // Requires: set before the query runs.
  void SetTick(uint64_t period_nanos, std::function<void()> tick);
  // Notes that `bytes` were read. ResourceExhausted when that passes the limit.
  Status ChargeBytes(uint64_t bytes);
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  uint64_t max_trace_spans() const { return limits_.max_trace_spans; }
  // Notes that a trace has more spans than may be read; what was read of it are some of them.
  void CountCutTrace() { cut_traces_.fetch_add(1, std::memory_order_relaxed); }

  // Notes that a part of a block fails its checks, and that the query goes on without it.
  void NoteDamage(const Status& why);
  // The first damage that was noted; Ok when there was none.
  Status damage() const;

  // How far the query is: parts of the data that it will go through, and those that it has done.
  void AddJobs(uint64_t n) { jobs_.fetch_add(n, std::memory_order_relaxed); }
  void FinishJobs(uint64_t n) { done_jobs_.fetch_add(n, std::memory_order_relaxed); }
  // The query is over, also when it did not have to go through all of them.
  void FinishAllJobs() { done_jobs_.store(jobs(), std::memory_order_relaxed); }
  uint64_t jobs() const { return jobs_.load(std::memory_order_relaxed); }
  uint64_t done_jobs() const { return done_jobs_.load(std::memory_order_relaxed); }

  void CountTrace() { traces_.fetch_add(1, std::memory_order_relaxed); }
  void CountSpans(uint64_t n) { spans_.fetch_add(n, std::memory_order_relaxed); }
  void CountBlock() { blocks_.fetch_add(1, std::memory_order_relaxed); }
  // A part of a block that was looked at, or passed over because nothing in it can match.
  void CountRowGroup() { row_groups_.fetch_add(1, std::memory_order_relaxed); }
  void CountSkippedRowGroup() { skipped_row_groups_.fetch_add(1, std::memory_order_relaxed); }

  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  uint64_t cut_traces() const { return cut_traces_.load(std::memory_order_relaxed); }
  uint64_t traces() const { return traces_.load(std::memory_order_relaxed); }
  uint64_t spans() const { return spans_.load(std::memory_order_relaxed); }
  uint64_t blocks() const { return blocks_.load(std::memory_order_relaxed); }
  uint64_t row_groups() const { return row_groups_.load(std::memory_order_relaxed); }
  uint64_t skipped_row_groups() const {
    return skipped_row_groups_.load(std::memory_order_relaxed);
  }

 private:
  const Clock& clock_;
  const QueryLimits limits_;
  const uint64_t deadline_;  // On the monotonic clock.

  // Constant while the query runs.
  uint64_t tick_nanos_ = 0;
  std::function<void()> tick_;
  std::atomic<uint64_t> next_tick_{UINT64_MAX};  // On the monotonic clock.

  mutable Mutex damage_mutex_;
  Status damage_ ORRERY_GUARDED_BY(damage_mutex_);
  std::atomic<bool> cancelled_{false};
  std::atomic<uint64_t> jobs_{0};
  std::atomic<uint64_t> done_jobs_{0};
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> traces_{0};
  std::atomic<uint64_t> cut_traces_{0};
  std::atomic<uint64_t> spans_{0};
  std::atomic<uint64_t> blocks_{0};
  std::atomic<uint64_t> row_groups_{0};
  std::atomic<uint64_t> skipped_row_groups_{0};
};

}  // namespace orrery::contracts
