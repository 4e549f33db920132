// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "promql/ast.h"

namespace orrery::promql {

struct ParserOptions {
  bool experimental_functions = false;
  // What step() and range() in durations stand for, once the times of the query are known.
  bool knows_times = false;
  int64_t step_ms = 0;
  int64_t range_ms = 0;
};

// Reads a query and checks its types.
// InvalidArgument: "line:column: parse error: what is wrong", also for a text longer than
// kMaxQueryBytes or nested deeper than kMaxDepth.
// Cost: linear in the text.
Result<ExprPtr> Parse(std::string_view text, const ParserOptions& options);

// Reads a selector such as a `match[]` parameter has, `up{job="a"}`, without offset or @.
Result<std::vector<contracts::LabelMatcher>> ParseSelector(std::string_view text);

}  // namespace orrery::promql
