// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace orrery::promql {

// The string literal at the beginning of `text` without quotes and escapes; `length` is set to the
// bytes it takes. InvalidArgument: it does not end, or has an unknown escape.
Result<std::string> ReadString(std::string_view text, size_t& length);

// How many bytes at the beginning of `text` are a duration; 0 when it is none.
size_t DurationLength(std::string_view text);
// How many bytes at the beginning of `text` look like a number.
size_t NumberLength(std::string_view text);

// `1.5`, `1e3`, `0x1f`, `1_000`, `.5`, `Inf`, `NaN` with an optional sign.
Result<double> ReadNumber(std::string_view text);

}  // namespace orrery::promql
