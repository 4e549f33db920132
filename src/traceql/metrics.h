// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "traceql/answer_value.h"

namespace orrery::traceql {

// What a query of metrics is asked for.
struct MetricsOptions {
  UnixNanos start = 0;  // Before `end`, which is at most kMaxMetricsTime.
  UnixNanos end = 0;
  uint64_t step = 0;     // Nanoseconds; 0 for DefaultStep.
  bool instant = false;  // One value for all of the range; `step` does not count.
  size_t exemplars = 100;
  size_t most_exemplars = 100;  // That the query may ask for by its hint.
  size_t max_series = 1000;
};

inline constexpr UnixNanos kMaxMetricsTime = UnixNanos{1} << 62;  // In the year 2116.
inline constexpr uint64_t kMaxIntervals = 10'000;

// The step of a range when none is asked for: about 240 intervals of a round length.
uint64_t DefaultStep(UnixNanos start, UnixNanos end);

// A span that stands for others at its time.
struct MetricsExemplar {
  std::vector<AnswerAttribute> labels;  // "trace:id", and the fields that the query looks at.
  double value = 0;
  UnixNanos time = 0;
};

struct MetricsSeries {
  std::vector<AnswerAttribute> labels;
  std::vector<double> values;  // As many as the answer has times; NaN where there is none.
  std::vector<MetricsExemplar> exemplars;  // By time.
};

struct MetricsResponse {
  std::vector<UnixNanos> times;  // The right edges of the intervals.
  std::vector<MetricsSeries> series;
  bool truncated = false;  // There were more than max_series.
};

}  // namespace orrery::traceql
