// SPDX-License-Identifier: Apache-2.0
#include "promql/evaluator.h"

#include <algorithm>
#include <unordered_map>

#include "promql/operators.h"

namespace orrery::promql {
namespace {

// Whether series without values, or with labels that came before, can come out of a stream.
bool MayRepeat(const Expr& expr) {
  const Expr& inner = Unwrapped(expr);
  return !std::holds_alternative<VectorSelector>(inner.node) &&
         !std::holds_alternative<Aggregate>(inner.node);
}

// Adds what `from` has at steps where `into` has nothing. False when both have something.
bool Join(Column& into, const Column& from) {
  for (size_t i = 0; i < from.size(); ++i) {
    if (!from.Has(i)) continue;
    if (into.Has(i)) return false;
    into.CopyFrom(from, i);
  }
  return true;
}

}  // namespace

Status Evaluator::Stream(const Expr& expr, const SeriesSink& sink) {
  const Expr& inner = Unwrapped(expr);
  if (TypeOf(inner) == ValueType::kScalar) {
    ORRERY_ASSIGN_OR_RETURN(Column column, Scalar(inner));
    return sink({{}, false, std::move(column)});
  }
  if (const auto* selector = std::get_if<VectorSelector>(&inner.node)) {
    return StreamSelector(*selector, sink);
  }
  if (const auto* call = std::get_if<Call>(&inner.node)) return StreamCall(*call, inner.span, sink);
  if (const auto* aggregate = std::get_if<Aggregate>(&inner.node)) {
    return StreamAggregate(inner, *aggregate, sink);
  }
  if (const auto* binary = std::get_if<Binary>(&inner.node)) {
    return StreamBinary(inner, *binary, sink);
  }
  if (const auto* unary = std::get_if<Unary>(&inner.node)) return StreamUnary(*unary, sink);
  return Internal("an expression of no known kind");
}

Result<std::vector<Series>> Evaluator::Collect(const Expr& expr) {
  std::vector<Series> all;
  ORRERY_RETURN_IF_ERROR(Stream(expr, [&](Series&& series) -> Status {
    ORRERY_RETURN_IF_ERROR(state_.Charge(steps_.count));
    all.push_back(std::move(series));
    return OkStatus();
  }));
  if (MayRepeat(expr)) ORRERY_RETURN_IF_ERROR(Merge(all));
  return all;
}

Result<std::vector<Series>> Evaluator::CollectFinal(const Expr& expr) {
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> all, Collect(expr));
  if (state_.options.delayed_name_removal) {
    for (Series& series : all) {
      if (series.drop_name) series.labels.Remove(model::kMetricNameLabel);
      series.drop_name = false;
    }
    ORRERY_RETURN_IF_ERROR(Merge(all));
  }
  return all;
}

Result<std::vector<AnswerSeries>> Evaluator::CollectSubquery(const Subquery& subquery) {
  std::vector<AnswerSeries> answer;
  ORRERY_RETURN_IF_ERROR(StreamSubquery(
      subquery,
      [&](const model::Labels& labels, bool drop_name, const RangeSamples& samples) -> Status {
        const Window window = WindowCursor(samples).At(0);
        AnswerSeries out{labels, {}};
        if (drop_name) out.labels.Remove(model::kMetricNameLabel);
        for (size_t i = 0; i < window.floats.size(); ++i) {
          out.points.push_back({window.float_times[i], window.floats[i], nullptr});
        }
        for (size_t i = 0; i < window.histograms.size(); ++i) {
          out.points.push_back({window.histogram_times[i], 0, window.histograms[i]});
        }
        std::ranges::sort(out.points, {}, &Point::time_ms);
        if (!out.points.empty()) answer.push_back(std::move(out));
        return OkStatus();
      }));
  std::ranges::sort(answer, {}, &AnswerSeries::labels);
  return answer;
}

Result<Column> Evaluator::Scalar(const Expr& expr) {
  const Expr& inner = Unwrapped(expr);
  Column column(steps_.count);
  if (const auto* number = std::get_if<NumberLiteral>(&inner.node)) {
    for (size_t i = 0; i < steps_.count; ++i) column.SetFloat(i, number->value);
    return column;
  }
  if (const auto* call = std::get_if<Call>(&inner.node)) return ScalarCall(*call);
  if (const auto* unary = std::get_if<Unary>(&inner.node)) {
    ORRERY_ASSIGN_OR_RETURN(column, Scalar(*unary->expr));
    if (unary->negative) {
      for (double& value : column.values) value = -value;
    }
    return column;
  }
  const auto* binary = std::get_if<Binary>(&inner.node);
  if (binary == nullptr) return Internal("a scalar of no known kind");
  ORRERY_ASSIGN_OR_RETURN(const Column left, Scalar(*binary->lhs));
  ORRERY_ASSIGN_OR_RETURN(const Column right, Scalar(*binary->rhs));
  for (size_t i = 0; i < steps_.count; ++i) {
    const double l = left.values[i];
    const double r = right.values[i];
    const bool compares = IsComparison(binary->op);
    column.SetFloat(i, compares ? (Compare(binary->op, l, r) ? 1 : 0) : Compute(binary->op, l, r));
  }
  return column;
}

void Evaluator::DropName(Series& series) const {
  if (state_.options.delayed_name_removal) {
    series.drop_name = true;
  } else {
    series.labels.Remove(model::kMetricNameLabel);
  }
}

Status Evaluator::Merge(std::vector<Series>& series) const {
  std::unordered_map<model::Labels, size_t, model::LabelsHash> places;
  std::vector<Series> merged;
  merged.reserve(series.size());
  for (Series& next : series) {
    const auto [place, fresh] = places.emplace(next.labels, merged.size());
    if (fresh) {
      merged.push_back(std::move(next));
    } else if (!Join(merged[place->second].column, next.column)) {
      return InvalidArgument("vector cannot contain metrics with the same labelset");
    }
  }
  series = std::move(merged);
  return OkStatus();
}

}  // namespace orrery::promql
