// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/float_histogram.h"
#include "model/labels.h"

namespace orrery::promql {

// One place of a series in a script: a number, a histogram, or nothing.
struct ScriptValue {
  bool missing = false;
  double number = 0;
  std::optional<model::FloatHistogram> histogram = std::nullopt;
  bool hint_given = false;  // Of a histogram.
};

struct ScriptSeries {
  model::Labels labels;
  std::vector<ScriptValue> values;
};

// Reads `name{a="b"} 1 2+1x3 _x2 stale {{schema:0 sum:1}}x2`.
// InvalidArgument: what is not understood.
Result<ScriptSeries> ReadScriptSeries(std::string_view line);
// The values alone.
Result<std::vector<ScriptValue>> ReadScriptValues(std::string_view text);

}  // namespace orrery::promql
