// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "contracts/span_contents.h"
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
// Life:    borrows the call and the intervals. Add spans either way, then Finish once.
// Threads: one.
// Cost:    by columns a lookup for each distinct value of each, and an addition for each span that
//          has one; else a lookup for each attribute of each span. About 100 bytes for each
//          distinct value; beyond kMaxValues of an attribute on one side new ones count in the
//          total alone.
class MetricsCompare {
 public:
  static constexpr size_t kMaxValues = 20'000;

  MetricsCompare(const MetricsCall& call, const Intervals& intervals)
      : call_(call), intervals_(intervals) {}

  // Whether a span can be of the selection, by its start.
  bool InWindow(UnixNanos start) const;
  void Add(TraceView& trace, uint32_t span, size_t interval, bool selected);

  // Where a span of columns counts.
  static uint32_t PlaceOf(size_t interval, bool selected) {
    return static_cast<uint32_t>(2 * interval + (selected ? 1 : 0));
  }
  void Add(const contracts::SpanContents& contents, std::span<const uint32_t> place_of_span);
  // For each side and attribute the series of the most frequent values, then the totals.
  std::vector<MetricsSeries> Finish() const;

 private:
  // Counts by interval: of the few that occur, ascending, or of all.
  class Counts {
   public:
    void Add(uint32_t interval, size_t intervals);
    void Write(std::vector<double>& values) const;

   private:
    std::vector<std::pair<uint32_t, uint32_t>> few_;
    std::vector<uint32_t> all_;
  };
  struct Counted {
    AnswerValue value;
    Counts counts;
    uint64_t last_span = 0;  // Running number, from 1.
    uint64_t total = 0;
  };
  struct TextHash {
    using is_avalanching = void;
    size_t operator()(const std::string& text) const { return std::hash<std::string>()(text); }
  };
  struct Attribute {
    boost::unordered_flat_map<std::string, std::unique_ptr<Counted>, TextHash> values;
    Counted all;
  };
  // By the number of AttributeScope, or kIntrinsic; then by name.
  static constexpr size_t kIntrinsic = 6;
  using Attributes = std::array<std::map<std::string, Attribute, std::less<>>, kIntrinsic + 1>;
  struct Place {
    Attributes* side;
    uint32_t interval;
  };

  // Of the column at hand: its attribute, and where each code counts, once known.
  struct ColumnSide {
    Attribute* attribute = nullptr;
    std::vector<Counted*> by_code;
  };

  void AddColumn(const contracts::ContentColumn& column, const model::SpanBatch& pools,
                 std::span<const uint32_t> place_of_span);
  Attribute& FindAttribute(Attributes& side, size_t scope, std::string_view name);
  // What counts a value; `unlisted_` when there are too many.
  Counted& FindCounted(Attribute& attribute, const Value& value);
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
  std::string key_;
  Counted unlisted_;
};

}  // namespace orrery::traceql
