// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "promql/annotations.h"
#include "promql/column.h"
#include "promql/function_table.h"
#include "promql/window.h"

namespace orrery::promql {

// What a range function is told beside the window.
struct RangeCall {
  FunctionId id;
  double first = 0;  // The scalar arguments at this step.
  double second = 0;
  int64_t time_ms = 0;  // Of the step.
  const std::string& metric_name;
  Span span;        // Of the range, for notes.
  Span first_span;  // Of the first argument.
  Annotations& notes;
};

// Puts the function's value of a window that is not empty at `step`, if it has one.
void ApplyRangeFunction(RangeCall& call, const Window& window, size_t step, Column& out);

// rate_functions.cc
void ApplyRate(RangeCall& call, const Window& window, size_t step, Column& out);
void ApplyInstantRate(RangeCall& call, const Window& window, size_t step, Column& out);
// A rate of numbers whose last one is `gained` above the first, counter resets made up for.
void PutExtrapolated(const RangeCall& call, const Window& window, double gained, size_t step,
                     Column& out);

}  // namespace orrery::promql
