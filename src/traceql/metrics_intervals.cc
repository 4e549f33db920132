// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_intervals.h"

#include <algorithm>

#include "traceql/value.h"

namespace orrery::traceql {

uint64_t DefaultStep(UnixNanos start, UnixNanos end) {
  constexpr uint64_t kGranularities[] = {3600 * kNanosPerSecond, 300 * kNanosPerSecond,
                                         60 * kNanosPerSecond,   15 * kNanosPerSecond,
                                         5 * kNanosPerSecond,    kNanosPerSecond};
  const uint64_t range = end - start;
  const uint64_t baseline = range / 240;
  if (range < 60 * kNanosPerSecond) {
    constexpr uint64_t kFine = 50 * kNanosPerMilli;
    return std::max(baseline / kFine * kFine, kFine);
  }
  for (const uint64_t granularity : kGranularities) {
    if (granularity < baseline) return baseline / granularity * granularity;
  }
  return kNanosPerSecond;
}

Result<Intervals> Intervals::Of(const MetricsOptions& options) {
  if (options.end <= options.start) return InvalidArgument("end must be greater than start");
  Intervals intervals;
  if (options.instant) {
    intervals.is_instant_ = true;
    intervals.range_ = {options.start, options.end};
    intervals.step_ = options.end - options.start + 1;
    intervals.seconds_ = static_cast<double>(options.end - options.start) / kNanosPerSecond;
    return intervals;
  }
  const uint64_t step = options.step == 0 ? DefaultStep(options.start, options.end) : options.step;
  if ((options.end - options.start) / step > kMaxIntervals) {
    const uint64_t least = (options.end - options.start) / kMaxIntervals + 1;
    return InvalidArgument("step of " + FormatDuration(static_cast<int64_t>(step)) +
                           " is too small, minimum step for given range is " +
                           FormatDuration(static_cast<int64_t>(least)));
  }
  const UnixNanos first = options.start / step * step;
  const UnixNanos last = options.end / step * step + (options.end % step == 0 ? 0 : step);
  const UnixNanos begin = first - std::min(first, step);
  intervals.range_ = {begin + 1, last};
  intervals.step_ = step;
  intervals.seconds_ = static_cast<double>(step) / kNanosPerSecond;
  intervals.count_ = (last - begin) / step;
  return intervals;
}

Intervals Intervals::Within(const model::TimeRange& part) const {
  const size_t first = Find(part.start);
  Intervals within = *this;
  within.count_ = Find(part.end) - first + 1;
  within.range_.start = range_.start + first * step_;
  within.range_.end = std::min(range_.end, within.range_.start + within.count_ * step_ - 1);
  return within;
}

std::vector<UnixNanos> Intervals::Edges() const {
  std::vector<UnixNanos> edges;
  edges.reserve(count_);
  if (count_ == 1) return {range_.end};
  for (size_t i = 0; i < count_; ++i) edges.push_back(range_.start - 1 + (i + 1) * step_);
  return edges;
}

}  // namespace orrery::traceql
