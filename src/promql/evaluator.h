// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "promql/annotations.h"
#include "promql/ast.h"
#include "promql/column.h"
#include "promql/engine.h"
#include "promql/function_table.h"
#include "promql/window.h"

namespace orrery::promql {

// What all parts of one query share.
// Threads: one at a time.
struct QueryState {
  const contracts::MetricQueryable& store;
  contracts::QueryContext& context;
  const EngineOptions& options;
  int64_t start_ms = 0;  // Of the whole query, for `@ start()`.
  int64_t end_ms = 0;
  uint64_t samples = 0;
  Annotations notes;

  // Notes that `n` samples are held. ResourceExhausted when they are too many.
  Status Charge(uint64_t n);
};

// Evaluator computes an expression at all steps at once, series by series.
//
// Life:    of one query, or of one subquery in it. `state` must outlive it.
// Threads: one at a time.
class Evaluator {
 public:
  using SeriesSink = std::function<Status(Series&& series)>;
  using WindowSink = std::function<Status(const model::Labels& labels, bool drop_name,
                                          const RangeSamples& samples)>;

  Evaluator(QueryState& state, const Steps& steps) : state_(state), steps_(steps) {}

  // Hands each series of an instant vector to `sink`, those without any value left out. Labels may
  // come twice when the parts of a query that follow do not mind.
  Status Stream(const Expr& expr, const SeriesSink& sink);
  // The same, at once; of a scalar one series without labels. No labels come twice.
  Result<std::vector<Series>> Collect(const Expr& expr);
  // Requires: a scalar.
  Result<Column> Scalar(const Expr& expr);

  // Collect for the end of a query: names that no longer belong to the values are gone.
  Result<std::vector<Series>> CollectFinal(const Expr& expr);
  // The values within the window of a subquery at the first step.
  Result<std::vector<AnswerSeries>> CollectSubquery(const Subquery& subquery);

  const Steps& steps() const { return steps_; }

 private:
  // eval_selector.cc
  Status StreamSelector(const VectorSelector& selector, const SeriesSink& sink);
  Status StreamTimestamps(const VectorSelector& selector, const SeriesSink& sink);
  Status StreamMatrix(const MatrixSelector& matrix, const WindowSink& sink);
  Status StreamSubquery(const Subquery& subquery, const WindowSink& sink);
  Status StreamRange(const Expr& expr, const WindowSink& sink);
  // When `shift` is set for a step at `time_ms`.
  int64_t Reference(const TimeShift& shift, int64_t time_ms) const;
  contracts::MillisRange ReadRange(const TimeShift& shift, int64_t window_ms) const;
  Status ForEachStored(
      const VectorSelector& selector, const contracts::MillisRange& range,
      const std::function<Status(const model::Labels&, contracts::SampleColumns&)>& visit);

  // eval_call.cc
  Status StreamCall(const Call& call, Span span, const SeriesSink& sink);
  Status StreamRangeFunction(const Call& call, size_t range_arg, const SeriesSink& sink);
  Status StreamElementwise(const Call& call, const SeriesSink& sink);
  Status StreamDate(const Call& call, const SeriesSink& sink);
  Status StreamAbsent(const Call& call, const SeriesSink& sink);
  Status StreamAbsentOverTime(const Call& call, const SeriesSink& sink);
  Status StreamSorted(const Call& call, Span span, const SeriesSink& sink);
  Status StreamTimestampCall(const Call& call, const SeriesSink& sink);
  Result<Column> ScalarCall(const Call& call);
  // eval_labels.cc
  Status StreamLabelReplace(const Call& call, const SeriesSink& sink);
  Status StreamLabelJoin(const Call& call, const SeriesSink& sink);
  Status StreamInfo(const Call& call, const SeriesSink& sink);
  // eval_histogram.cc
  Status StreamHistogramPart(const Call& call, const SeriesSink& sink);
  Status StreamBucketFunction(const Call& call, const SeriesSink& sink);

  // eval_aggregate.cc
  Status StreamAggregate(const Expr& expr, const Aggregate& aggregate, const SeriesSink& sink);
  Status StreamSums(const Aggregate& aggregate, const SeriesSink& sink);
  Status StreamChosen(const Expr& expr, const Aggregate& aggregate, const SeriesSink& sink);
  Status StreamQuantile(const Aggregate& aggregate, const SeriesSink& sink);
  Status StreamCountValues(const Aggregate& aggregate, const SeriesSink& sink);
  model::Labels GroupLabels(const Aggregate& aggregate, const Series& series) const;

  // eval_binary.cc
  Status StreamBinary(const Expr& expr, const Binary& binary, const SeriesSink& sink);
  Status StreamScalarSide(const Expr& expr, const Binary& binary, const SeriesSink& sink);
  Status StreamSetOp(const Binary& binary, const SeriesSink& sink);
  Status StreamMatched(const Expr& expr, const Binary& binary, const SeriesSink& sink);
  Status StreamUnary(const Unary& unary, const SeriesSink& sink);

  // Whether the order of the series reaches who asked; there is none between several steps.
  bool KeepsOrder() const { return steps_.count == 1; }
  // Takes the metric name off, now or at the end of the query.
  void DropName(Series& series) const;
  // Refuses two values with the same labels at one step; joins series whose steps differ.
  Status Merge(std::vector<Series>& series) const;
  Status CheckTime() const { return state_.context.Check(); }

  QueryState& state_;
  const Steps steps_;
};

}  // namespace orrery::promql
