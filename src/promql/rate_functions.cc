// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <optional>

#include "promql/range_functions.h"

namespace orrery::promql {
namespace {

using model::FloatHistogram;
using model::ResetHint;

bool IsCounterFunction(FunctionId id) {
  return id == FunctionId::kRate || id == FunctionId::kIncrease || id == FunctionId::kIrate;
}

// How much of the window the samples stand for, relative to what lies between the first and last.
struct Extent {
  int64_t first_ms;
  int64_t last_ms;
  size_t samples;
  // Of a counter the first value and what was gained; where a line through both meets zero no
  // sample can have been before.
  std::optional<std::pair<double, double>> counter;
};

double ExtrapolationFactor(const Window& window, const Extent& extent) {
  double before = static_cast<double>(extent.first_ms - window.start_ms) / 1000;
  double after = static_cast<double>(window.end_ms - extent.last_ms) / 1000;
  const double sampled = static_cast<double>(extent.last_ms - extent.first_ms) / 1000;
  const double between = sampled / static_cast<double>(extent.samples - 1);
  const double threshold = between * 1.1;
  if (before >= threshold) before = between / 2;
  if (extent.counter) {
    const auto [first, gained] = *extent.counter;
    if (gained > 0 && first >= 0) {
      const double to_zero = sampled * (first / gained);
      if (to_zero < before) before = to_zero;
    }
  }
  if (after >= threshold) after = between / 2;
  return (sampled + before + after) / sampled;
}

void NoteMixedSchemas(RangeCall& call) {
  call.notes.Warn(MixedSchemasText(call.metric_name), call.span);
}

// Adds factor * other; false, and noted, when they do not go together. What hints say is judged
// by the caller.
bool AddNoted(RangeCall& call, FloatHistogram& sum, const FloatHistogram& other, double factor) {
  auto outcome = sum.Add(other, factor);
  outcome.collided = false;
  NoteAddition(outcome, factor < 0 ? "subtraction" : "addition", call.span, call.notes);
  if (!outcome) NoteMixedSchemas(call);
  return outcome.added;
}

void NoteHint(RangeCall& call, bool gauge_wanted) {
  call.notes.Warn(std::string("this native histogram metric is not a ") +
                      (gauge_wanted ? "gauge: " : "counter: ") + model::Quote(call.metric_name),
                  call.span);
}

// What was gained from the first to the last histogram; nothing when they do not go together.
std::optional<FloatHistogram> HistogramGain(RangeCall& call, std::span<const HistogramPtr> points) {
  const bool counter = IsCounterFunction(call.id);
  const FloatHistogram& last = *points.back();
  bool any_gauge = false;
  for (const HistogramPtr& point : points) any_gauge |= point->hint == ResetHint::kGauge;
  if (counter && any_gauge) NoteHint(call, false);
  if (!counter && (points.front()->hint != ResetHint::kGauge || last.hint != ResetHint::kGauge)) {
    NoteHint(call, true);
  }
  // A first histogram that a reset follows does not count, and its layout does not matter.
  const bool fresh = counter && points[1]->IsResetSince(*points[0]);
  FloatHistogram empty;
  empty.schema = points[1]->schema;
  empty.custom_values = points[1]->custom_values;
  const FloatHistogram* previous = fresh ? &empty : points[0].get();

  if (last.custom() != previous->custom()) {
    NoteMixedSchemas(call);
    return std::nullopt;
  }
  FloatHistogram gain = last;
  int32_t schema = std::min(last.schema, previous->schema);
  if (counter) {
    for (const HistogramPtr& point : points.subspan(1)) {
      if (point->custom() != last.custom()) {
        NoteMixedSchemas(call);
        return std::nullopt;
      }
      schema = std::min(schema, point->schema);
    }
  }
  if (!gain.custom()) gain.ReduceTo(schema);
  if (!AddNoted(call, gain, *previous, -1)) return std::nullopt;
  if (counter) {
    for (const HistogramPtr& point : points.subspan(1)) {
      if (point->IsResetSince(*previous) && !AddNoted(call, gain, *previous, 1)) {
        return std::nullopt;
      }
      previous = point.get();
    }
  }
  gain.hint = ResetHint::kGauge;
  gain.Compact();
  return gain;
}

void RateOfHistograms(RangeCall& call, const Window& window, size_t step, Column& out) {
  auto gain = HistogramGain(call, window.histograms);
  if (!gain) return;
  Extent extent{window.histogram_times.front(), window.histogram_times.back(),
                window.histograms.size(), std::nullopt};
  if (IsCounterFunction(call.id)) {
    extent.counter = {window.histograms.front()->count, gain->count};
  }
  double factor = ExtrapolationFactor(window, extent);
  if (call.id == FunctionId::kRate) {
    factor /= static_cast<double>(window.end_ms - window.start_ms) / 1000;
  }
  gain->Scale(factor);
  out.SetHistogram(step, std::make_shared<const FloatHistogram>(*std::move(gain)));
}

// A sample of either kind.
struct Sample {
  int64_t time_ms = 0;
  double value = 0;
  const FloatHistogram* histogram = nullptr;
};

// The newest two of a window, which has at least two.
std::pair<Sample, Sample> NewestTwo(const Window& window) {
  auto floats = window.floats.size();
  auto histograms = window.histograms.size();
  const auto take = [&]() -> Sample {
    const bool use_float =
        histograms == 0 ||
        (floats > 0 && window.float_times[floats - 1] >= window.histogram_times[histograms - 1]);
    if (use_float) {
      --floats;
      return {window.float_times[floats], window.floats[floats], nullptr};
    }
    --histograms;
    return {window.histogram_times[histograms], 0, window.histograms[histograms].get()};
  };
  const Sample last = take();
  return {take(), last};
}

std::optional<FloatHistogram> InstantGain(RangeCall& call, const FloatHistogram& before,
                                          const FloatHistogram& last) {
  const bool counter = IsCounterFunction(call.id);
  const bool any_gauge = before.hint == ResetHint::kGauge || last.hint == ResetHint::kGauge;
  const bool any_counter = before.hint != ResetHint::kGauge || last.hint != ResetHint::kGauge;
  if (counter && any_gauge) NoteHint(call, false);
  if (!counter && any_counter) NoteHint(call, true);
  FloatHistogram gain = last;
  if ((!counter || !last.IsResetSince(before)) && !AddNoted(call, gain, before, -1)) {
    return std::nullopt;
  }
  gain.hint = ResetHint::kGauge;
  gain.Compact();
  return gain;
}

}  // namespace

void PutExtrapolated(const RangeCall& call, const Window& window, double gained, size_t step,
                     Column& out) {
  Extent extent{window.float_times.front(), window.float_times.back(), window.floats.size(),
                std::nullopt};
  if (IsCounterFunction(call.id)) extent.counter = {window.floats.front(), gained};
  double factor = ExtrapolationFactor(window, extent);
  if (call.id == FunctionId::kRate) {
    factor /= static_cast<double>(window.end_ms - window.start_ms) / 1000;
  }
  out.SetFloat(step, gained * factor);
}

void ApplyRate(RangeCall& call, const Window& window, size_t step, Column& out) {
  if (!window.floats.empty() && !window.histograms.empty()) {
    call.notes.Warn(MixedTypesText(call.metric_name), call.span);
    return;
  }
  if (window.histograms.size() > 1) return RateOfHistograms(call, window, step, out);
  if (window.floats.size() < 2) return;
  double gained = window.floats.back() - window.floats.front();
  if (IsCounterFunction(call.id)) {
    double previous = window.floats.front();
    for (const double value : window.floats.subspan(1)) {
      if (value < previous) gained += previous;
      previous = value;
    }
  }
  PutExtrapolated(call, window, gained, step, out);
}

void ApplyInstantRate(RangeCall& call, const Window& window, size_t step, Column& out) {
  if (window.floats.size() + window.histograms.size() < 2) return;
  const auto [before, last] = NewestTwo(window);
  const double seconds = static_cast<double>(last.time_ms - before.time_ms) / 1000;
  if (seconds == 0) return;
  const bool rate = call.id == FunctionId::kIrate;
  if ((before.histogram == nullptr) != (last.histogram == nullptr)) {
    call.notes.Warn(MixedTypesText(call.metric_name), call.span);
    return;
  }
  if (last.histogram != nullptr) {
    auto gain = InstantGain(call, *before.histogram, *last.histogram);
    if (!gain) return;
    if (rate) gain->Scale(1 / seconds);
    out.SetHistogram(step, std::make_shared<const FloatHistogram>(*std::move(gain)));
    return;
  }
  const bool reset = rate && last.value < before.value;
  const double gained = reset ? last.value : last.value - before.value;
  out.SetFloat(step, rate ? gained / seconds : gained);
}

}  // namespace orrery::promql
