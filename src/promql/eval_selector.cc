// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "promql/evaluator.h"

namespace orrery::promql {
namespace {

using contracts::MillisRange;
using contracts::SampleColumns;

// The place of the newest sample at or before `time`, from `from` on; -1 when all are later.
// Places come back in the order of time, so that a search goes on where the last one ended.
int64_t NewestAt(const SampleColumns& samples, int64_t time, int64_t from) {
  const auto count = static_cast<int64_t>(samples.times.size());
  while (from + 1 < count && samples.times[static_cast<size_t>(from + 1)] <= time) ++from;
  return from;
}

// Down to a multiple of `step`, also below zero.
int64_t FloorTo(int64_t time, int64_t step) {
  int64_t rest = time % step;
  if (rest < 0) rest += step;
  return time - rest;
}

// What a histogram says of the one before it does not hold between steps of a subquery.
HistogramPtr Unhinted(const HistogramPtr& histogram) {
  const auto hint = histogram->hint;
  if (hint != model::ResetHint::kReset && hint != model::ResetHint::kNoReset) return histogram;
  auto copy = std::make_shared<model::FloatHistogram>(*histogram);
  copy->hint = model::ResetHint::kUnknown;
  return copy;
}

}  // namespace

Status QueryState::Charge(uint64_t n) {
  samples += n;
  if (samples <= options.max_samples) return OkStatus();
  return ResourceExhausted(
      "query processing would load too many samples into memory in query execution");
}

int64_t Evaluator::Reference(const TimeShift& shift, int64_t time_ms) const {
  switch (shift.anchor) {
    case TimeShift::Anchor::kNone:
      break;
    case TimeShift::Anchor::kTime:
      time_ms = shift.at_ms;
      break;
    case TimeShift::Anchor::kStart:
      time_ms = state_.start_ms;
      break;
    case TimeShift::Anchor::kEnd:
      time_ms = state_.end_ms;
      break;
  }
  return time_ms - shift.offset_ms;
}

MillisRange Evaluator::ReadRange(const TimeShift& shift, int64_t window_ms) const {
  return {Reference(shift, steps_.start_ms) - window_ms + 1, Reference(shift, steps_.last_ms())};
}

Status Evaluator::ForEachStored(
    const VectorSelector& selector, const MillisRange& range,
    const std::function<Status(const model::Labels&, SampleColumns&)>& visit) {
  ORRERY_ASSIGN_OR_RETURN(const auto found,
                          state_.store.Select(selector.matchers, range, state_.context));
  SampleColumns samples;
  for (const auto& series : found) {
    ORRERY_RETURN_IF_ERROR(CheckTime());
    ORRERY_RETURN_IF_ERROR(series->Read(range, state_.context, samples));
    if (samples.times.empty()) continue;
    ORRERY_RETURN_IF_ERROR(state_.Charge(samples.times.size()));
    ORRERY_RETURN_IF_ERROR(visit(series->labels(), samples));
    state_.samples -= samples.times.size();
  }
  return OkStatus();
}

Status Evaluator::StreamSelector(const VectorSelector& selector, const SeriesSink& sink) {
  const int64_t lookback = state_.options.lookback_ms;
  const auto visit = [&](const model::Labels& labels, SampleColumns& samples) -> Status {
    Series series{labels, false, Column(steps_.count)};
    bool any = false;
    int64_t place = -1;
    for (size_t i = 0; i < steps_.count; ++i) {
      const int64_t time = Reference(selector.shift, steps_.At(i));
      place = NewestAt(samples, time, place);
      if (place < 0) continue;
      const auto at = static_cast<size_t>(place);
      if (samples.times[at] <= time - lookback || contracts::IsStale(samples.values[at])) continue;
      any = true;
      if (samples.HistogramAt(at) != nullptr) {
        series.column.SetHistogram(i, samples.histograms[at]);
      } else {
        series.column.SetFloat(i, samples.values[at]);
      }
    }
    return any ? sink(std::move(series)) : OkStatus();
  };
  return ForEachStored(selector, ReadRange(selector.shift, lookback), visit);
}

// Of each value the time of its sample, in seconds.
Status Evaluator::StreamTimestamps(const VectorSelector& selector, const SeriesSink& sink) {
  const int64_t lookback = state_.options.lookback_ms;
  const auto visit = [&](const model::Labels& labels, SampleColumns& samples) -> Status {
    Series series{labels, false, Column(steps_.count)};
    int64_t place = -1;
    for (size_t i = 0; i < steps_.count; ++i) {
      const int64_t time = Reference(selector.shift, steps_.At(i));
      place = NewestAt(samples, time, place);
      if (place < 0) continue;
      const auto at = static_cast<size_t>(place);
      if (samples.times[at] <= time - lookback || contracts::IsStale(samples.values[at])) continue;
      series.column.SetFloat(i, static_cast<double>(samples.times[at]) / 1000);
    }
    if (series.column.Empty()) return OkStatus();
    DropName(series);
    return sink(std::move(series));
  };
  return ForEachStored(selector, ReadRange(selector.shift, lookback), visit);
}

Status Evaluator::StreamMatrix(const MatrixSelector& matrix, const WindowSink& sink) {
  const TimeShift& shift = matrix.selector.shift;
  std::vector<int64_t> ends(steps_.count);
  for (size_t i = 0; i < steps_.count; ++i) ends[i] = Reference(shift, steps_.At(i));
  RangeSamples range;
  range.range_ms = matrix.range_ms;
  range.window_ends = ends;
  const auto visit = [&](const model::Labels& labels, SampleColumns& samples) -> Status {
    range.Assign(samples);
    return sink(labels, false, range);
  };
  return ForEachStored(matrix.selector, ReadRange(shift, matrix.range_ms), visit);
}

Status Evaluator::StreamSubquery(const Subquery& subquery, const WindowSink& sink) {
  const int64_t step =
      subquery.step_ms > 0 ? subquery.step_ms : state_.options.default_subquery_step_ms;
  std::vector<int64_t> ends(steps_.count);
  for (size_t i = 0; i < steps_.count; ++i) ends[i] = Reference(subquery.shift, steps_.At(i));
  // The first multiple of the step within the first window, which is open at the left.
  const int64_t start = FloorTo(ends.front() - subquery.range_ms, step) + step;
  if (ends.back() < start) return OkStatus();
  const auto count = static_cast<uint64_t>((ends.back() - start) / step) + 1;
  if (count > state_.options.max_samples) return state_.Charge(count);
  Evaluator inner(state_, {start, step, static_cast<size_t>(count)});
  ORRERY_ASSIGN_OR_RETURN(const std::vector<Series> all, inner.Collect(*subquery.expr));
  RangeSamples range;
  range.range_ms = subquery.range_ms;
  range.window_ends = ends;
  SampleColumns samples;
  for (const Series& series : all) {
    ORRERY_RETURN_IF_ERROR(CheckTime());
    samples.Clear();
    const Column& column = series.column;
    const bool histograms = !column.histograms.empty();
    for (size_t i = 0; i < column.size(); ++i) {
      if (!column.Has(i)) continue;
      samples.times.push_back(inner.steps().At(i));
      samples.values.push_back(column.HasFloat(i) ? column.values[i] : 0);
      if (histograms) {
        samples.histograms.push_back(column.HasHistogram(i) ? Unhinted(column.histograms[i])
                                                            : nullptr);
      }
    }
    range.Assign(samples);
    ORRERY_RETURN_IF_ERROR(sink(series.labels, series.drop_name, range));
  }
  return OkStatus();
}

Status Evaluator::StreamRange(const Expr& expr, const WindowSink& sink) {
  const Expr& inner = Unwrapped(expr);
  if (const auto* matrix = std::get_if<MatrixSelector>(&inner.node)) {
    return StreamMatrix(*matrix, sink);
  }
  return StreamSubquery(std::get<Subquery>(inner.node), sink);
}

}  // namespace orrery::promql
