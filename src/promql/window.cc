// SPDX-License-Identifier: Apache-2.0
#include "promql/window.h"

#include <utility>

namespace orrery::promql {

void RangeSamples::Assign(contracts::SampleColumns& samples) {
  float_times.clear();
  floats.clear();
  histogram_times.clear();
  histograms.clear();
  for (size_t i = 0; i < samples.times.size(); ++i) {
    if (contracts::IsStale(samples.values[i])) continue;
    if (samples.HistogramAt(i) != nullptr) {
      histogram_times.push_back(samples.times[i]);
      histograms.push_back(samples.histograms[i]);
    } else {
      float_times.push_back(samples.times[i]);
      floats.push_back(samples.values[i]);
    }
  }
}

void WindowCursor::Move(std::span<const int64_t> times, int64_t start, int64_t end,
                        Bounds& bounds) {
  while (bounds.end < times.size() && times[bounds.end] <= end) ++bounds.end;
  while (bounds.begin < bounds.end && times[bounds.begin] <= start) ++bounds.begin;
}

Window WindowCursor::At(size_t step) {
  const int64_t end = samples_.window_ends[step];
  const int64_t start = end - samples_.range_ms;
  Move(samples_.float_times, start, end, floats_);
  Move(samples_.histogram_times, start, end, histograms_);
  const size_t floats = floats_.end - floats_.begin;
  const size_t histograms = histograms_.end - histograms_.begin;
  return {
      .float_times = std::span(samples_.float_times).subspan(floats_.begin, floats),
      .floats = std::span(samples_.floats).subspan(floats_.begin, floats),
      .histogram_times = std::span(samples_.histogram_times).subspan(histograms_.begin, histograms),
      .histograms = std::span(samples_.histograms).subspan(histograms_.begin, histograms),
      .start_ms = start,
      .end_ms = end};
}

}  // namespace orrery::promql
