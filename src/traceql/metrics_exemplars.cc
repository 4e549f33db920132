// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_exemplars.h"

#include <algorithm>

namespace orrery::traceql {
namespace {

constexpr uint8_t kPerStretch = 2;

}  // namespace

ExemplarPicker::ExemplarPicker(const Intervals& intervals, size_t most)
    : range_(intervals.range()), most_(most), taken_(std::max<size_t>(1, most / kPerStretch), 0) {}

bool ExemplarPicker::Wants(const model::TraceId& trace, UnixNanos start) {
  if (traces_.size() >= most_) return false;
  const double place = static_cast<double>(start - range_.start) /
                       (static_cast<double>(range_.end - range_.start) + 1);
  const auto stretch = static_cast<size_t>(place * static_cast<double>(taken_.size()));
  uint8_t& taken = taken_[std::min(stretch, taken_.size() - 1)];
  if (taken >= kPerStretch || !traces_.insert(trace).second) return false;
  ++taken;
  return true;
}

}  // namespace orrery::traceql
