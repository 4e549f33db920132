// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "model/float_histogram.h"
#include "model/labels.h"

namespace orrery::promql {

using HistogramPtr = std::shared_ptr<const model::FloatHistogram>;

enum class Kind : uint8_t { kNone, kFloat, kHistogram };

// Column holds the values of one series at all steps of a query.
// Life: a value. Cost: nine bytes a step, and a pointer a step once there is a histogram.
struct Column {
  std::vector<double> values;
  std::vector<Kind> kinds;
  std::vector<HistogramPtr> histograms;  // Empty when there is none.

  explicit Column(size_t steps = 0) : values(steps), kinds(steps, Kind::kNone) {}

  size_t size() const { return kinds.size(); }
  bool HasFloat(size_t i) const { return kinds[i] == Kind::kFloat; }
  bool HasHistogram(size_t i) const { return kinds[i] == Kind::kHistogram; }
  bool Has(size_t i) const { return kinds[i] != Kind::kNone; }

  void SetFloat(size_t i, double value) {
    values[i] = value;
    kinds[i] = Kind::kFloat;
  }
  void SetHistogram(size_t i, HistogramPtr histogram) {
    if (histograms.empty()) histograms.resize(kinds.size());
    histograms[i] = std::move(histogram);
    kinds[i] = Kind::kHistogram;
  }
  void Clear(size_t i) { kinds[i] = Kind::kNone; }
  void CopyFrom(const Column& other, size_t i) {
    if (other.HasFloat(i)) SetFloat(i, other.values[i]);
    if (other.HasHistogram(i)) SetHistogram(i, other.histograms[i]);
  }
  // Forgets all values and keeps the memory.
  void Reset(size_t steps) {
    values.resize(steps);
    kinds.assign(steps, Kind::kNone);
    histograms.clear();
  }
  bool Empty() const {
    for (const Kind kind : kinds) {
      if (kind != Kind::kNone) return false;
    }
    return true;
  }
};

struct Series {
  model::Labels labels;
  // The metric name no longer belongs to the values and goes when the query ends.
  bool drop_name = false;
  Column column;
};

// The times at which an expression is evaluated.
struct Steps {
  int64_t start_ms = 0;
  int64_t step_ms = 1;
  size_t count = 1;

  int64_t At(size_t i) const { return start_ms + static_cast<int64_t>(i) * step_ms; }
  int64_t last_ms() const { return At(count - 1); }
};

}  // namespace orrery::promql
