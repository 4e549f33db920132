// SPDX-License-Identifier: Apache-2.0
#include "promql/lex_literal.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "promql/lexer.h"

namespace orrery::promql {
namespace {

struct Unit {
  std::string_view name;
  int64_t millis;
};

// From the largest to the smallest, the order in which a duration names them.
constexpr std::array<Unit, 7> kUnits = {{{"y", 31'536'000'000},
                                         {"w", 604'800'000},
                                         {"d", 86'400'000},
                                         {"h", 3'600'000},
                                         {"m", 60'000},
                                         {"s", 1000},
                                         {"ms", 1}}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The unit at the beginning of `text`, or null; the longer name first.
const Unit* UnitAt(std::string_view text) {
  if (text.starts_with("ms")) return &kUnits.back();
  for (const Unit& unit : kUnits) {
    if (text.starts_with(unit.name)) return &unit;
  }
  return nullptr;
}

size_t DigitCount(std::string_view text) {
  return static_cast<size_t>(std::ranges::find_if_not(text, IsDigit) - text.begin());
}

void AppendUtf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// A code of `digits` digits to `base` at `at`, which is moved behind it.
bool ReadCode(std::string_view text, size_t& at, size_t digits, int base, uint32_t& code) {
  if (at + digits > text.size()) return false;
  const char* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + digits, code, base);
  at += digits;
  return error == std::errc() && end == begin + digits;
}

// The escape behind a backslash at `at`, which is moved behind it.
bool ReadEscape(std::string_view text, char quote, size_t& at, std::string& out) {
  constexpr std::string_view kNames = "abfnrtv\\";
  constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\";
  if (at >= text.size()) return false;
  const char c = text[at++];
  if (c == quote) {
    out += c;
    return true;
  }
  if (const size_t i = kNames.find(c); i != std::string_view::npos) {
    out += kValues[i];
    return true;
  }
  uint32_t code = 0;
  if (c == 'x' || (c >= '0' && c <= '7')) {
    if (c != 'x') --at;
    if (!ReadCode(text, at, c == 'x' ? 2 : 3, c == 'x' ? 16 : 8, code) || code > 255) return false;
    out += static_cast<char>(code);
    return true;
  }
  if (c != 'u' && c != 'U') return false;
  if (!ReadCode(text, at, c == 'u' ? 4 : 8, 16, code)) return false;
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  AppendUtf8(out, code);
  return true;
}

}  // namespace

Result<std::string> ReadString(std::string_view text, size_t& length) {
  const char quote = text.front();
  std::string value;
  size_t at = 1;
  while (at < text.size()) {
    const char c = text[at++];
    if (c == quote) {
      length = at;
      return value;
    }
    if (c == '\n' && quote != '`') break;
    if (c == '\\' && quote != '`') {
      if (!ReadEscape(text, quote, at, value)) {
        return InvalidArgument("unknown escape sequence in quoted string");
      }
    } else {
      value += c;
    }
  }
  return InvalidArgument(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
}

size_t DurationLength(std::string_view text) {
  size_t length = 0;
  while (true) {
    const std::string_view rest = text.substr(length);
    const size_t digits = DigitCount(rest);
    const Unit* unit = digits == 0 ? nullptr : UnitAt(rest.substr(digits));
    if (unit == nullptr) break;
    length += digits + unit->name.size();
  }
  // What goes on as a word or number is something else.
  if (length < text.size() && (std::isalnum(static_cast<unsigned char>(text[length])) != 0)) {
    return 0;
  }
  return length;
}

size_t NumberLength(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  size_t at = hex ? 2 : 0;
  while (at < text.size()) {
    const char c = text[at];
    const bool exponent_sign =
        (c == '+' || c == '-') && !hex && at > 0 && (text[at - 1] == 'e' || text[at - 1] == 'E');
    const bool digit = hex ? std::isxdigit(static_cast<unsigned char>(c)) != 0
                           : IsDigit(c) || c == '.' || c == 'e' || c == 'E';
    if (!digit && !exponent_sign && c != '_') break;
    ++at;
  }
  return at;
}

Result<double> ReadNumber(std::string_view text) {
  const auto bad = [&] { return InvalidArgument(fmt::format("not a number: {:?}", text)); };
  std::string digits(text);
  std::erase(digits, '_');
  std::string_view rest = digits;
  double sign = 1;
  if (rest.starts_with('+') || rest.starts_with('-')) {
    if (rest.front() == '-') sign = -1;
    rest.remove_prefix(1);
  }
  if (rest.empty() || rest.front() == '+' || rest.front() == '-') return bad();
  if (rest.starts_with("0x") || rest.starts_with("0X")) {
    uint64_t whole = 0;
    const auto [end, error] =
        std::from_chars(rest.data() + 2, rest.data() + rest.size(), whole, 16);
    if (error != std::errc() || end != rest.data() + rest.size()) return bad();
    return sign * static_cast<double>(whole);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (end != rest.data() + rest.size()) return bad();
  if (error == std::errc::result_out_of_range) {
    // Too small or too large for a double.
    const size_t exponent = rest.find_first_of("eE");
    const bool tiny =
        exponent != std::string_view::npos && rest.substr(exponent + 1).starts_with('-');
    value = tiny ? 0 : std::numeric_limits<double>::infinity();
  } else if (error != std::errc()) {
    return bad();
  }
  return sign * value;
}

Result<int64_t> ParseDurationMillis(std::string_view text) {
  const auto bad = [&] {
    return InvalidArgument(fmt::format("not a valid duration string: {:?}", text));
  };
  if (text.empty() || DurationLength(text) != text.size()) return bad();
  int64_t millis = 0;
  const Unit* last = nullptr;
  while (!text.empty()) {
    const size_t digits = DigitCount(text);
    const Unit* unit = UnitAt(text.substr(digits));
    if (last != nullptr && unit <= last) return bad();
    int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, count);
    if (error != std::errc() ||
        count > (std::numeric_limits<int64_t>::max() / 1'000'000 - millis) / unit->millis) {
      return InvalidArgument("duration out of range");
    }
    millis += count * unit->millis;
    last = unit;
    text.remove_prefix(digits + unit->name.size());
  }
  return millis;
}

std::string FormatDurationMillis(int64_t millis) {
  if (millis == 0) return "0s";
  std::string text;
  if (millis < 0) {
    text = "-";
    millis = -millis;
  }
  for (const Unit& unit : kUnits) {
    // Years and weeks are named where nothing else is left.
    const bool exact_only = unit.name == "y" || unit.name == "w";
    if (exact_only && millis % unit.millis != 0) continue;
    if (const int64_t count = millis / unit.millis; count > 0) {
      text += fmt::format("{}{}", count, unit.name);
      millis -= count * unit.millis;
    }
  }
  return text;
}

}  // namespace orrery::promql
