// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "model/ids.h"
#include "traceql/metrics.h"
#include "traceql/metrics_intervals.h"

namespace orrery::traceql {

// An exemplar on its way into its series.
struct PickedExemplar {
  uint32_t group = 0;
  size_t interval = 0;
  double measured = 0;  // NaN without a measured value.
  model::TraceId trace;
  MetricsExemplar exemplar;
};

// ExemplarPicker chooses spans evenly over the range: two in each of `most` / 2 stretches of it,
// and one of a trace.
//
// Life:    borrows the intervals.
// Threads: one.
class ExemplarPicker {
 public:
  ExemplarPicker(const Intervals& intervals, size_t most);

  // Whether a span, which is in the range, becomes one. Then Add follows.
  bool Wants(const model::TraceId& trace, UnixNanos start);
  void Add(PickedExemplar picked) { picked_.push_back(std::move(picked)); }
  std::vector<PickedExemplar> Take() { return std::move(picked_); }

 private:
  const model::TimeRange range_;
  const size_t most_;
  std::vector<uint8_t> taken_;  // By stretch.
  std::unordered_set<model::TraceId, model::IdHash> traces_;
  std::vector<PickedExemplar> picked_;
};

}  // namespace orrery::traceql
