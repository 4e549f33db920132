// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "model/time_range.h"
#include "traceql/metrics.h"

namespace orrery::traceql {

// The intervals of a query of metrics. Each is open on its left and closed on its right, where its
// value is dated. Those of a range lie on multiples of the step, and the first one ends where the
// range, rounded down, begins.
class Intervals {
 public:
  static constexpr size_t kOutside = SIZE_MAX;

  // InvalidArgument: an end that is not after the start, or more than kMaxIntervals.
  static Result<Intervals> Of(const MetricsOptions& options);

  size_t count() const { return count_; }
  // Which one a time is in.
  size_t Find(UnixNanos time) const {
    return time < range_.start || time > range_.end ? kOutside : (time - range_.start) / step_;
  }
  // Every time that is in one.
  const model::TimeRange& range() const { return range_; }
  double seconds() const { return seconds_; }  // The length of each.
  uint64_t step() const { return step_; }
  // Of one interval that lies anywhere.
  bool is_instant() const { return is_instant_; }
  std::vector<UnixNanos> Edges() const;
  // Those that a part of the range touches.
  Intervals Within(const model::TimeRange& part) const;

 private:
  model::TimeRange range_;
  uint64_t step_ = 1;
  double seconds_ = 0;
  size_t count_ = 1;
  bool is_instant_ = false;
};

}  // namespace orrery::traceql
