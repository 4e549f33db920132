// SPDX-License-Identifier: Apache-2.0
#include "promql/math_functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace orrery::promql {
namespace {

using enum FunctionId;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The run of digits, or of anything else, at the beginning.
std::string_view Chunk(std::string_view text) {
  const bool digits = IsDigit(text.front());
  size_t end = 1;
  while (end < text.size() && IsDigit(text[end]) == digits) ++end;
  return text.substr(0, end);
}

int Sign(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

int CompareNumbers(std::string_view a, std::string_view b) {
  while (a.size() > 1 && a.front() == '0') a.remove_prefix(1);
  while (b.size() > 1 && b.front() == '0') b.remove_prefix(1);
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return Sign(a <=> b);
}

int CompareNaturally(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view x = Chunk(a);
    const std::string_view y = Chunk(b);
    const bool numbers = IsDigit(x.front()) && IsDigit(y.front());
    const int order = numbers ? CompareNumbers(x, y) : Sign(x <=> y);
    if (order != 0) return order;
    a.remove_prefix(x.size());
    b.remove_prefix(y.size());
  }
  return Sign(a.size() <=> b.size());
}

double Signum(double value) {
  if (value > 0) return 1;
  return value < 0 ? -1 : value;
}

double Round(double value, double to) {
  // Multiplied by the inverse, as Prometheus has it: 1/to is exact for more steps than to is.
  const double inverse = 1 / to;
  return std::floor(value * inverse + 0.5) / inverse;
}

double Clamped(double value, double low, double high) {
  if (std::isnan(value) || std::isnan(low) || std::isnan(high)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return std::max(low, std::min(high, value));
}

struct Date {
  int64_t year;
  int month;
  int day;
  int day_of_year;  // From 1.
  int day_of_week;  // From 0, which is Sunday.
  int hour;
  int minute;
};

bool IsLeap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysInMonth(int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[static_cast<size_t>(month - 1)];
}

// Rounds down; the rest is not negative.
std::pair<int64_t, int64_t> FloorDivide(int64_t value, int64_t by) {
  const int64_t rest = ((value % by) + by) % by;
  return {(value - rest) / by, rest};
}

// Of any second of 64 bits, which the dates of the standard library do not reach.
Date DateOf(int64_t seconds) {
  constexpr int64_t kDaysIn400Years = 146097;
  const auto [days, second_of_day] = FloorDivide(seconds, 86400);
  const auto [eras, day_of_era] = FloorDivide(days, kDaysIn400Years);
  Date date{};
  date.year = 1970 + eras * 400;
  int64_t rest = day_of_era;
  while (rest >= (IsLeap(date.year) ? 366 : 365)) {
    rest -= IsLeap(date.year) ? 366 : 365;
    ++date.year;
  }
  date.day_of_year = static_cast<int>(rest) + 1;
  date.month = 1;
  while (rest >= DaysInMonth(date.year, date.month)) {
    rest -= DaysInMonth(date.year, date.month);
    ++date.month;
  }
  date.day = static_cast<int>(rest) + 1;
  date.day_of_week =
      static_cast<int>(FloorDivide(days + 4, 7).second);  // 1970 began on a Thursday.
  date.hour = static_cast<int>(second_of_day / 3600);
  date.minute = static_cast<int>(second_of_day / 60 % 60);
  return date;
}

}  // namespace

double ApplyMath(FunctionId id, double v, double first, double second) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  switch (id) {
    case kAbs:
      return std::abs(v);
    case kCeil:
      return std::ceil(v);
    case kFloor:
      return std::floor(v);
    case kExp:
      return std::exp(v);
    case kSqrt:
      return std::sqrt(v);
    case kLn:
      return std::log(v);
    case kLog2:
      return std::log2(v);
    case kLog10:
      return std::log10(v);
    case kSgn:
      return Signum(v);
    case kAcos:
      return std::acos(v);
    case kAcosh:
      return std::acosh(v);
    case kAsin:
      return std::asin(v);
    case kAsinh:
      return std::asinh(v);
    case kAtan:
      return std::atan(v);
    case kAtanh:
      return std::atanh(v);
    case kCos:
      return std::cos(v);
    case kCosh:
      return std::cosh(v);
    case kSin:
      return std::sin(v);
    case kSinh:
      return std::sinh(v);
    case kTan:
      return std::tan(v);
    case kTanh:
      return std::tanh(v);
    case kDeg:
      return v * 180 / std::numbers::pi;
    case kRad:
      return v * std::numbers::pi / 180;
    case kRound:
      return Round(v, first);
    case kClamp:
      return Clamped(v, first, second);
    case kClampMin:
      return Clamped(v, first, kInf);
    case kClampMax:
      return Clamped(v, -kInf, first);
    default:
      return v;
  }
}

bool IsDateFunction(FunctionId id) {
  switch (id) {
    case kDayOfMonth:
    case kDayOfWeek:
    case kDayOfYear:
    case kDaysInMonth:
    case kHour:
    case kMinute:
    case kMonth:
    case kYear:
      return true;
    default:
      return false;
  }
}

double DatePart(FunctionId id, double seconds) {
  // What is no time is the earliest second of 64 bits, which Prometheus shows as this date.
  constexpr Date kNoTime{292277026596, 12, 4, 339, 0, 15, 30};
  constexpr double kBeyond = 9223372036854775807.0;
  const bool fits = seconds > -kBeyond && seconds < kBeyond;
  const Date date = fits ? DateOf(static_cast<int64_t>(seconds)) : kNoTime;
  switch (id) {
    case kDayOfMonth:
      return date.day;
    case kDayOfWeek:
      return date.day_of_week;
    case kDayOfYear:
      return date.day_of_year;
    case kDaysInMonth:
      return DaysInMonth(date.year, date.month);
    case kHour:
      return date.hour;
    case kMinute:
      return date.minute;
    case kMonth:
      return date.month;
    default:
      return static_cast<double>(date.year);
  }
}

int CompareByLabels(const model::Labels& a, const model::Labels& b,
                    std::span<const std::string> names) {
  for (const std::string& name : names) {
    const int order = CompareNaturally(a.Get(name), b.Get(name));
    if (order != 0) return order;
  }
  return Sign(a <=> b);
}

}  // namespace orrery::promql
