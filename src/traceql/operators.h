// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contracts/span_filter.h"
#include "traceql/ast.h"
#include "traceql/value.h"

namespace orrery::traceql {

// What an operator makes of two values. `fault` tells what is wrong with a whole query, not with a
// span: division by zero, or two arrays; it is null otherwise.
struct Outcome {
  Value value;
  const char* fault = nullptr;
};

// Applies a comparison or arithmetic operator, with the language's rules:
// * nil, or types that do not fit, give false;
// * numbers compare by value, durations in nanoseconds; whole numbers are computed whole;
// * of an array any element may satisfy a comparison, but all have to satisfy != and !~.
// `text` is the predicate of a regular expression, for =~ and !~; then `right` is not looked at.
Outcome Apply(Op op, const Value& left, const Value& right,
              const contracts::TextPredicate* text = nullptr);

}  // namespace orrery::traceql
