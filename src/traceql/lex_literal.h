// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "traceql/value.h"

namespace orrery::traceql {

// What stands at the start of a text: a constant and its length in bytes, or what is wrong and,
// for strings, where.
struct Literal {
  Constant constant;
  size_t length = 0;
  std::string error;
};

// Requires: `text` starts with a double quote or a backquote.
Literal ScanString(std::string_view text);

// Requires: `text` starts with a digit, or with a dot and a digit. Reads Go's integers (also 0x1f,
// 0b1, 0o17, 1_000), decimal floats, and durations.
Literal ScanNumber(std::string_view text);

}  // namespace orrery::traceql
