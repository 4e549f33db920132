// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "contracts/metric_queryable.h"

namespace orrery::promql {

// MemoryStore holds series for tests.
//
// Life:    Add samples, then hand it to an engine; it must outlive the answers.
// Threads: adding is for one at a time; reading may be concurrent once nothing is added.
class MemoryStore final : public contracts::MetricQueryable {
 public:
  // Later samples of a series must have later times. An equal time replaces the sample.
  void Add(const model::Labels& labels, int64_t time_ms, double value);
  // That nothing was reset since the one before is noted, as Prometheus' store does.
  void Add(const model::Labels& labels, int64_t time_ms, model::FloatHistogram histogram);
  void Clear() { series_.clear(); }

  Result<std::vector<std::shared_ptr<const contracts::StoredSeries>>> Select(
      std::span<const contracts::LabelMatcher> matchers, const contracts::MillisRange& range,
      contracts::QueryContext& context) const override;

 private:
  class Stored;
  Stored& At(const model::Labels& labels);

  std::map<model::Labels, std::shared_ptr<Stored>> series_;
};

}  // namespace orrery::promql
