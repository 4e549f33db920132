// SPDX-License-Identifier: Apache-2.0
#include "traceql/span_columns.h"

#include <algorithm>

#include "base/check.h"
#include "traceql/model_value.h"

namespace orrery::traceql {
namespace {

using ModelType = model::Value::Type;

}  // namespace

ColumnValues::ColumnValues(const contracts::SpanColumns& columns, const std::vector<Field>& fields)
    : columns_(columns), fields_(fields), values_(fields.size()) {
  ORRERY_CHECK(columns.fields.size() == fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    values_[i].reserve(columns.fields[i].values.size());
    for (const model::Value& value : columns.fields[i].values) {
      values_[i].push_back(ToValue(fields[i], value));
    }
  }
}

size_t ColumnValues::ColumnOf(const Field& field) const {
  const auto at = std::find(fields_.begin(), fields_.end(), field);
  ORRERY_CHECK(at != fields_.end());
  return static_cast<size_t>(at - fields_.begin());
}

Value ColumnValues::ToValue(const Field& field, const model::Value& value) {
  if (value.type() != ModelType::kArray) {
    Value scalar = ScalarOf(value);
    // Status and kind are stored as numbers.
    if (field.kind == Field::Kind::kIntrinsic) scalar.type = TypeOf(field);
    return scalar;
  }
  // Deeper arrays cannot be compared with anything, as in a trace.
  const auto elements = columns_.pools.Items(value);
  std::vector<Value> items;
  items.reserve(elements.size());
  for (const model::Value& item : elements) items.push_back(ScalarOf(item));
  return Value::Array(arrays_.emplace_back(std::move(items)));
}

}  // namespace orrery::traceql
