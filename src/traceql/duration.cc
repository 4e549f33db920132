// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstring>
#include <limits>

#include "traceql/value.h"

namespace orrery::traceql {
namespace {

struct Unit {
  std::string_view name;
  int64_t nanos;
  bool whole_only;  // Longer than hours: not known to Go, so neither fractions nor any order.
};

constexpr int64_t kSecond = 1'000'000'000;
constexpr std::array<Unit, 10> kUnits = {{{"y", 365 * 86400 * kSecond, true},
                                          {"w", 7 * 86400 * kSecond, true},
                                          {"d", 86400 * kSecond, true},
                                          {"h", 3600 * kSecond, false},
                                          {"m", 60 * kSecond, false},
                                          {"s", kSecond, false},
                                          {"ms", 1'000'000, false},
                                          {"us", 1000, false},
                                          {"µs", 1000, false},
                                          {"ns", 1, false}}};

// A part of a duration: digits, perhaps a fraction, a unit.
struct Part {
  int64_t whole = 0;
  double fraction = 0;
  bool has_fraction = false;
  const Unit* unit = nullptr;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool ReadNumber(std::string_view& text, Part* part) {
  size_t digits = 0;
  while (!text.empty() && IsDigit(text[0])) {
    if (__builtin_mul_overflow(part->whole, 10, &part->whole)) return false;
    if (__builtin_add_overflow(part->whole, text[0] - '0', &part->whole)) return false;
    text.remove_prefix(1);
    ++digits;
  }
  if (text.empty() || text[0] != '.') return digits > 0;
  text.remove_prefix(1);
  part->has_fraction = true;
  double scale = 1;
  while (!text.empty() && IsDigit(text[0])) {
    if (scale < 1e18) {
      scale *= 10;
      part->fraction = part->fraction * 10 + (text[0] - '0');
    }
    text.remove_prefix(1);
    ++digits;
  }
  part->fraction /= scale;
  return digits > 0;
}

const Unit* ReadUnit(std::string_view& text) {
  size_t length = 0;
  while (length < text.size() && text[length] != '.' && !IsDigit(text[length])) ++length;
  for (const Unit& unit : kUnits) {
    if (unit.name == text.substr(0, length)) {
      text.remove_prefix(length);
      return &unit;
    }
  }
  return nullptr;
}

bool AddPart(const Part& part, int64_t* total) {
  int64_t nanos;
  if (__builtin_mul_overflow(part.whole, part.unit->nanos, &nanos)) return false;
  if (__builtin_add_overflow(*total, nanos, total)) return false;
  const double rest = part.fraction * static_cast<double>(part.unit->nanos);
  return !__builtin_add_overflow(*total, static_cast<int64_t>(rest + 1e-6), total);
}

void AppendFraction(std::string& out, uint64_t value, uint64_t unit) {
  out += std::to_string(value / unit);
  uint64_t rest = value % unit;
  if (rest == 0) return;
  out += '.';
  for (uint64_t scale = unit / 10; rest != 0; scale /= 10) {
    out += static_cast<char>('0' + rest / scale);
    rest %= scale;
  }
}

}  // namespace

std::optional<int64_t> ParseDuration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  bool any_whole_only = false;
  bool any_free = false;  // Uses what only the small units allow.
  const Unit* previous = nullptr;
  while (!text.empty()) {
    Part part;
    if (!ReadNumber(text, &part)) return std::nullopt;
    part.unit = ReadUnit(text);
    if (part.unit == nullptr || !AddPart(part, &total)) return std::nullopt;
    any_whole_only |= part.unit->whole_only;
    any_free |= part.has_fraction || part.unit->nanos < 1'000'000 ||
                (previous != nullptr && previous->nanos <= part.unit->nanos);
    previous = part.unit;
  }
  if (any_whole_only && any_free) return std::nullopt;
  return total;
}

std::string FormatDuration(int64_t nanos) {
  if (nanos == 0) return "0s";
  std::string out = nanos < 0 ? "-" : "";
  uint64_t rest = nanos < 0 ? ~static_cast<uint64_t>(nanos) + 1 : static_cast<uint64_t>(nanos);
  constexpr uint64_t kS = kSecond;
  if (rest < kS) {
    const uint64_t unit = rest < 1000 ? 1 : rest < 1'000'000 ? 1000 : 1'000'000;
    AppendFraction(out, rest, unit);
    return out + (unit == 1 ? "ns" : unit == 1000 ? "µs" : "ms");
  }
  const bool hours = rest >= 3600 * kS;
  if (hours) out += std::to_string(rest / (3600 * kS)) + "h";
  if (rest >= 60 * kS) out += std::to_string(rest / (60 * kS) % 60) + "m";
  AppendFraction(out, rest % (60 * kS), kS);
  return out + "s";
}

}  // namespace orrery::traceql
