// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "contracts/scan_keeper.h"
#include "contracts/trace_queryable.h"
#include "traceql/metrics_exemplars.h"
#include "traceql/metrics_groups.h"
#include "traceql/metrics_intervals.h"
#include "traceql/metrics_scan.h"

namespace orrery::traceql {

// What a scan counts by, and what it counts into.
struct MetricsScanPlan {
  const MetricsCall& call;
  const std::vector<const FieldExpr*>& conditions;
  const std::vector<Field>& fields;
  Evaluator& evaluator;
  const Intervals& intervals;
  MetricsGroups& groups;
  ExemplarPicker& picker;
};

// How many exemplars a part offers, so that one which is alone in its intervals fills the picker's
// stretches of them. It does not depend on the range beyond how many intervals a stretch has, or
// the other way round.
class ExemplarShare {
 public:
  // Of a query of so many intervals, with a picker of at most `most`.
  ExemplarShare(size_t intervals, size_t most);

  size_t Of(size_t intervals) const;
  std::string ToText() const;

 private:
  const size_t each_;       // So many for ...
  const size_t intervals_;  // ... each so many intervals, or a part of them.
};

// MetricsKeeper counts the spans of a scan, those of whole parts on their own first, so that a
// store can keep what came out for the next query with the same text and step. The intervals of a
// step lie at the same times whatever the range is, so a part counts alike in every range that has
// all of it.
//
// Life:    borrows all of the plan; made for one scan.
// Threads: one.
// Cost:    as MetricsScan; a part's outcome has the intervals that the part touches, and its share
//          of exemplars.
class MetricsKeeper final : public contracts::ScanKeeper {
 public:
  // `text` names the query; `max_exemplars` is what the picker was made with.
  MetricsKeeper(const MetricsScanPlan& plan, const std::string& text, size_t max_exemplars);

  // Takes columns of the scan. False, and status() says why, when that failed.
  bool Add(const contracts::SpanColumns& columns);
  // What the counting of a part ran into. Faults of the evaluator are its own.
  const Status& status() const { return status_; }

  const std::string& key() const override { return key_; }
  void Begin(const model::TimeRange& starts) override;
  std::shared_ptr<const contracts::ScanOutcome> End() override;
  void Merge(const contracts::ScanOutcome& outcome) override;

 private:
  // What counts one part.
  struct Part {
    Part(const MetricsScanPlan& plan, const model::TimeRange& starts, const ExemplarShare& share);

    const Intervals intervals;
    MetricsGroups groups;
    ExemplarPicker picker;
    MetricsScan scan;
  };

  const MetricsScanPlan plan_;
  const ExemplarShare share_;
  const std::string key_;
  MetricsScan scan_;
  std::unique_ptr<Part> part_;
  Status status_;
};

}  // namespace orrery::traceql
