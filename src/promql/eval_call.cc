// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>

#include "promql/evaluator.h"
#include "promql/math_functions.h"
#include "promql/range_functions.h"

namespace orrery::promql {
namespace {

using contracts::LabelMatcher;
using enum FunctionId;

bool EndsLikeCounter(std::string_view name) {
  constexpr std::array<std::string_view, 4> kEndings = {"_total", "_sum", "_count", "_bucket"};
  return std::ranges::any_of(kEndings,
                             [&](std::string_view ending) { return name.ends_with(ending); });
}

// Whether all series of a range have the same metric name, so that without it they still differ.
bool HasOneName(const Expr& expr) {
  const auto* matrix = std::get_if<MatrixSelector>(&Unwrapped(expr).node);
  if (matrix == nullptr) return false;
  return std::ranges::any_of(matrix->selector.matchers, [](const LabelMatcher& matcher) {
    return matcher.kind == LabelMatcher::Kind::kEqual && matcher.name == model::kMetricNameLabel;
  });
}

// The labels that an absent series would have: those asked for with `=`, once.
model::Labels AbsentLabels(const Expr& expr) {
  const Expr& inner = Unwrapped(expr);
  const VectorSelector* selector = std::get_if<VectorSelector>(&inner.node);
  if (const auto* matrix = std::get_if<MatrixSelector>(&inner.node)) selector = &matrix->selector;
  model::Labels labels;
  if (selector == nullptr) return labels;
  std::unordered_set<std::string> seen;
  for (const LabelMatcher& matcher : selector->matchers) {
    if (matcher.name == model::kMetricNameLabel) continue;
    const bool first = seen.insert(matcher.name).second;
    const bool equal = matcher.kind == LabelMatcher::Kind::kEqual;
    if (first && equal) {
      labels.Set(matcher.name, matcher.value);
    } else {
      labels.Remove(matcher.name);
    }
  }
  return labels;
}

Status CheckSmoothing(double level, double trend) {
  const auto fits = [](double factor) { return factor > 0 && factor < 1; };
  if (!fits(level)) {
    return InvalidArgument(
        fmt::format("invalid smoothing factor. Expected: 0 < sf < 1, got: {:f}", level));
  }
  if (!fits(trend)) {
    return InvalidArgument(
        fmt::format("invalid trend factor. Expected: 0 < tf < 1, got: {:f}", trend));
  }
  return OkStatus();
}

bool KeepsName(FunctionId id) { return id == kLastOverTime || id == kFirstOverTime; }

// A rate of a series of numbers without counter resets needs the ends of a window alone.
bool RunsWithoutResets(FunctionId id, const RangeSamples& samples) {
  if (id == kDelta) return samples.histograms.empty();
  if ((id != kRate && id != kIncrease) || !samples.histograms.empty()) return false;
  return std::ranges::is_sorted(samples.floats) &&
         std::ranges::none_of(samples.floats, [](double v) { return std::isnan(v); });
}

}  // namespace

Status Evaluator::StreamCall(const Call& call, Span span, const SeriesSink& sink) {
  switch (call.function->id) {
    case kVector: {
      ORRERY_ASSIGN_OR_RETURN(Column column, Scalar(*call.args[0]));
      return sink({{}, false, std::move(column)});
    }
    case kAbsent:
      return StreamAbsent(call, sink);
    case kAbsentOverTime:
      return StreamAbsentOverTime(call, sink);
    case kTimestamp:
      return StreamTimestampCall(call, sink);
    case kSort:
    case kSortDesc:
    case kSortByLabel:
    case kSortByLabelDesc:
      return StreamSorted(call, span, sink);
    case kLabelReplace:
      return StreamLabelReplace(call, sink);
    case kLabelJoin:
      return StreamLabelJoin(call, sink);
    case kInfo:
      return StreamInfo(call, sink);
    case kHistogramQuantile:
    case kHistogramFraction:
      return StreamBucketFunction(call, sink);
    case kHistogramAvg:
    case kHistogramCount:
    case kHistogramSum:
    case kHistogramStddev:
    case kHistogramStdvar:
      return StreamHistogramPart(call, sink);
    default:
      break;
  }
  if (IsDateFunction(call.function->id)) return StreamDate(call, sink);
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (TypeOf(*call.args[i]) == ValueType::kMatrix) return StreamRangeFunction(call, i, sink);
  }
  return StreamElementwise(call, sink);
}

