// SPDX-License-Identifier: Apache-2.0
#include "traceql/source_error.h"

#include <algorithm>

#include "base/utf8.h"

namespace orrery::traceql {
namespace {

constexpr size_t kShownBefore = 70;  // Bytes of a line on either side of the place.
constexpr size_t kShownAfter = 50;
constexpr std::string_view kIndent = "    ";

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t CountCodePoints(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = Utf8SequenceLength(text);
    if (length == 0) {
      out += '?';
    } else if (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7f) {
      out += ' ';
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

}  // namespace

std::string DescribeError(std::string_view source, size_t offset, std::string_view message) {
  offset = std::min(offset, source.size());
  const size_t newline_before =
      offset == 0 ? std::string_view::npos : source.rfind('\n', offset - 1);
  const size_t begin = newline_before == std::string_view::npos ? 0 : newline_before + 1;
  const size_t end = std::min(source.find('\n', offset), source.size());
  const auto line = 1 + std::count(source.begin(), source.begin() + static_cast<long>(begin), '\n');

  size_t from = offset - begin > kShownBefore ? offset - kShownBefore : begin;
  while (from < offset && IsContinuation(source[from])) ++from;
  size_t to = std::min(end, offset + kShownAfter);
  while (to < end && IsContinuation(source[to])) ++to;
  const std::string before =
      (from > begin ? "..." : "") + Printable(source.substr(from, offset - from));
  const std::string after = Printable(source.substr(offset, to - offset)) + (to < end ? "..." : "");

  std::string out = std::to_string(line) + ":";
  out += std::to_string(1 + CountCodePoints(source.substr(begin, offset - begin))) + ": ";
  out += message;
  out += '\n';
  out += kIndent;
  out += before + after;
  out += '\n';
  out += kIndent;
  out += std::string(CountCodePoints(before), ' ') + "^";
  return out;
}

}  // namespace orrery::traceql
