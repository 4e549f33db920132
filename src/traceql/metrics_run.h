// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "contracts/query_context.h"
#include "contracts/trace_queryable.h"
#include "traceql/ast.h"
#include "traceql/evaluate.h"
#include "traceql/metrics_compare.h"
#include "traceql/metrics_exemplars.h"
#include "traceql/metrics_groups.h"
#include "traceql/metrics_intervals.h"
#include "traceql/metrics_stages.h"
#include "traceql/plan.h"

namespace orrery::traceql {

// MetricsRun computes one query of metrics.
//
// Life:    borrows all of them; made for one query, which passed Check.
// Threads: one.
// Cost:    filters of single spans are answered from columns, everything else from whole traces.
class MetricsRun {
 public:
  MetricsRun(const Query& query, const contracts::TraceQueryable& store, const Intervals& intervals,
             size_t max_exemplars, contracts::QueryContext& context)
      : query_(query),
        store_(store),
        intervals_(intervals),
        max_exemplars_(max_exemplars),
        context_(context),
        evaluator_(query) {}

  // Sorted series.
  Result<MetricsOperand> Run(const Metrics& metrics);

 private:
  Result<std::vector<MetricsSeries>> RunQuery(const MetricsQuery& query);
  // Whether the plan's columns have all that the query looks at.
  Result<bool> HasColumns(const MetricsPlan& plan);
  Status CountColumns(const MetricsQuery& query, const MetricsPlan& plan, MetricsGroups& groups,
                      ExemplarPicker& picker);
  Status CountTraces(const MetricsQuery& query, const MetricsPlan& plan, MetricsGroups& groups,
                     ExemplarPicker& picker);
  Status CompareColumns(const MetricsQuery& query, const MetricsPlan& plan, MetricsCompare& compare,
                        std::vector<model::TraceId>& apart);
  Result<std::vector<MetricsSeries>> Compare(const MetricsQuery& query, const MetricsPlan& plan);
  // Calls `visit` with the spans that survive the pipeline and are in an interval, until it returns
  // false.
  template <typename Visit>
  Status VisitSpans(const MetricsQuery& query, const MetricsPlan& plan,
                    const contracts::WantedFields& wanted, const Visit& visit);

  // The same of these traces alone, wholly read.
  template <typename Visit>
  Status VisitSpansOf(const std::vector<model::TraceId>& ids, const Pipeline& pipeline,
                      const Visit& visit);
  template <typename Visit>
  auto TraceVisitor(const Pipeline& pipeline, Status& fault, const Visit& visit);

  const Query& query_;
  const contracts::TraceQueryable& store_;
  const Intervals& intervals_;
  const size_t max_exemplars_;
  contracts::QueryContext& context_;
  Evaluator evaluator_;
  size_t counted_ = 0;  // Pipelines.
};

}  // namespace orrery::traceql
