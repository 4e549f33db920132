// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace orrery::model {

// How a number is written, always with the shortest digits that read back to the same double, or as
// "NaN", "+Inf", "-Inf".
enum class NumberForm : uint8_t {
  kDecimal,  // Never an exponent: values in answers and in labels.
  kLiteral,  // An exponent from 1e+21 on and below 1e-4: numbers in queries.
  kShort,    // An exponent from 1e+06 on and below 1e-4: notes, histograms.
};

std::string FormatNumber(double value, NumberForm form);

}  // namespace orrery::model
