// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "contracts/metric_queryable.h"
#include "promql/column.h"

namespace orrery::promql {

// The samples of one series for a range function, numbers and histograms apart, without stale
// markers, and where the window lies at each step.
struct RangeSamples {
  std::vector<int64_t> float_times;
  std::vector<double> floats;
  std::vector<int64_t> histogram_times;
  std::vector<HistogramPtr> histograms;

  int64_t range_ms = 0;
  std::span<const int64_t> window_ends;  // By step.

  // Replaces what is there; takes the columns apart.
  void Assign(contracts::SampleColumns& samples);
};

// What lies within one window, open at the left.
struct Window {
  std::span<const int64_t> float_times;
  std::span<const double> floats;
  std::span<const int64_t> histogram_times;
  std::span<const HistogramPtr> histograms;
  int64_t start_ms = 0;
  int64_t end_ms = 0;

  bool empty() const { return floats.empty() && histograms.empty(); }
};

// WindowCursor moves over the samples of a series, from step to step.
// Life: the samples outlive it.
// Cost: one pass over the samples for all steps when windows move forward.
class WindowCursor {
 public:
  explicit WindowCursor(const RangeSamples& samples) : samples_(samples) {}
  Window At(size_t step);

 private:
  struct Bounds {
    size_t begin = 0;
    size_t end = 0;
  };
  static void Move(std::span<const int64_t> times, int64_t start, int64_t end, Bounds& bounds);

  const RangeSamples& samples_;
  Bounds floats_;
  Bounds histograms_;
};

}  // namespace orrery::promql
