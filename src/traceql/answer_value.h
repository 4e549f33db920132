// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "traceql/value.h"

namespace orrery::traceql {

// A value as it leaves the engine. Durations come as text ("1.5s"), and so do status ("error"),
// kind ("server") and nil ("nil").
using AnswerValue = std::variant<std::string, bool, int64_t, double, std::vector<std::string>,
                                 std::vector<bool>, std::vector<int64_t>, std::vector<double>>;
struct AnswerAttribute {
  std::string key;
  AnswerValue value;

  auto operator<=>(const AnswerAttribute&) const = default;
};

// An array keeps the type of its elements when they have one; otherwise they are shown as texts.
AnswerValue ToAnswer(const Value& value);

}  // namespace orrery::traceql
