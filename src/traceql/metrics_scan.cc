// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_scan.h"

#include "traceql/metrics_fields.h"

namespace orrery::traceql {
namespace {

constexpr uint64_t kMaxSmall = uint64_t{1} << 16;
constexpr uint64_t kMaxLarge = uint64_t{1} << 62;

}  // namespace

MetricsScan::MetricsScan(const MetricsCall& call, const std::vector<const FieldExpr*>& conditions,
                         const std::vector<Field>& fields, Evaluator& evaluator,
                         const Intervals& intervals, MetricsGroups& groups, ExemplarPicker& picker)
    : call_(call),
      fields_(fields),
      filter_(conditions, evaluator),
      intervals_(intervals),
      groups_(groups),
      picker_(picker),
      values_(call.by.size()) {}

void MetricsScan::PlanGroups(const ColumnValues& columns) {
  by_.clear();
  digits_.clear();
  by_large_number_.clear();
  is_remembered_ = true;
  uint64_t numbers = 1;
  for (const Field& field : call_.by) {
    std::vector<size_t>& places = by_.emplace_back();
    for (const Field& place : PlacesOf(field)) {
      const size_t column = columns.ColumnOf(place);
      places.push_back(column);
      // Every column has a code at least, that of no value.
      const bool fits = columns.HasCodes(column) && numbers <= kMaxLarge / columns.CodesOf(column);
      is_remembered_ = is_remembered_ && fits;
      digits_.emplace_back(column, numbers);
      if (is_remembered_) numbers *= columns.CodesOf(column);
    }
  }
  by_number_.assign(is_remembered_ && numbers <= kMaxSmall ? numbers : 0, kNotFound);
}

uint32_t MetricsScan::FindGroup(const ColumnValues& columns, size_t span) {
  for (size_t i = 0; i < by_.size(); ++i) {
    for (const size_t column : by_[i]) {
      values_[i] = columns.At(column, span);
      if (values_[i].type != Type::kNil) break;
    }
  }
  return groups_.GroupOf(values_);
}

uint32_t MetricsScan::GroupOf(const ColumnValues& columns, size_t span) {
  if (!is_remembered_) return FindGroup(columns, span);
  uint64_t number = 0;
  for (const auto& [column, weight] : digits_) number += weight * columns.Code(column, span);
  uint32_t& known = by_number_.empty()
                        ? by_large_number_.try_emplace(number, kNotFound).first->second
                        : by_number_[number];
  if (known == kNotFound) known = FindGroup(columns, span);
  return known;
}

void MetricsScan::AddExemplar(ColumnValues& columns, size_t span, uint32_t group, size_t interval,
                              const Value& measured) {
  columns.MoveTo(span);
  picker_.Add({group, interval, call_.field ? MeasureOf(call_, measured) : 0, columns.trace(span),
               ExemplarOf(columns.trace(span), columns.start(span), fields_,
                          [&](const Field& field) { return columns.Get(field); })});
}

void MetricsScan::Add(const contracts::SpanColumns& from) {
  ColumnValues columns(from, fields_);
  filter_.Begin(columns);
  PlanGroups(columns);
  const bool measures = groups_.Measures();
  const size_t measured_column = measures ? columns.ColumnOf(*call_.field) : 0;
  for (size_t span = 0; span < columns.size(); ++span) {
    const size_t interval = intervals_.Find(columns.start(span));
    if (interval == Intervals::kOutside || !filter_.Holds(span)) continue;
    const Value measured = measures ? columns.At(measured_column, span) : Value();
    const uint32_t group = GroupOf(columns, span);
    groups_.Add(group, interval, measured);
    if (!IsCounted(call_, measured)) continue;
    if (picker_.Wants(columns.trace(span), columns.start(span))) {
      AddExemplar(columns, span, group, interval, measured);
    }
  }
}

}  // namespace orrery::traceql
