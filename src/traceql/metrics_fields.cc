// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_fields.h"

namespace orrery::traceql {

using contracts::AttributeScope;

std::vector<Field> PlacesOf(const Field& field) {
  const bool any =
      field.kind == Field::Kind::kAttribute && field.attribute.scope == AttributeScope::kAny;
  if (!any) return {field};
  return {Field::Of(AttributeScope::kSpan, field.attribute.name),
          Field::Of(AttributeScope::kResource, field.attribute.name)};
}

std::vector<Field> FieldsOf(const MetricsCall& call) {
  std::vector<Field> fields;
  if (call.field) fields.push_back(*call.field);
  for (const Field& each : call.by) {
    for (Field& place : PlacesOf(each)) fields.push_back(std::move(place));
  }
  return fields;
}

bool IsCounted(const MetricsCall& call, const Value& measured) {
  if (!call.field) return true;
  const bool whole = call.function == MetricsFunction::kQuantileOverTime ||
                     call.function == MetricsFunction::kHistogramOverTime;
  if (!whole) return IsNumber(measured.type);
  return (measured.type == Type::kInt || measured.type == Type::kDuration) && measured.number >= 2;
}

}  // namespace orrery::traceql
