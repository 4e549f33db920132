// SPDX-License-Identifier: Apache-2.0
#include "promql/function_table.h"

namespace orrery::promql {
namespace {

using enum FunctionId;

constexpr auto kS = ValueType::kScalar;
constexpr auto kText = ValueType::kString;
constexpr auto kV = ValueType::kVector;
constexpr auto kM = ValueType::kMatrix;

std::vector<Function> MakeTable() {
  return {
      {kAbs, "abs", {kV}},
      {kAbsent, "absent", {kV}},
      {kAbsentOverTime, "absent_over_time", {kM}},
      {kAcos, "acos", {kV}},
      {kAcosh, "acosh", {kV}},
      {kAsin, "asin", {kV}},
      {kAsinh, "asinh", {kV}},
      {kAtan, "atan", {kV}},
      {kAtanh, "atanh", {kV}},
      {kAvgOverTime, "avg_over_time", {kM}},
      {kCeil, "ceil", {kV}},
      {kChanges, "changes", {kM}},
      {kClamp, "clamp", {kV, kS, kS}},
      {kClampMax, "clamp_max", {kV, kS}},
      {kClampMin, "clamp_min", {kV, kS}},
      {kCos, "cos", {kV}},
      {kCosh, "cosh", {kV}},
      {kCountOverTime, "count_over_time", {kM}},
      {kDayOfMonth, "day_of_month", {kV}, 1},
      {kDayOfWeek, "day_of_week", {kV}, 1},
      {kDayOfYear, "day_of_year", {kV}, 1},
      {kDaysInMonth, "days_in_month", {kV}, 1},
      {kDeg, "deg", {kV}},
      {kDelta, "delta", {kM}},
      {kDeriv, "deriv", {kM}},
      {kDoubleExponentialSmoothing, "double_exponential_smoothing", {kM, kS, kS}, 0, kV, true},
      {kExp, "exp", {kV}},
      {kFirstOverTime, "first_over_time", {kM}},
      {kFloor, "floor", {kV}},
      {kHistogramAvg, "histogram_avg", {kV}},
      {kHistogramCount, "histogram_count", {kV}},
      {kHistogramFraction, "histogram_fraction", {kS, kS, kV}},
      {kHistogramQuantile, "histogram_quantile", {kS, kV}},
      {kHistogramStddev, "histogram_stddev", {kV}},
      {kHistogramStdvar, "histogram_stdvar", {kV}},
      {kHistogramSum, "histogram_sum", {kV}},
      {kHour, "hour", {kV}, 1},
      {kIdelta, "idelta", {kM}},
      {kIncrease, "increase", {kM}},
      {kInfo, "info", {kV, kV}, 1, kV, true},
      {kIrate, "irate", {kM}},
      {kLabelJoin, "label_join", {kV, kText, kText, kText}, -1},
      {kLabelReplace, "label_replace", {kV, kText, kText, kText, kText}},
      {kLastOverTime, "last_over_time", {kM}},
      {kLn, "ln", {kV}},
      {kLog10, "log10", {kV}},
      {kLog2, "log2", {kV}},
      {kMadOverTime, "mad_over_time", {kM}, 0, kV, true},
      {kMaxOverTime, "max_over_time", {kM}},
      {kMinOverTime, "min_over_time", {kM}},
      {kMinute, "minute", {kV}, 1},
      {kMonth, "month", {kV}, 1},
      {kPi, "pi", {}, 0, kS},
      {kPredictLinear, "predict_linear", {kM, kS}},
      {kPresentOverTime, "present_over_time", {kM}},
      {kQuantileOverTime, "quantile_over_time", {kS, kM}},
      {kRad, "rad", {kV}},
      {kRate, "rate", {kM}},
      {kResets, "resets", {kM}},
      {kRound, "round", {kV, kS}, 1},
      {kScalar, "scalar", {kV}, 0, kS},
      {kSgn, "sgn", {kV}},
      {kSin, "sin", {kV}},
      {kSinh, "sinh", {kV}},
      {kSort, "sort", {kV}},
      {kSortByLabel, "sort_by_label", {kV, kText}, -1, kV, true},
      {kSortByLabelDesc, "sort_by_label_desc", {kV, kText}, -1, kV, true},
      {kSortDesc, "sort_desc", {kV}},
      {kSqrt, "sqrt", {kV}},
      {kStddevOverTime, "stddev_over_time", {kM}},
      {kStdvarOverTime, "stdvar_over_time", {kM}},
      {kSumOverTime, "sum_over_time", {kM}},
      {kTan, "tan", {kV}},
      {kTanh, "tanh", {kV}},
      {kTime, "time", {}, 0, kS},
      {kTimestamp, "timestamp", {kV}},
      {kTsOfFirstOverTime, "ts_of_first_over_time", {kM}, 0, kV, true},
      {kTsOfLastOverTime, "ts_of_last_over_time", {kM}, 0, kV, true},
      {kTsOfMaxOverTime, "ts_of_max_over_time", {kM}, 0, kV, true},
      {kTsOfMinOverTime, "ts_of_min_over_time", {kM}, 0, kV, true},
      {kVector, "vector", {kS}},
      {kYear, "year", {kV}, 1},
  };
}

}  // namespace

std::span<const Function> AllFunctions() {
  static const std::vector<Function> table = MakeTable();
  return table;
}

const Function* FindFunction(std::string_view name) {
  for (const Function& function : AllFunctions()) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace orrery::promql
