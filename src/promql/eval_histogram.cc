// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <unordered_map>

#include "promql/evaluator.h"
#include "promql/lex_literal.h"
#include "promql/quantiles.h"

namespace orrery::promql {
namespace {

using enum FunctionId;

constexpr std::string_view kBoundLabel = "le";

double PartOf(FunctionId id, const model::FloatHistogram& histogram) {
  switch (id) {
    case kHistogramCount:
      return histogram.count;
    case kHistogramSum:
      return histogram.sum;
    case kHistogramAvg:
      return histogram.sum / histogram.count;
    case kHistogramStdvar:
      return NativeVariance(histogram);
    default:
      return std::sqrt(NativeVariance(histogram));
  }
}

Result<double> ReadBound(std::string_view text) {
  const bool sign = text.starts_with('+') || text.starts_with('-');
  std::string word(text.substr(sign ? 1 : 0));
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (word == "inf" || word == "infinity") {
    const double inf = std::numeric_limits<double>::infinity();
    return text.starts_with('-') ? -inf : inf;
  }
  if (word == "nan") return InvalidArgument("not a bound");
  return ReadNumber(text);
}

// The series of one histogram: its classic buckets, or itself when it is native.
struct HistogramSeries {
  model::Labels labels;  // Without the bound.
  bool drop_name = false;
  std::vector<std::pair<double, Column>> buckets;
  Column native;
};

}  // namespace

Status Evaluator::StreamHistogramPart(const Call& call, const SeriesSink& sink) {
  const FunctionId id = call.function->id;
  return Stream(*call.args[0], [&](Series&& series) -> Status {
    for (size_t i = 0; i < steps_.count; ++i) {
      if (series.column.HasHistogram(i)) {
        series.column.SetFloat(i, PartOf(id, *series.column.histograms[i]));
      } else {
        series.column.Clear(i);
      }
    }
    if (series.column.Empty()) return OkStatus();
    DropName(series);
    return sink(std::move(series));
  });
}

Status Evaluator::StreamBucketFunction(const Call& call, const SeriesSink& sink) {
  const bool quantile = call.function->id == kHistogramQuantile;
  const Expr& input = *call.args.back();
  const Span first_span = call.args[0]->span;
  Annotations& notes = state_.notes;
  ORRERY_ASSIGN_OR_RETURN(const Column first, Scalar(*call.args[0]));
  // Without delayed removal the names are as good as gone where Prometheus writes these notes.
  const bool named = state_.options.delayed_name_removal;
  Column second(0);
  if (quantile) {
    for (const double q : first.values) {
      if (!(q >= 0 && q <= 1)) notes.Warn(BadQuantileText(q), first_span);
    }
  } else {
    ORRERY_ASSIGN_OR_RETURN(second, Scalar(*call.args[1]));
  }
  std::unordered_map<model::Labels, size_t, model::LabelsHash> places;
  std::vector<HistogramSeries> all;
  ORRERY_RETURN_IF_ERROR(Stream(input, [&](Series&& series) -> Status {
    const std::string_view bound_text = series.labels.Get(kBoundLabel);
    const auto bound = ReadBound(bound_text);
    bool floats = false;
    bool histograms = false;
    for (size_t i = 0; i < steps_.count; ++i) {
      floats |= series.column.HasFloat(i);
      histograms |= series.column.HasHistogram(i);
    }
    if (floats && !bound.ok()) {
      const std::string_view name = series.labels.metric_name();
      notes.Warn("bucket label \"le\" is missing or has a malformed value of " +
                     model::Quote(bound_text) +
                     (name.empty() || !named ? "" : " for metric name " + model::Quote(name)),
                 input.span);
    }
    const auto add = [&](const model::Labels& labels) -> HistogramSeries& {
      const auto [place, fresh] = places.emplace(labels, all.size());
      if (fresh) all.push_back({labels, series.drop_name, {}, Column(steps_.count)});
      return all[place->second];
    };
    ORRERY_RETURN_IF_ERROR(state_.Charge(steps_.count));
    if (histograms) {
      Column& native = add(series.labels).native;
      for (size_t i = 0; i < steps_.count; ++i) {
        if (series.column.HasHistogram(i)) native.CopyFrom(series.column, i);
      }
    }
    if (floats && bound.ok()) {
      model::Labels labels = series.labels;
      labels.Remove(kBoundLabel);
      add(labels).buckets.emplace_back(*bound, std::move(series.column));
    }
    return OkStatus();
  }));
  std::vector<ClassicBucket> buckets;
  for (HistogramSeries& histogram : all) {
    ORRERY_RETURN_IF_ERROR(CheckTime());
    Series out{histogram.labels, histogram.drop_name, Column(steps_.count)};
    const std::string name(out.labels.metric_name());
    DropName(out);
    const std::string of_name =
        name.empty() || !named ? "" : " for metric name " + model::Quote(name);
    const HistogramNote note{std::string(out.labels.metric_name()), input.span, notes};
    for (size_t i = 0; i < steps_.count; ++i) {
      buckets.clear();
      for (const auto& [bound, column] : histogram.buckets) {
        if (column.HasFloat(i)) buckets.push_back({bound, column.values[i]});
      }
      if (histogram.native.HasHistogram(i)) {
        if (!buckets.empty()) {
          notes.Warn("vector contains a mix of classic and native histograms" + of_name,
                     input.span);
          continue;
        }
        const model::FloatHistogram& native = *histogram.native.histograms[i];
        out.column.SetFloat(
            i, quantile ? NativeQuantile(first.values[i], native, note)
                        : NativeFraction(first.values[i], second.values[i], native, note));
      } else if (!buckets.empty() && quantile) {
        bool repaired = false;
        out.column.SetFloat(i, ClassicQuantile(first.values[i], buckets, repaired));
        if (repaired) {
          notes.Inform(
              "input to histogram_quantile needed to be fixed for monotonicity (see "
              "https://prometheus.io/docs/prometheus/latest/querying/functions/"
              "#histogram_quantile)" +
                  of_name,
              input.span);
        }
      } else if (!buckets.empty()) {
        out.column.SetFloat(i, ClassicFraction(first.values[i], second.values[i], buckets));
      }
    }
    if (!out.column.Empty()) ORRERY_RETURN_IF_ERROR(sink(std::move(out)));
  }
  return OkStatus();
}

}  // namespace orrery::promql
