// SPDX-License-Identifier: Apache-2.0
#include "promql/engine.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "promql/evaluator.h"
#include "promql/parser.h"

namespace orrery::promql {
namespace {

std::vector<Point> Points(const Series& series, const Steps& steps) {
  std::vector<Point> points;
  const Column& column = series.column;
  for (size_t i = 0; i < column.size(); ++i) {
    if (column.HasFloat(i)) points.push_back({steps.At(i), column.values[i], nullptr});
    if (column.HasHistogram(i)) points.push_back({steps.At(i), 0, column.histograms[i]});
  }
  return points;
}

// Only what is asked for once has an order of its own.
bool KeepsOrder(const Expr& expr) {
  const Expr& inner = Unwrapped(expr);
  if (const auto* call = std::get_if<Call>(&inner.node)) {
    const std::string_view name = call->function->name;
    return name.starts_with("sort");
  }
  if (const auto* aggregate = std::get_if<Aggregate>(&inner.node)) {
    return aggregate->op == AggregateOp::kTopk || aggregate->op == AggregateOp::kBottomk;
  }
  return false;
}

// The samples of a range selector, as they are stored.
Result<std::vector<AnswerSeries>> ReadMatrix(const MatrixSelector& matrix, QueryState& state,
                                             int64_t time_ms) {
  const TimeShift& shift = matrix.selector.shift;
  int64_t end = time_ms;
  if (shift.anchor == TimeShift::Anchor::kTime) end = shift.at_ms;
  end -= shift.offset_ms;
  const contracts::MillisRange range{end - matrix.range_ms + 1, end};
  ORRERY_ASSIGN_OR_RETURN(const auto found,
                          state.store.Select(matrix.selector.matchers, range, state.context));
  std::vector<AnswerSeries> answer;
  contracts::SampleColumns samples;
  for (const auto& series : found) {
    ORRERY_RETURN_IF_ERROR(series->Read(range, state.context, samples));
    ORRERY_RETURN_IF_ERROR(state.Charge(samples.times.size()));
    AnswerSeries out{series->labels(), {}};
    for (size_t i = 0; i < samples.times.size(); ++i) {
      if (contracts::IsStale(samples.values[i])) continue;
      const bool histogram = samples.HistogramAt(i) != nullptr;
      out.points.push_back({samples.times[i], histogram ? 0 : samples.values[i],
                            histogram ? samples.histograms[i] : nullptr});
    }
    if (!out.points.empty()) answer.push_back(std::move(out));
  }
  std::ranges::sort(answer, {}, &AnswerSeries::labels);
  return answer;
}

Status AnswerInstantMatrix(const Expr& expr, QueryState& state, const EvalTimes& times,
                           Answer& answer) {
  const Expr& inner = Unwrapped(expr);
  if (const auto* matrix = std::get_if<MatrixSelector>(&inner.node)) {
    ORRERY_ASSIGN_OR_RETURN(answer.series, ReadMatrix(*matrix, state, times.start_ms));
    return OkStatus();
  }
  Evaluator evaluator(state, {times.start_ms, 1, 1});
  ORRERY_ASSIGN_OR_RETURN(answer.series, evaluator.CollectSubquery(std::get<Subquery>(inner.node)));
  return OkStatus();
}

}  // namespace

Result<Answer> Engine::Run(std::string_view query, const EvalTimes& times,
                           contracts::QueryContext& context) const {
  const bool instant = times.step_ms <= 0;
  ParserOptions parser_options{.experimental_functions = options_.experimental_functions,
                               .knows_times = true};
  if (!instant) {
    parser_options.step_ms = times.step_ms;
    parser_options.range_ms = times.end_ms - times.start_ms;
  }
  ORRERY_ASSIGN_OR_RETURN(const ExprPtr expr, Parse(query, parser_options));
  const ValueType type = TypeOf(*expr);
  if (!instant && (type == ValueType::kMatrix || type == ValueType::kString)) {
    return InvalidArgument(fmt::format(
        "invalid expression type {:?} for range query, must be Scalar or instant Vector",
        DescribeType(type)));
  }
  QueryState state{
      store_, context, options_, times.start_ms, instant ? times.start_ms : times.end_ms, 0, {}};
  Answer answer;
  answer.type = instant ? type : ValueType::kMatrix;
  if (type == ValueType::kString) {
    answer.text = std::get<StringLiteral>(Unwrapped(*expr).node).value;
    return answer;
  }
  if (type == ValueType::kMatrix) {
    ORRERY_RETURN_IF_ERROR(AnswerInstantMatrix(*expr, state, times, answer));
  } else {
    Steps steps{times.start_ms, instant ? 1 : times.step_ms, 1};
    if (!instant) {
      if (times.end_ms < times.start_ms) return answer;
      steps.count = static_cast<size_t>((times.end_ms - times.start_ms) / times.step_ms) + 1;
    }
    Evaluator evaluator(state, steps);
    ORRERY_ASSIGN_OR_RETURN(std::vector<Series> all, evaluator.CollectFinal(*expr));
    if (!instant || !KeepsOrder(*expr)) std::ranges::sort(all, {}, &Series::labels);
    for (const Series& series : all) {
      answer.series.push_back({series.labels, Points(series, steps)});
    }
  }
  answer.warnings = state.notes.Texts(query, true);
  answer.infos = state.notes.Texts(query, false);
  return answer;
}

}  // namespace orrery::promql
