// SPDX-License-Identifier: Apache-2.0
#include "promql/math_functions.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>

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
  // Beyond this a year does not fit its type.
  constexpr double kFarthest = 9e11;
  if (!(std::abs(seconds) < kFarthest)) return std::numeric_limits<double>::quiet_NaN();
  const std::chrono::sys_seconds time{std::chrono::seconds(static_cast<int64_t>(seconds))};
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  switch (id) {
    case kDayOfMonth:
      return static_cast<unsigned>(date.day());
    case kDayOfWeek:
      return std::chrono::weekday(day).c_encoding();
    case kDayOfYear:
      return static_cast<double>(
          (day - std::chrono::sys_days(date.year() / std::chrono::January / 1)).count() + 1);
    case kDaysInMonth:
      return static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
    case kHour:
      return static_cast<double>(clock.hours().count());
    case kMinute:
      return static_cast<double>(clock.minutes().count());
    case kMonth:
      return static_cast<unsigned>(date.month());
    default:
      return static_cast<int>(date.year());
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
