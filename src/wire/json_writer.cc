// SPDX-License-Identifier: Apache-2.0
#include "wire/json_writer.h"

#include <charconv>
#include <cmath>

#include "base/log.h"

namespace orrery::wire {
namespace {

template <typename T>
void AppendNumber(T value, std::string& out) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out.append(digits, end);
}

}  // namespace

void JsonWriter::Key(std::string_view key) {
  String(key);
  out_.push_back(':');
  needs_comma_ = false;
}

void JsonWriter::String(std::string_view text) {
  Separate();
  out_.push_back('"');
  AppendJsonEscaped(text, out_);
  out_.push_back('"');
}

void JsonWriter::Bool(bool value) { Raw(value ? "true" : "false"); }

void JsonWriter::Number(int64_t value) {
  Separate();
  AppendNumber(value, out_);
}

void JsonWriter::Number(uint64_t value) {
  Separate();
  AppendNumber(value, out_);
}

void JsonWriter::Number(double value) {
  if (std::isnan(value)) return String("NaN");
  if (std::isinf(value)) return String(value > 0 ? "Infinity" : "-Infinity");
  // "-0" alone is an integer to many readers, who then lose the sign.
  if (value == 0 && std::signbit(value)) return Raw("-0.0");
  Separate();
  AppendNumber(value, out_);
}

void JsonWriter::Text64(int64_t value) {
  Separate();
  out_.push_back('"');
  AppendNumber(value, out_);
  out_.push_back('"');
}

void JsonWriter::Text64(uint64_t value) {
  Separate();
  out_.push_back('"');
  AppendNumber(value, out_);
  out_.push_back('"');
}

void JsonWriter::Raw(std::string_view json) {
  Separate();
  out_.append(json);
}

}  // namespace orrery::wire
