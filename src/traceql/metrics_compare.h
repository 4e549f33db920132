// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "traceql/ast.h"
#include "traceql/metrics.h"
#include "traceql/metrics_intervals.h"
#include "traceql/trace_view.h"

namespace orrery::traceql {

// MetricsCompare counts the values of everything that spans say, apart for those of a selection and
// for the rest, the baseline.
//
// Durations, ids and places in the tree are left out, since nearly every span has its own. An array
// counts by its elements, and what a span says twice (in two events) counts once.
//
// Life:    borrows the call and the intervals. Add, then Finish once.
// Threads: one.
// Cost:    a lookup for each attribute of each span; about 100 bytes for each distinct value.
// Beyond
//          kMaxValues of an attribute on one side new values count in the total alone.
class MetricsCompare {
 public:
  static constexpr size_t kMaxValues = 20'000;

  MetricsCompare(const MetricsCall& call, const Intervals& intervals)
      : call_(call), intervals_(intervals) {}

  // Whether a span can be of the selection, by its start.
  bool InWindow(UnixNanos start) const;
  void Add(TraceView& trace, uint32_t span, size_t interval, bool selected);
  // For each side and attribute the series of the most frequent values, then the totals.
  std::vector<MetricsSeries> Finish() const;

 private:
  // By interval, ascending; most spans come close to the one before.
  using Counts = std::vector<std::pair<uint32_t, uint32_t>>;
  struct Counted {
    AnswerValue value;
    Counts counts;
    uint64_t last_span = 0;  // Running number, from 1.
    uint64_t total = 0;
  };
  struct Attribute {
    std::unordered_map<std::string, Counted> values;
    Counted all;
  };
  // By the number of AttributeScope, or kIntrinsic; then by name.
  static constexpr size_t kIntrinsic = 6;
  using Attributes = std::array<std::map<std::string, Attribute, std::less<>>, kIntrinsic + 1>;
  struct Place {
    Attributes* side;
    uint32_t interval;
  };

  void AddList(const Place& place, const model::SpanBatch& batch, model::IndexRange list,
               contracts::AttributeScope scope);
  void AddValue(const Place& place, size_t scope, std::string_view name, const Value& value);
  void Count(const Place& place, Counted& counted) const;
  MetricsSeries SeriesOf(std::string_view type, std::string_view attribute,
                         const AnswerValue& value, const Counts& counts) const;
  void FinishAttribute(const Attribute& attribute, const std::string& side, const std::string& text,
                       std::vector<MetricsSeries>& series) const;
  void FinishSide(const Attributes& side, const std::string& name,
                  std::vector<MetricsSeries>& series) const;

  const MetricsCall& call_;
  const Intervals& intervals_;
  Attributes baseline_;
  Attributes selection_;
  uint64_t spans_ = 0;
};

}  // namespace orrery::traceql
