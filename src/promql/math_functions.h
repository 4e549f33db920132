// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "model/labels.h"
#include "promql/function_table.h"

namespace orrery::promql {

// abs, round, clamp and the others that make one number of another.
// Requires: such a function.
double ApplyMath(FunctionId id, double value, double first, double second);

bool IsDateFunction(FunctionId id);
// What a date function says of a time in seconds, in UTC.
double DatePart(FunctionId id, double seconds);

// Below, at or above 0 as `a` comes before, with or after `b` by these labels, numbers within them
// by their value; where those are equal by all labels.
int CompareByLabels(const model::Labels& a, const model::Labels& b,
                    std::span<const std::string> names);

}  // namespace orrery::promql
