// SPDX-License-Identifier: Apache-2.0
#include "traceql/lex_literal.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace orrery::traceql {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

void AppendUtf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  const int lead = tail == 1 ? 0xC0 : tail == 2 ? 0xE0 : 0xF0;
  out += static_cast<char>(lead | static_cast<int>(code >> (6 * tail)));
  for (int i = tail - 1; i >= 0; --i) {
    out += static_cast<char>(0x80 | (code >> (6 * i) & 0x3F));
  }
}

// `digits` digits of a base at the start of `text`.
std::optional<uint32_t> ReadDigits(std::string_view text, size_t digits, int base) {
  if (text.size() < digits) return std::nullopt;
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value, base);
  if (error != std::errc() || end != text.data() + digits) return std::nullopt;
  return value;
}

// Appends what the escape after a backslash means; the length of the escape, or 0.
size_t Unescape(std::string_view rest, std::string& out) {
  static constexpr std::string_view kShort = "abfnrtv\\\"";
  static constexpr std::string_view kMeaning = "\a\b\f\n\r\t\v\\\"";
  if (rest.empty()) return 0;
  if (const size_t at = kShort.find(rest[0]); at != std::string_view::npos) {
    out += kMeaning[at];
    return 1;
  }
  const bool octal = rest[0] >= '0' && rest[0] <= '7';
  const size_t digits = octal            ? 3
                        : rest[0] == 'x' ? 2
                        : rest[0] == 'u' ? 4
                        : rest[0] == 'U' ? 8
                                         : 0;
  if (digits == 0) return 0;
  const size_t skip = octal ? 0 : 1;
  const auto code = ReadDigits(rest.substr(skip), digits, octal ? 8 : 16);
  if (!code) return 0;
  if (octal || rest[0] == 'x') {
    if (*code > 0xFF) return 0;
    out += static_cast<char>(*code);
  } else {
    if (*code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) return 0;
    AppendUtf8(out, *code);
  }
  return skip + digits;
}

Literal Wrong(size_t at, std::string message) {
  Literal literal;
  literal.length = at;
  literal.error = std::move(message);
  return literal;
}

// The end of a decimal number at the start of `text`; tells whether it has a dot or an exponent.
size_t ScanDecimal(std::string_view text, bool* is_float) {
  size_t end = 0;
  const auto digits = [&] {
    while (end < text.size() && (IsDigit(text[end]) || text[end] == '_')) ++end;
  };
  digits();
  if (end < text.size() && text[end] == '.') {
    *is_float = true;
    ++end;
    digits();
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    if (exponent < text.size() && IsDigit(text[exponent])) {
      *is_float = true;
      end = exponent;
      digits();
    }
  }
  return end;
}

// Bytes at the start of `text` that can be part of a duration.
size_t ScanDuration(std::string_view text) {
  size_t end = 0;
  while (end < text.size()) {
    if (text.substr(end).starts_with("µ")) {
      end += 2;
    } else if (IsDigit(text[end]) ||
               std::string_view(".nsumhdwy").find(text[end]) != std::string_view::npos) {
      ++end;
    } else {
      break;
    }
  }
  return end;
}

std::string WithoutUnderscores(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '_') out += c;
  }
  return out;
}

Literal ScanInteger(std::string_view text, size_t length) {
  const std::string digits = WithoutUnderscores(text.substr(0, length));
  int base = 10;
  size_t skip = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    skip = IsDigit(digits[1]) ? 1 : 2;
  }
  int64_t value = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data() + skip, last, value, base);
  if (error == std::errc::result_out_of_range) {
    return Wrong(0, "integer " + digits + " does not fit 64 bits");
  }
  if (error != std::errc() || end != last) return Wrong(0, "bad integer " + digits);
  Literal literal;
  literal.constant = Constant::Int(value);
  literal.length = length;
  return literal;
}

Literal ScanFloat(std::string_view text, size_t length) {
  const std::string digits = WithoutUnderscores(text.substr(0, length));
  double value = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value);
  if (error != std::errc() || end != last || !std::isfinite(value)) {
    return Wrong(0, "number " + digits + " is out of range");
  }
  Literal literal;
  literal.constant = Constant::Float(value);
  literal.length = length;
  return literal;
}

size_t ScanPrefixed(std::string_view text) {
  size_t end = 2;
  while (end < text.size() && (IsDigit(text[end]) || IsLetter(text[end]))) ++end;
  return end;
}

}  // namespace

Literal ScanString(std::string_view text) {
  if (text[0] == '`') {
    const size_t end = text.find('`', 1);
    if (end == std::string_view::npos) return Wrong(0, "string without its closing '`'");
    Literal literal;
    literal.constant = Constant::String(std::string(text.substr(1, end - 1)));
    literal.length = end + 1;
    return literal;
  }
  Literal literal;
  literal.constant.type = Type::kString;
  std::string& out = literal.constant.text;
  size_t at = 1;
  while (at < text.size() && text[at] != '"' && text[at] != '\n') {
    if (text[at] != '\\') {
      out += text[at++];
      continue;
    }
    const size_t length = Unescape(text.substr(at + 1), out);
    if (length == 0) return Wrong(at, "unknown escape; a backslash itself is written \\\\");
    at += 1 + length;
  }
  if (at >= text.size() || text[at] != '"') return Wrong(0, "string without its closing '\"'");
  literal.length = at + 1;
  return literal;
}

Literal ScanNumber(std::string_view text) {
  if (text.size() > 1 && text[0] == '0' &&
      std::string_view("xXbBoO").find(text[1]) != std::string_view::npos) {
    return ScanInteger(text, ScanPrefixed(text));
  }
  bool is_float = false;
  const size_t length = ScanDecimal(text, &is_float);
  const size_t duration = ScanDuration(text);
  if (duration > length) {
    const auto nanos = ParseDuration(text.substr(0, duration));
    if (!nanos) {
      return Wrong(0, "bad duration '" + std::string(text.substr(0, duration)) +
                          "'; write for example 100ms, 1.5s, 1h30m or 2d");
    }
    Literal literal;
    literal.constant = Constant::Duration(*nanos);
    literal.length = duration;
    return literal;
  }
  if (length < text.size() && IsLetter(text[length])) {
    return Wrong(0, "bad number '" + std::string(text.substr(0, length + 1)) + "'");
  }
  return is_float ? ScanFloat(text, length) : ScanInteger(text, length);
}

}  // namespace orrery::traceql
