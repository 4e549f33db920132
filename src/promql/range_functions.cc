// SPDX-License-Identifier: Apache-2.0
#include "promql/range_functions.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "promql/sums.h"

namespace orrery::promql {
namespace {

using model::FloatHistogram;
using enum FunctionId;

// The slope of the least squares line and its value at `origin_ms`.
struct Line {
  double slope = 0;
  double intercept = 0;
};

Line FitLine(const Window& window, int64_t origin_ms) {
  CompensatedSum x;
  CompensatedSum y;
  CompensatedSum xy;
  CompensatedSum xx;
  const double first = window.floats.front();
  bool constant = true;
  for (size_t i = 0; i < window.floats.size(); ++i) {
    const double seconds = static_cast<double>(window.float_times[i] - origin_ms) / 1000;
    const double value = window.floats[i];
    if (value != first) constant = false;
    x.Add(seconds);
    y.Add(value);
    xy.Add(seconds * value);
    xx.Add(seconds * seconds);
  }
  if (constant) {
    if (std::isinf(first)) {
      const double nan = std::numeric_limits<double>::quiet_NaN();
      return {nan, nan};
    }
    return {0, first};
  }
  const auto n = static_cast<double>(window.floats.size());
  const double covariance = xy.Total() - x.Total() * y.Total() / n;
  const double variance = xx.Total() - x.Total() * x.Total() / n;
  const double slope = covariance / variance;
  return {slope, y.Total() / n - slope * x.Total() / n};
}

void NoteIgnored(RangeCall& call) {
  call.notes.Inform(
      "ignored histograms in a range containing both floats and histograms for metric name " +
          model::Quote(call.metric_name),
      call.span);
}

// Whether there are numbers to work on; notes histograms that stand beside them.
bool OnlyFloats(RangeCall& call, const Window& window, size_t least = 1) {
  if (window.floats.size() < least) {
    if (least > 1 && window.floats.size() == 1 && !window.histograms.empty()) NoteIgnored(call);
    return false;
  }
  if (!window.histograms.empty()) NoteIgnored(call);
  return true;
}

double Variance(std::span<const double> values) {
  double count = 0;
  CompensatedSum mean;
  CompensatedSum squares;
  for (const double value : values) {
    ++count;
    const double delta = value - mean.Total();
    mean.Add(delta / count);
    squares.Add(delta * (value - mean.Total()));
  }
  return squares.Total() / count;
}

double MedianDeviation(std::span<const double> floats) {
  if (std::ranges::any_of(floats, [](double value) { return std::isnan(value); })) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::vector<double> values(floats.begin(), floats.end());
  const double median = Quantile(0.5, values);
  for (double& value : values) value = std::abs(value - median);
  return Quantile(0.5, values);
}

// The place of the smallest or largest number, the last one of equals when `last`.
size_t Extreme(std::span<const double> values, bool largest, bool last) {
  size_t best = 0;
  for (size_t i = 1; i < values.size(); ++i) {
    const double value = values[i];
    const double held = values[best];
    const bool better = largest ? value > held : value < held;
    if (better || (last && value == held) || std::isnan(held)) best = i;
  }
  return best;
}

size_t Changes(const Window& window) {
  // Both kinds in the order of time; a change of kind is a change.
  size_t changes = 0;
  size_t f = 0;
  size_t h = 0;
  const double* value = nullptr;
  const FloatHistogram* histogram = nullptr;
  while (f < window.floats.size() || h < window.histograms.size()) {
    const bool first = value == nullptr && histogram == nullptr;
    const bool is_float =
        h == window.histograms.size() ||
        (f < window.floats.size() && window.float_times[f] < window.histogram_times[h]);
    if (is_float) {
      const double* next = &window.floats[f++];
      const bool same =
          value != nullptr && (*next == *value || (std::isnan(*next) && std::isnan(*value)));
      if (!first && !same) ++changes;
      value = next;
      histogram = nullptr;
    } else {
      const FloatHistogram* next = window.histograms[h++].get();
      if (!first && (histogram == nullptr || !next->SameAs(*histogram))) ++changes;
      histogram = next;
      value = nullptr;
    }
  }
  return changes;
}

size_t Resets(const Window& window) {
  size_t resets = 0;
  size_t f = 0;
  size_t h = 0;
  const double* value = nullptr;
  const FloatHistogram* histogram = nullptr;
  while (f < window.floats.size() || h < window.histograms.size()) {
    const bool is_float =
        h == window.histograms.size() ||
        (f < window.floats.size() && window.float_times[f] < window.histogram_times[h]);
    if (is_float) {
      const double* next = &window.floats[f++];
      if (histogram != nullptr || (value != nullptr && *next < *value)) ++resets;
      value = next;
      histogram = nullptr;
    } else {
      const FloatHistogram* next = window.histograms[h++].get();
      if (value != nullptr || (histogram != nullptr && next->IsResetSince(*histogram))) ++resets;
      histogram = next;
      value = nullptr;
    }
  }
  return resets;
}

// Holt's double exponential smoothing: a level and a trend, each with its own weight.
double Smoothed(std::span<const double> values, double level_weight, double trend_weight) {
  double level = values[0];
  double trend = values[1] - values[0];
  for (size_t i = 1; i < values.size(); ++i) {
    const double next = level_weight * values[i] + (1 - level_weight) * (level + trend);
    trend = trend_weight * (next - level) + (1 - trend_weight) * trend;
    level = next;
  }
  return level;
}

std::optional<FloatHistogram> SumOfHistograms(RangeCall& call,
                                              std::span<const HistogramPtr> histograms) {
  FloatHistogram sum = *histograms.front();
  ResetsSeen resets;
  resets.Add(sum.hint);
  for (const HistogramPtr& next : histograms.subspan(1)) {
    resets.Add(next->hint);
    auto outcome = sum.Add(*next);
    outcome.collided = resets.conflict();
    NoteAddition(outcome, "aggregation", call.span, call.notes);
    if (outcome) continue;
    call.notes.Warn(MixedSchemasText(call.metric_name), call.span);
    return std::nullopt;
  }
  return sum;
}

void SumOrMean(RangeCall& call, const Window& window, size_t step, Column& out) {
  if (!window.floats.empty() && !window.histograms.empty()) {
    call.notes.Warn(MixedTypesText(call.metric_name), call.span);
    return;
  }
  const bool mean = call.id == kAvgOverTime;
  if (window.floats.empty()) {
    auto sum = SumOfHistograms(call, window.histograms);
    if (!sum) return;
    if (mean) sum->Scale(1 / static_cast<double>(window.histograms.size()));
    out.SetHistogram(step, std::make_shared<const FloatHistogram>(*std::move(sum)));
  } else if (mean) {
    Mean state;
    for (const double value : window.floats) state.Add(value);
    out.SetFloat(step, state.Total());
  } else {
    CompensatedSum sum;
    for (const double value : window.floats) sum.Add(value);
    out.SetFloat(step, std::isinf(sum.sum) ? sum.sum : sum.Total());
  }
}

// The first or last sample, of either kind, or its time.
void EdgeSample(RangeCall& call, const Window& window, size_t step, Column& out) {
  const bool first = call.id == kFirstOverTime || call.id == kTsOfFirstOverTime;
  const bool time = call.id == kTsOfFirstOverTime || call.id == kTsOfLastOverTime;
  bool use_float = window.histograms.empty();
  if (!use_float && !window.floats.empty()) {
    use_float = first ? window.float_times.front() < window.histogram_times.front()
                      : window.float_times.back() > window.histogram_times.back();
  }
  const auto& times = use_float ? window.float_times : window.histogram_times;
  if (time) {
    out.SetFloat(step, static_cast<double>(first ? times.front() : times.back()) / 1000);
  } else if (use_float) {
    out.SetFloat(step, first ? window.floats.front() : window.floats.back());
  } else {
    out.SetHistogram(step, first ? window.histograms.front() : window.histograms.back());
  }
}

void Regression(RangeCall& call, const Window& window, size_t step, Column& out) {
  if (!OnlyFloats(call, window, 2)) return;
  if (call.id == kDeriv) {
    out.SetFloat(step, FitLine(window, window.float_times.front()).slope);
    return;
  }
  const Line line = FitLine(window, call.time_ms);
  out.SetFloat(step, line.slope * call.first + line.intercept);
}

void Statistic(RangeCall& call, const Window& window, size_t step, Column& out) {
  if (!OnlyFloats(call, window)) return;
  const auto floats = window.floats;
  const auto time = [&](size_t i) { return static_cast<double>(window.float_times[i]) / 1000; };
  switch (call.id) {
    case kMinOverTime:
      return out.SetFloat(step, floats[Extreme(floats, false, false)]);
    case kMaxOverTime:
      return out.SetFloat(step, floats[Extreme(floats, true, false)]);
    case kTsOfMinOverTime:
      return out.SetFloat(step, time(Extreme(floats, false, true)));
    case kTsOfMaxOverTime:
      return out.SetFloat(step, time(Extreme(floats, true, true)));
    case kStdvarOverTime:
      return out.SetFloat(step, Variance(floats));
    case kStddevOverTime:
      return out.SetFloat(step, std::sqrt(Variance(floats)));
    case kMadOverTime:
      return out.SetFloat(step, MedianDeviation(floats));
    case kQuantileOverTime: {
      if (!(call.first >= 0 && call.first <= 1)) {
        call.notes.Warn(BadQuantileText(call.first), call.first_span);
      }
      std::vector<double> values(floats.begin(), floats.end());
      return out.SetFloat(step, Quantile(call.first, values));
    }
    default:
      return;
  }
}

}  // namespace

void ApplyRangeFunction(RangeCall& call, const Window& window, size_t step, Column& out) {
  if (window.empty()) return;
  switch (call.id) {
    case kRate:
    case kIncrease:
    case kDelta:
      return ApplyRate(call, window, step, out);
    case kIrate:
    case kIdelta:
      return ApplyInstantRate(call, window, step, out);
    case kSumOverTime:
    case kAvgOverTime:
      return SumOrMean(call, window, step, out);
    case kFirstOverTime:
    case kLastOverTime:
    case kTsOfFirstOverTime:
    case kTsOfLastOverTime:
      return EdgeSample(call, window, step, out);
    case kDeriv:
    case kPredictLinear:
      return Regression(call, window, step, out);
    case kCountOverTime:
      return out.SetFloat(step,
                          static_cast<double>(window.floats.size() + window.histograms.size()));
    case kPresentOverTime:
      return out.SetFloat(step, 1);
    case kChanges:
      return out.SetFloat(step, static_cast<double>(Changes(window)));
    case kResets:
      return out.SetFloat(step, static_cast<double>(Resets(window)));
    case kDoubleExponentialSmoothing:
      if (OnlyFloats(call, window, 2)) {
        out.SetFloat(step, Smoothed(window.floats, call.first, call.second));
      }
      return;
    default:
      return Statistic(call, window, step, out);
  }
}

}  // namespace orrery::promql
