// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "traceql/ast.h"
#include "traceql/metrics.h"
#include "traceql/metrics_exemplars.h"
#include "traceql/metrics_intervals.h"

namespace orrery::traceql {

// MetricsGroups counts the spans of one metrics function: groups by label values, and in each the
// values of all intervals.
//
// Life:    borrows the call and the intervals. Find groups and Add spans, then Finish once.
// Threads: one.
// Failure: ResourceExhausted in status() when the groups would take more than kMaxCells values.
// Cost:    8 bytes for each group and interval; quantiles and histograms 4 bytes for each power of
//          two that occurs in a group.
class MetricsGroups {
 public:
  static constexpr size_t kMaxCells = size_t{16} << 20;

  struct Group {
    std::vector<AnswerAttribute> labels;
    std::vector<double> values;    // Of the functions with one value.
    std::vector<uint32_t> counts;  // Of avg_over_time.
    // By exponent of the power of two; empty where nothing was counted. In Counts the first one is
    // that of `first_exponent`.
    std::vector<std::vector<uint32_t>> buckets;
    size_t first_exponent = 0;
  };
  // What was counted: groups, with what tells them apart.
  struct Counts {
    std::vector<Group> groups;
    std::vector<std::string> keys;
    size_t bytes = 0;  // Of memory.
  };

  MetricsGroups(const MetricsCall& call, const Intervals& intervals);

  // The group of spans with these values, one for each field of by().
  uint32_t GroupOf(std::span<const Value> by);
  // Counts a span. `measured` is what the function looks at; it is ignored by rate and count.
  void Add(uint32_t group, size_t interval, const Value& measured);
  // Whether Add looks at the measured value.
  bool Measures() const { return call_.field.has_value(); }

  const Status& status() const { return status_; }

  // Instead of Finish: what was counted, for Merge of another one of the same call.
  Counts Take();
  // Adds what was counted in intervals that are a stretch of these from `first` on. Returns the
  // place of each group here; when that failed, nothing of use.
  std::vector<uint32_t> Merge(const Counts& counts, size_t first);

  // The series, unsorted. `exemplars` are of spans that were counted.
  std::vector<MetricsSeries> Finish(std::vector<PickedExemplar> exemplars);

 private:
  bool HasBuckets() const;
  void Reserve(size_t cells);
  // The group with a key; a new one has labels that `labels` gives.
  template <typename Labels>
  uint32_t FindGroup(const Labels& labels);
  void AddTo(double& value, double other) const;
  void MergeGroup(const Group& from, size_t first, Group& to);
  std::vector<uint32_t>& FindBucket(Group& group, size_t exponent);
  void AddToBucket(Group& group, size_t interval, const Value& measured);
  std::vector<AnswerAttribute> LabelsOf(std::span<const Value> by) const;
  double BoundOf(size_t exponent) const;
  double QuantileOf(const Group& group, size_t interval, double q) const;
  void FinishPlain(Group& group, std::vector<PickedExemplar>& exemplars,
                   std::vector<MetricsSeries>& series) const;
  void FinishQuantiles(const Group& group, std::vector<PickedExemplar>& exemplars,
                       std::vector<MetricsSeries>& series) const;
  void FinishHistogram(const Group& group, std::vector<PickedExemplar>& exemplars,
                       std::vector<MetricsSeries>& series) const;

  const MetricsCall& call_;
  const Intervals& intervals_;
  const bool in_seconds_;  // What is measured are nanoseconds.
  std::vector<Group> groups_;
  std::unordered_map<std::string, uint32_t> by_key_;
  std::string key_;
  size_t cells_ = 0;
  Status status_;
};

// The number that a function measures: seconds of the span's own duration, nanoseconds of other
// durations. NaN for what is no number.
double MeasureOf(const MetricsCall& call, const Value& measured);

}  // namespace orrery::traceql
