// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "traceql/column_filter.h"
#include "traceql/metrics_exemplars.h"
#include "traceql/metrics_groups.h"
#include "traceql/span_columns.h"

namespace orrery::traceql {

// MetricsScan counts the spans of a column scan.
//
// Life:    borrows all of them.
// Threads: one.
// Cost:    for each span a lookup in each condition's memory, one of its group by the codes of the
//          columns that make it, and an addition.
class MetricsScan {
 public:
  MetricsScan(const MetricsCall& call, const std::vector<const FieldExpr*>& conditions,
              const std::vector<Field>& fields, Evaluator& evaluator, const Intervals& intervals,
              MetricsGroups& groups, ExemplarPicker& picker);

  void Add(const contracts::SpanColumns& columns);

 private:
  static constexpr uint32_t kNotFound = UINT32_MAX;

  void PlanGroups(const ColumnValues& columns);
  uint32_t GroupOf(const ColumnValues& columns, size_t span);
  uint32_t FindGroup(const ColumnValues& columns, size_t span);
  void AddExemplar(ColumnValues& columns, size_t span, uint32_t group, size_t interval,
                   const Value& measured);

  const MetricsCall& call_;
  const std::vector<Field>& fields_;
  ColumnFilter filter_;
  const Intervals& intervals_;
  MetricsGroups& groups_;
  ExemplarPicker& picker_;

  // Of the columns at hand. Groups are remembered by the codes of their columns, as the digits of
  // one number, when all of the columns have codes.
  std::vector<std::vector<size_t>> by_;  // For each field of by(), the columns of its places.
  std::vector<std::pair<size_t, uint64_t>> digits_;  // Column and weight.
  bool is_remembered_ = false;
  std::vector<uint32_t> by_number_;  // While the numbers are small, else by_large_number_.
  boost::unordered_flat_map<uint64_t, uint32_t> by_large_number_;
  std::vector<Value> values_;
};

}  // namespace orrery::traceql
