// SPDX-License-Identifier: Apache-2.0
#include "traceql/engine.h"

#include <algorithm>

#include "traceql/answer.h"
#include "traceql/check.h"
#include "traceql/metrics_run.h"
#include "traceql/plan.h"
#include "traceql/source_error.h"
#include "traceql/spansets.h"
#include "traceql/trace_scan.h"

namespace orrery::traceql {
namespace {

// A number in the query's hint goes before the one in the options.
size_t ExemplarsOf(const Query& query, const MetricsOptions& options) {
  size_t count = options.instant ? 0 : options.exemplars;
  for (const Hint& hint : query.hints) {
    if (hint.name != "exemplars") continue;
    const int64_t number = std::max<int64_t>(hint.value.number, 0);
    if (hint.value.type == Type::kBool && number == 0) count = 0;
    if (hint.value.type == Type::kInt && !options.instant) {
      count = std::min(options.most_exemplars, static_cast<size_t>(number));
    }
  }
  return count;
}

}  // namespace

Result<SearchResponse> Engine::Search(const Query& query, const SearchOptions& options,
                                      contracts::QueryContext& context) const {
  ORRERY_RETURN_IF_ERROR(Check(query));
  const auto* pipeline = std::get_if<Pipeline>(&query.root);
  if (pipeline == nullptr) {
    return InvalidArgument(
        "this query computes metrics; ask for it as such, at /api/metrics/query_range, or leave "
        "out "
        "what follows the span filter");
  }
  SearchResponse response;
  const SearchPlan plan = PlanSearch(*pipeline);
  if (plan.never) return response;

  Evaluator evaluator(query);
  Status fault;
  const auto visit = [&](TraceView& trace) {
    if (trace.duration_nanos() < options.min_duration_nanos ||
        trace.duration_nanos() > options.max_duration_nanos) {
      return true;
    }
    PipelineRun run(query, evaluator, trace);
    const std::vector<Spanset> spansets = run.Run(*pipeline);
    fault = run.status();
    if (!fault.ok()) return false;
    if (!spansets.empty()) {
      response.traces.push_back(
          AnswerTrace(trace, spansets, plan.shown, options.spans_per_spanset, evaluator));
      if (options.on_found) options.on_found(response.traces.back());
    }
    return response.traces.size() < options.limit;
  };
  ORRERY_RETURN_IF_ERROR(
      ScanTraces(store_, plan.sieve, plan.wanted, options.range, options.limit, context, visit));
  ORRERY_RETURN_IF_ERROR(fault);
  std::stable_sort(response.traces.begin(), response.traces.end(),
                   [](const SearchTrace& a, const SearchTrace& b) { return a.start > b.start; });
  return response;
}

Result<MetricsResponse> Engine::QueryMetrics(const Query& query, const MetricsOptions& options,
                                             contracts::QueryContext& context) const {
  ORRERY_RETURN_IF_ERROR(Check(query));
  const auto* root = std::get_if<MetricsRoot>(&query.root);
  if (root == nullptr) {
    return InvalidArgument(
        "this query searches for spans; end it with a metrics function, such as | rate()");
  }
  ORRERY_ASSIGN_OR_RETURN(const Intervals intervals, Intervals::Of(options));
  MetricsRun run(query, store_, intervals, ExemplarsOf(query, options), context);
  ORRERY_ASSIGN_OR_RETURN(MetricsOperand computed, run.Run(*root->metrics));
  for (const SecondStage& stage : root->stages) ApplyStage(stage, computed.series);
  MetricsResponse response;
  response.times = intervals.Edges();
  response.series = std::move(computed.series);
  response.truncated = response.series.size() > options.max_series;
  if (response.truncated) response.series.resize(options.max_series);
  for (MetricsSeries& series : response.series) {
    std::stable_sort(
        series.exemplars.begin(), series.exemplars.end(),
        [](const MetricsExemplar& a, const MetricsExemplar& b) { return a.time < b.time; });
  }
  return response;
}

}  // namespace orrery::traceql
