// SPDX-License-Identifier: Apache-2.0
#include "model/number_text.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace orrery::model {
namespace {

// Digits without a point, and the power of ten of the first one.
struct Digits {
  std::string text;
  int exponent = 0;
};

Digits ShortestDigits(double magnitude) {
  char shortest[64];
  const auto end =
      std::to_chars(shortest, shortest + sizeof shortest, magnitude, std::chars_format::scientific)
          .ptr;
  const std::string_view form(shortest, static_cast<size_t>(end - shortest));
  const size_t e = form.find('e');
  Digits digits;
  for (const char c : form.substr(0, e)) {
    if (c != '.') digits.text += c;
  }
  const size_t from = form[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(form.data() + from, form.data() + form.size(), digits.exponent);
  return digits;
}

std::string Decimal(const Digits& digits) {
  const auto count = static_cast<int>(digits.text.size());
  const int whole = digits.exponent + 1;  // Digits before the point.
  if (whole <= 0) return "0." + std::string(static_cast<size_t>(-whole), '0') + digits.text;
  if (whole >= count) return digits.text + std::string(static_cast<size_t>(whole - count), '0');
  std::string text = digits.text;
  text.insert(static_cast<size_t>(whole), ".");
  return text;
}

std::string Scientific(const Digits& digits) {
  std::string text = digits.text;
  if (text.size() > 1) text.insert(1, ".");
  return text + fmt::format("e{}{:02}", digits.exponent < 0 ? '-' : '+', std::abs(digits.exponent));
}

}  // namespace

std::string FormatNumber(double value, NumberForm form) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const std::string sign = std::signbit(value) ? "-" : "";
  if (value == 0) return sign + "0";
  const Digits digits = ShortestDigits(std::abs(value));
  const int most = form == NumberForm::kShort ? 6 : 21;
  const bool exponent =
      form != NumberForm::kDecimal && (digits.exponent < -4 || digits.exponent >= most);
  return sign + (exponent ? Scientific(digits) : Decimal(digits));
}

}  // namespace orrery::model
