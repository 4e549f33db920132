// SPDX-License-Identifier: Apache-2.0
#include "traceql/engine.h"

#include <algorithm>

#include "traceql/answer.h"
#include "traceql/check.h"
#include "traceql/sieve.h"
#include "traceql/source_error.h"
#include "traceql/spansets.h"
#include "traceql/trace_scan.h"

namespace orrery::traceql {

Result<SearchResponse> Engine::Search(const Query& query, const SearchOptions& options,
                                      contracts::QueryContext& context) const {
  ORRERY_RETURN_IF_ERROR(Check(query));
  const auto* pipeline = std::get_if<Pipeline>(&query.root);
  if (pipeline == nullptr) {
    return Unimplemented("metrics functions such as rate() cannot be run yet; only searches can");
  }
  SearchResponse response;
  if (IsNever(*pipeline)) return response;

  const std::vector<Field> fields = FieldsOf(*pipeline);
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
          AnswerTrace(trace, spansets, fields, options.spans_per_spanset, evaluator));
    }
    return response.traces.size() < options.limit;
  };
  ORRERY_RETURN_IF_ERROR(ScanTraces(store_, SieveOf(*pipeline), WantedOf(fields), options.range,
                                    options.limit, context, visit));
  ORRERY_RETURN_IF_ERROR(fault);
  std::stable_sort(response.traces.begin(), response.traces.end(),
                   [](const SearchTrace& a, const SearchTrace& b) { return a.start > b.start; });
  return response;
}

}  // namespace orrery::traceql