Status Evaluator::StreamRangeFunction(const Call& call, size_t range_arg, const SeriesSink& sink) {
  const FunctionId id = call.function->id;
  std::vector<Column> scalars;
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (i == range_arg) continue;
    ORRERY_ASSIGN_OR_RETURN(Column column, Scalar(*call.args[i]));
    scalars.push_back(std::move(column));
  }
  // What Prometheus says of a subquery names the beginning of the query.
  const Expr& range = Unwrapped(*call.args[range_arg]);
  const bool subquery = std::holds_alternative<Subquery>(range.node);
  const Span span = subquery ? Span{} : call.args[range_arg]->span;
  if (id == kDoubleExponentialSmoothing) {
    for (size_t i = 0; i < steps_.count; ++i) {
      ORRERY_RETURN_IF_ERROR(CheckSmoothing(scalars[0].values[i], scalars[1].values[i]));
    }
  }
  // Without their names two series may be the same.
  const bool may_repeat =
      !KeepsName(id) && !state_.options.delayed_name_removal && !HasOneName(*call.args[range_arg]);
  std::unordered_set<model::Labels, model::LabelsHash> seen;
  const auto visit = [&](const model::Labels& labels, bool drop_name,
                         const RangeSamples& samples) -> Status {
    const std::string name(labels.metric_name());
    RangeCall range_call{id, 0, 0, 0, name, span, call.args[0]->span, state_.notes};
    Series series{labels, drop_name, Column(steps_.count)};
    WindowCursor cursor(samples);
    const bool ends_only = RunsWithoutResets(id, samples);
    for (size_t i = 0; i < steps_.count; ++i) {
      const Window window = cursor.At(i);
      if (ends_only) {
        if (window.floats.size() < 2) continue;
        PutExtrapolated(range_call, window, window.floats.back() - window.floats.front(), i,
                        series.column);
        continue;
      }
      range_call.time_ms = steps_.At(i);
      if (!scalars.empty()) range_call.first = scalars[0].values[i];
      if (scalars.size() > 1) range_call.second = scalars[1].values[i];
      ApplyRangeFunction(range_call, window, i, series.column);
    }
    if (series.column.Empty()) return OkStatus();
    const bool counter = id == kRate || id == kIncrease;
    if (counter && !name.empty() && !EndsLikeCounter(name) &&
        std::ranges::find(series.column.kinds, Kind::kFloat) != series.column.kinds.end()) {
      state_.notes.Inform(
          "metric might not be a counter, name does not end in "
          "_total/_sum/_count/_bucket: " +
              model::Quote(name),
          span);
    }
    if (!KeepsName(id)) DropName(series);
    if (may_repeat && !seen.insert(series.labels).second) {
      return InvalidArgument("vector cannot contain metrics with the same labelset");
    }
    return sink(std::move(series));
  };
  return StreamRange(*call.args[range_arg], visit);
}

Status Evaluator::StreamElementwise(const Call& call, const SeriesSink& sink) {
  const FunctionId id = call.function->id;
  std::vector<Column> scalars;
  for (size_t i = 1; i < call.args.size(); ++i) {
    ORRERY_ASSIGN_OR_RETURN(Column column, Scalar(*call.args[i]));
    scalars.push_back(std::move(column));
  }
  return Stream(*call.args[0], [&](Series&& series) -> Status {
    bool any = false;
    for (size_t i = 0; i < steps_.count; ++i) {
      const bool empty_clamp = id == kClamp && scalars[1].values[i] < scalars[0].values[i];
      if (!series.column.HasFloat(i) || empty_clamp) {
        series.column.Clear(i);
        continue;
      }
      any = true;
      const double first = scalars.empty() ? 1 : scalars[0].values[i];
      const double second = scalars.size() < 2 ? 0 : scalars[1].values[i];
      series.column.values[i] = ApplyMath(id, series.column.values[i], first, second);
    }
    if (!any) return OkStatus();
    DropName(series);
    return sink(std::move(series));
  });
}

Status Evaluator::StreamDate(const Call& call, const SeriesSink& sink) {
  const FunctionId id = call.function->id;
  if (call.args.empty()) {
    Series now{{}, false, Column(steps_.count)};
    for (size_t i = 0; i < steps_.count; ++i) {
      now.column.SetFloat(i, DatePart(id, static_cast<double>(steps_.At(i)) / 1000));
    }
    return sink(std::move(now));
  }
  return Stream(*call.args[0], [&](Series&& series) -> Status {
    for (size_t i = 0; i < steps_.count; ++i) {
      if (!series.column.HasFloat(i)) {
        series.column.Clear(i);
      } else {
        series.column.values[i] = DatePart(id, series.column.values[i]);
      }
    }
    if (series.column.Empty()) return OkStatus();
    DropName(series);
    return sink(std::move(series));
  });
}

