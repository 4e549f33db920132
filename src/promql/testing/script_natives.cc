// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <map>

#include "promql/lex_literal.h"
#include "promql/testing/script.h"

namespace orrery::promql {
namespace {

// The series of one classic histogram.
struct Classic {
  std::map<double, const ScriptSeries*> buckets;  // By bound.
  const ScriptSeries* count = nullptr;
  const ScriptSeries* sum = nullptr;
  size_t steps = 0;
};

// Takes `ending` off the metric name. False when it does not end so.
bool TakeEnding(model::Labels& labels, std::string_view ending) {
  const std::string name(labels.metric_name());
  if (!name.ends_with(ending)) return false;
  labels.Set(model::kMetricNameLabel, name.substr(0, name.size() - ending.size()));
  return true;
}

double BoundOf(std::string_view text) {
  if (text == "+Inf" || text == "Inf") return std::numeric_limits<double>::infinity();
  const auto bound = ReadNumber(text);
  return bound.ok() ? *bound : std::numeric_limits<double>::quiet_NaN();
}

const ScriptValue* At(const ScriptSeries* series, size_t step) {
  if (series == nullptr || step >= series->values.size()) return nullptr;
  const ScriptValue& value = series->values[step];
  return value.missing ? nullptr : &value;
}

ScriptValue NativeAt(const Classic& classic, size_t step) {
  ScriptValue value{.missing = true};
  model::FloatHistogram h;
  h.schema = model::kCustomBucketsSchema;
  double before = 0;
  int32_t index = 0;
  for (const auto& [bound, series] : classic.buckets) {
    if (!std::isinf(bound)) h.custom_values.push_back(bound);
    const ScriptValue* cumulated = At(series, step);
    if (cumulated == nullptr) continue;
    value.missing = false;
    if (contracts::IsStale(cumulated->number)) return *cumulated;
    h.positive.push_back({index++, cumulated->number - before});
    before = cumulated->number;
  }
  const ScriptValue* count = At(classic.count, step);
  const ScriptValue* sum = At(classic.sum, step);
  h.count = count != nullptr ? count->number : before;
  h.sum = sum != nullptr ? sum->number : 0;
  if (count != nullptr && h.count > before && classic.buckets.size() == h.custom_values.size()) {
    h.positive.push_back({index, h.count - before});
  }
  h.Compact();
  value.histogram = std::move(h);
  return value;
}

}  // namespace

std::vector<ScriptSeries> NativeOfClassic(const std::vector<ScriptSeries>& all) {
  std::map<model::Labels, Classic> classics;
  for (const ScriptSeries& series : all) {
    model::Labels labels = series.labels;
    const std::string bound(labels.Get("le"));
    if (bound.empty() || !TakeEnding(labels, "_bucket")) continue;
    labels.Remove("le");
    Classic& classic = classics[labels];
    classic.buckets[BoundOf(bound)] = &series;
    classic.steps = std::max(classic.steps, series.values.size());
  }
  for (const ScriptSeries& series : all) {
    for (const bool count : {true, false}) {
      model::Labels labels = series.labels;
      if (!TakeEnding(labels, count ? "_count" : "_sum")) continue;
      const auto found = classics.find(labels);
      if (found == classics.end()) continue;
      (count ? found->second.count : found->second.sum) = &series;
    }
  }
  std::vector<ScriptSeries> natives;
  for (const auto& [labels, classic] : classics) {
    ScriptSeries native{labels, {}};
    for (size_t i = 0; i < classic.steps; ++i) native.values.push_back(NativeAt(classic, i));
    natives.push_back(std::move(native));
  }
  return natives;
}

}  // namespace orrery::promql
