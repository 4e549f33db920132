// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <span>

namespace orrery {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

constexpr Unit kSizes[] = {
    {"TiB", 1ull << 40},
    {"TB", 1'000'000'000'000},
    {"GiB", 1ull << 30},
    {"GB", 1'000'000'000},
    {"MiB", 1ull << 20},
    {"MB", 1'000'000},
    {"KiB", 1ull << 10},
    {"kB", 1'000},
    {"B", 1},
};
constexpr uint64_t kSecond = 1'000'000'000;
constexpr Unit kDurations[] = {
    {"w", 7 * 86400 * kSecond},
    {"d", 86400 * kSecond},
    {"h", 3600 * kSecond},
    {"m", 60 * kSecond},
    {"s", kSecond},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
};

std::string Quoted(std::string_view text) { return "is \"" + std::string(text) + "\""; }

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

// Takes a decimal number off the front of `rest`. False when there is none.
bool TakeNumber(std::string_view& rest, double& number) {
  if (rest.empty() || !(std::isdigit(static_cast<unsigned char>(rest[0])) || rest[0] == '.')) {
    return false;
  }
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return false;
  rest.remove_prefix(static_cast<size_t>(end - rest.data()));
  return true;
}

// Takes the letters off the front of `rest` and finds the unit they name; null when there is none.
const Unit* TakeUnit(std::string_view& rest, std::span<const Unit> units, bool ignore_case) {
  size_t length = 0;
  while (length < rest.size() && std::isalpha(static_cast<unsigned char>(rest[length]))) ++length;
  const std::string_view name = rest.substr(0, length);
  for (const Unit& unit : units) {
    if (unit.name == name || (ignore_case && SameIgnoringCase(unit.name, name))) {
      rest.remove_prefix(length);
      return &unit;
    }
  }
  return nullptr;
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

// "30d or 720h": the number with `unit`, and the same in the next smaller one.
std::string Proposal(std::string_view digits, std::string_view unit) {
  std::string proposal = std::string(digits).append(unit);
  for (size_t i = 0; i + 1 < std::size(kDurations); ++i) {
    uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (kDurations[i].name != unit || number == 0 || number > 1'000'000) continue;
    const uint64_t ratio = kDurations[i].factor / kDurations[i + 1].factor;
    proposal += " or " + std::to_string(number * ratio).append(kDurations[i + 1].name);
  }
  return proposal;
}

constexpr double kTooMuch = 9.2e18;

}  // namespace

Result<uint64_t> ParseSize(std::string_view text) {
  if (text == "0") return uint64_t{0};
  if (IsDigits(text)) {
    return InvalidArgument(Quoted(text) + ", without a unit; write " + std::string(text) +
                           "MiB or " + std::string(text) + "B");
  }
  std::string_view rest = text;
  double number = 0;
  const Unit* unit = nullptr;
  if (TakeNumber(rest, number)) {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    unit = TakeUnit(rest, kSizes, true);
  }
  if (unit == nullptr || !rest.empty()) {
    return InvalidArgument(Quoted(text) + ", which is no size; write a number and one of " +
                           "B, KiB, MiB, GiB, TiB, kB, MB, GB, TB, such as 64MiB");
  }
  const double bytes = number * static_cast<double>(unit->factor);
  if (bytes > kTooMuch)
    return InvalidArgument(Quoted(text) + ", which is more than can be counted");
  return static_cast<uint64_t>(std::llround(bytes));
}

std::string FormatSize(uint64_t bytes) {
  if (bytes == 0) return "0";
  for (const Unit& unit : kSizes) {
    if (bytes % unit.factor == 0) {
      return std::to_string(bytes / unit.factor).append(unit.name);
    }
  }
  return "";  // Not reached: everything can be divided by one byte.
}

Result<uint64_t> ParseDuration(std::string_view text, std::string_view likely_unit) {
  if (text == "0") return uint64_t{0};
  if (IsDigits(text)) {
    return InvalidArgument(Quoted(text) + ", without a unit; write " + Proposal(text, likely_unit));
  }
  std::string_view rest = text;
  double nanos = 0;
  do {
    double number = 0;
    const Unit* unit = nullptr;
    if (TakeNumber(rest, number)) unit = TakeUnit(rest, kDurations, false);
    if (unit == nullptr) {
      return InvalidArgument(Quoted(text) + ", which is no duration; write a number and one of " +
                             "ns, us, ms, s, m, h, d, w, such as 90s or 1h30m");
    }
    nanos += number * static_cast<double>(unit->factor);
  } while (!rest.empty());
  if (nanos > kTooMuch) return InvalidArgument(Quoted(text) + ", which is more than 290 years");
  return static_cast<uint64_t>(std::llround(nanos));
}

std::string FormatDuration(uint64_t nanos) {
  if (nanos == 0) return "0";
  std::string text;
  for (const Unit& unit : kDurations) {
    if (unit.name == "w") continue;  // Days read better: 15d, not 2w1d.
    if (nanos < unit.factor) continue;
    text += std::to_string(nanos / unit.factor).append(unit.name);
    nanos %= unit.factor;
  }
  return text;
}

}  // namespace orrery