Status Evaluator::StreamAbsent(const Call& call, const SeriesSink& sink) {
  Column present(steps_.count);
  ORRERY_RETURN_IF_ERROR(Stream(*call.args[0], [&](Series&& series) -> Status {
    for (size_t i = 0; i < steps_.count; ++i) {
      if (series.column.Has(i)) present.SetFloat(i, 1);
    }
    return OkStatus();
  }));
  Series absent{AbsentLabels(*call.args[0]), false, Column(steps_.count)};
  for (size_t i = 0; i < steps_.count; ++i) {
    if (!present.Has(i)) absent.column.SetFloat(i, 1);
  }
  return absent.column.Empty() ? OkStatus() : sink(std::move(absent));
}

Status Evaluator::StreamAbsentOverTime(const Call& call, const SeriesSink& sink) {
  Series absent{AbsentLabels(*call.args[0]), false, Column(steps_.count)};
  for (size_t i = 0; i < steps_.count; ++i) absent.column.SetFloat(i, 1);
  ORRERY_RETURN_IF_ERROR(StreamRange(
      *call.args[0], [&](const model::Labels&, bool, const RangeSamples& samples) -> Status {
        WindowCursor cursor(samples);
        for (size_t i = 0; i < steps_.count; ++i) {
          if (!cursor.At(i).empty()) absent.column.Clear(i);
        }
        return OkStatus();
      }));
  return absent.column.Empty() ? OkStatus() : sink(std::move(absent));
}

Status Evaluator::StreamTimestampCall(const Call& call, const SeriesSink& sink) {
  // Of a selector the times of its samples, of anything else those of the steps.
  if (const auto* selector = std::get_if<VectorSelector>(&Unwrapped(*call.args[0]).node)) {
    return StreamTimestamps(*selector, sink);
  }
  return Stream(*call.args[0], [&](Series&& series) -> Status {
    for (size_t i = 0; i < steps_.count; ++i) {
      if (series.column.Has(i)) {
        series.column.SetFloat(i, static_cast<double>(steps_.At(i)) / 1000);
      }
    }
    DropName(series);
    return sink(std::move(series));
  });
}

Status Evaluator::StreamSorted(const Call& call, Span span, const SeriesSink& sink) {
  const FunctionId id = call.function->id;
  if (!KeepsOrder() && !IsSameAtAllSteps(*call.args[0])) {
    state_.notes.Warn(
        "sort is ineffective for range queries since results are always ordered by labels", span);
  }
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> all, Collect(*call.args[0]));
  const bool by_label = id == kSortByLabel || id == kSortByLabelDesc;
  const bool descending = id == kSortDesc || id == kSortByLabelDesc;
  std::vector<std::string> names;
  if (by_label) {
    for (size_t i = 1; i < call.args.size(); ++i) {
      names.push_back(std::get<StringLiteral>(Unwrapped(*call.args[i]).node).value);
    }
  } else {
    // Histograms have no order.
    for (Series& series : all) {
      for (size_t i = 0; i < steps_.count; ++i) {
        if (series.column.HasHistogram(i)) series.column.Clear(i);
      }
    }
    std::erase_if(all, [](const Series& series) { return series.column.Empty(); });
  }
  if (KeepsOrder()) {
    std::ranges::stable_sort(all, [&](const Series& a, const Series& b) {
      if (by_label) {
        const int order = CompareByLabels(a.labels, b.labels, names);
        return descending ? order > 0 : order < 0;
      }
      const double x = a.column.values[0];
      const double y = b.column.values[0];
      if (std::isnan(x) || std::isnan(y)) return std::isnan(y) && !std::isnan(x);
      return descending ? x > y : x < y;
    });
  }
  for (Series& series : all) ORRERY_RETURN_IF_ERROR(sink(std::move(series)));
  return OkStatus();
}

Result<Column> Evaluator::ScalarCall(const Call& call) {
  Column column(steps_.count);
  const double pi = std::numbers::pi;
  if (call.function->id != FunctionId::kScalar) {
    const bool time = call.function->id == kTime;
    for (size_t i = 0; i < steps_.count; ++i) {
      column.SetFloat(i, time ? static_cast<double>(steps_.At(i)) / 1000 : pi);
    }
    return column;
  }
  // scalar(): the only number of a vector.
  std::vector<uint32_t> floats(steps_.count, 0);
  ORRERY_RETURN_IF_ERROR(Stream(*call.args[0], [&](Series&& series) -> Status {
    for (size_t i = 0; i < steps_.count; ++i) {
      if (!series.column.HasFloat(i)) continue;
      ++floats[i];
      column.values[i] = series.column.values[i];
    }
    return OkStatus();
  }));
  for (size_t i = 0; i < steps_.count; ++i) {
    column.SetFloat(i,
                    floats[i] == 1 ? column.values[i] : std::numeric_limits<double>::quiet_NaN());
  }
  return column;
}

}  // namespace orrery::promql
