// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "promql/annotations.h"
#include "promql/ast.h"
#include "promql/column.h"

namespace orrery::promql {

// Arithmetic and atan2. Requires: `op` is one of them.
double Compute(BinaryOp op, double left, double right);
// Requires: IsComparison.
bool Compare(BinaryOp op, double left, double right);

// One value of either kind.
struct Value {
  double number = 0;
  HistogramPtr histogram;  // Not null: a histogram.
};

inline Value ValueAt(const Column& column, size_t i) {
  if (column.HasHistogram(i)) return {0, column.histograms[i]};
  return {column.values[i], nullptr};
}

enum class Outcome : uint8_t {
  kKeep,     // `value` is the result.
  kFilter,   // A comparison that does not hold.
  kInvalid,  // The operator does not know these kinds.
};

struct OpResult {
  Outcome outcome = Outcome::kKeep;
  Value value;  // The left side where a comparison filters.
};

// An operator between two values of any kind; what cannot be computed is noted at `span`.
OpResult Operate(BinaryOp op, const Value& left, const Value& right, Span span, Annotations& notes);

}  // namespace orrery::promql
