// SPDX-License-Identifier: Apache-2.0
#include "traceql/value.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/utf8.h"

namespace orrery::traceql {
namespace {

constexpr std::array<std::string_view, 3> kStatusNames = {"unset", "ok", "error"};
constexpr std::array<std::string_view, 6> kKindNames = {"unspecified", "internal", "server",
                                                        "client",      "producer", "consumer"};

template <size_t N>
std::optional<int64_t> Find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<int64_t>(i);
  }
  return std::nullopt;
}

template <size_t N>
std::string_view At(const std::array<std::string_view, N>& names, int64_t index) {
  return names[index >= 0 && index < static_cast<int64_t>(N) ? static_cast<size_t>(index) : 0];
}

void AppendEscaped(std::string& out, std::string_view rest, size_t* taken) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto c = static_cast<unsigned char>(rest[0]);
  *taken = 1;
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const size_t length = Utf8SequenceLength(rest);
  if (length == 0 || c < 0x20 || c == 0x7f) {
    out += "\\x";
    out += kHex[c >> 4];
    out += kHex[c & 15];
    return;
  }
  out.append(rest.substr(0, length));
  *taken = length;
}

}  // namespace

Value Value::Of(const Constant& constant) {
  Value value;
  value.type = constant.type;
  value.number = constant.number;
  value.real = constant.real;
  value.text = constant.text;
  return value;
}

std::string_view TypeName(Type type) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "nil",    "bool", "int",   "float",          "string",   "duration",
      "status", "kind", "array", "value of bytes", "attribute"};
  return kNames[static_cast<size_t>(type)];
}

std::string_view StatusName(int64_t code) { return At(kStatusNames, code); }
std::string_view KindName(int64_t kind) { return At(kKindNames, kind); }
std::optional<int64_t> StatusFromName(std::string_view name) { return Find(kStatusNames, name); }
std::optional<int64_t> KindFromName(std::string_view name) { return Find(kKindNames, name); }

std::string FormatFloat(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string QuoteText(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    size_t taken;
    AppendEscaped(out, text, &taken);
    text.remove_prefix(taken);
  }
  out += '"';
  return out;
}

}  // namespace orrery::traceql
