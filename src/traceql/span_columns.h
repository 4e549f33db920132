// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "contracts/trace_queryable.h"
#include "traceql/evaluate.h"
#include "traceql/field.h"

namespace orrery::traceql {

// The columns of a scan as values of the language.
//
// Life:    borrows the columns and the fields, in whose order the columns are.
// Threads: one.
// Cost:    made once for some thousand spans: one Value for each distinct value.
class ColumnValues final : public FieldSource {
 public:
  ColumnValues(const contracts::SpanColumns& columns, const std::vector<Field>& fields);

  size_t size() const { return columns_.starts.size(); }
  UnixNanos start(size_t span) const { return columns_.starts[span]; }
  const model::TraceId& trace(size_t span) const {
    return columns_.traces[columns_.trace_of_span[span]];
  }

  // The place of a field among the columns.
  // Requires: it was asked for.
  size_t ColumnOf(const Field& field) const;
  // Whether spans share values there, so that a code is worth remembering something by.
  bool HasCodes(size_t column) const { return columns_.fields[column].nanos.empty(); }
  size_t CodesOf(size_t column) const { return values_[column].size(); }
  uint32_t Code(size_t column, size_t span) const { return columns_.fields[column].codes[span]; }
  Value At(size_t column, size_t span) const {
    if (HasCodes(column)) return values_[column][Code(column, span)];
    return Value::Number(Type::kDuration,
                         static_cast<int64_t>(columns_.fields[column].nanos[span]));
  }

  void MoveTo(size_t span) { span_ = span; }
  Value Get(const Field& field) override { return At(ColumnOf(field), span_); }

 private:
  Value ToValue(const Field& field, const model::Value& value);

  const contracts::SpanColumns& columns_;
  const std::vector<Field>& fields_;
  std::vector<std::vector<Value>> values_;  // By column and code.
  std::deque<std::vector<Value>> arrays_;   // What array values view into.
  size_t span_ = 0;
};

}  // namespace orrery::traceql
