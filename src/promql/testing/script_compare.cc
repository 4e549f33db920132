// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "model/number_text.h"
#include "promql/testing/script.h"

namespace orrery::promql {
namespace {

using model::FloatHistogram;

bool Close(double a, double b) {
  if (contracts::IsStale(a) || contracts::IsStale(b)) {
    return contracts::IsStale(a) && contracts::IsStale(b);
  }
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  return std::abs(a - b) <= 1e-6 * (std::abs(a) + std::abs(b));
}

bool CloseBuckets(const FloatHistogram::Buckets& a, const FloatHistogram::Buckets& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.index == y.index && Close(x.count, y.count);
  });
}

bool CloseHistograms(FloatHistogram a, FloatHistogram b, bool hint) {
  a.Compact();
  b.Compact();
  if (hint && a.hint != b.hint) return false;
  return a.schema == b.schema && Close(a.count, b.count) && Close(a.sum, b.sum) &&
         Close(a.zero_threshold, b.zero_threshold) && Close(a.zero_count, b.zero_count) &&
         a.custom_values == b.custom_values && CloseBuckets(a.positive, b.positive) &&
         CloseBuckets(a.negative, b.negative);
}

std::string Shown(const ScriptValue& value) {
  if (value.missing) return "_";
  return value.histogram ? value.histogram->ToString()
                         : model::FormatNumber(value.number, model::NumberForm::kDecimal);
}

std::string Shown(const Point& point) {
  return point.histogram ? point.histogram->ToString()
                         : model::FormatNumber(point.value, model::NumberForm::kDecimal);
}

bool Same(const ScriptValue& expected, const Point& found) {
  if (expected.histogram.has_value() != (found.histogram != nullptr)) return false;
  if (expected.histogram) {
    return CloseHistograms(*expected.histogram, *found.histogram, expected.hint_given);
  }
  return Close(expected.number, found.value);
}

std::string ComparePoints(const ScriptSeries& expected, const AnswerSeries& found,
                          const std::vector<int64_t>& times) {
  size_t next = 0;
  for (size_t i = 0; i < times.size(); ++i) {
    const bool wanted = i < expected.values.size() && !expected.values[i].missing;
    const bool has = next < found.points.size() && found.points[next].time_ms == times[i];
    if (!wanted && !has) continue;
    if (wanted != has || !Same(expected.values[i], found.points[next])) {
      return fmt::format("{} at {}: wanted {}, found {}", expected.labels.ToString(), times[i],
                         wanted ? Shown(expected.values[i]) : "nothing",
                         has ? Shown(found.points[next]) : "nothing");
    }
    ++next;
  }
  if (next < found.points.size()) {
    return fmt::format("{} has a value at {}", expected.labels.ToString(),
                       found.points[next].time_ms);
  }
  return {};
}

}  // namespace

std::string CompareSeries(const std::vector<ScriptSeries>& expected,
                          const std::vector<AnswerSeries>& found, const std::vector<int64_t>& times,
                          bool ordered) {
  for (const AnswerSeries& series : found) {
    const bool known = std::ranges::any_of(
        expected, [&](const ScriptSeries& want) { return want.labels == series.labels; });
    if (!known) {
      return fmt::format("unexpected {} {}", series.labels.ToString(),
                         series.points.empty() ? "" : Shown(series.points.front()));
    }
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto at = std::ranges::find(found, expected[i].labels, &AnswerSeries::labels);
    if (at == found.end()) {
      const bool empty = std::ranges::all_of(expected[i].values, &ScriptValue::missing);
      if (empty) continue;
      return fmt::format("missing {} {}", expected[i].labels.ToString(),
                         Shown(expected[i].values.front()));
    }
    if (ordered && at - found.begin() != static_cast<std::ptrdiff_t>(i)) {
      return fmt::format("{} is not at place {}", expected[i].labels.ToString(), i);
    }
    std::string difference = ComparePoints(expected[i], *at, times);
    if (!difference.empty()) return difference;
  }
  return {};
}

}  // namespace orrery::promql
