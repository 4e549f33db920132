// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/span_batch.h"
#include "traceql/value.h"

namespace orrery::traceql {

// A stored value as one of the language: nil for an empty one, kOther for bytes, maps and arrays,
// whose elements only the batch knows. Text is borrowed.
inline Value ScalarOf(const model::Value& value) {
  switch (value.type()) {
    case model::Value::Type::kEmpty:
      return {};
    case model::Value::Type::kString:
      return Value::String(value.text());
    case model::Value::Type::kBool:
      return Value::Bool(value.bool_value());
    case model::Value::Type::kInt:
      return Value::Number(Type::kInt, value.int_value());
    case model::Value::Type::kDouble:
      return Value::Float(value.double_value());
    default:
      return Value::Number(Type::kOther, 0);
  }
}

}  // namespace orrery::traceql
