// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_run.h"

#include <algorithm>

#include "traceql/answer.h"
#include "traceql/metrics_compare.h"
#include "traceql/metrics_fields.h"
#include "traceql/metrics_keeper.h"
#include "traceql/printer.h"
#include "traceql/spansets.h"
#include "traceql/trace_scan.h"

namespace orrery::traceql {
namespace {

constexpr size_t kAllTraces = SIZE_MAX;
const Field kAnyField = Field::Of(contracts::Intrinsic::kName);  // Takes the evaluator to a span.

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<bool> MetricsRun::HasColumns(const MetricsPlan& plan) {
  if (!plan.columns || plan.anywhere.empty()) return plan.columns;
  ORRERY_ASSIGN_OR_RETURN(const auto names, store_.FindTagNames(intervals_.range(), context_));
  return std::none_of(plan.anywhere.begin(), plan.anywhere.end(), [&](const Field& field) {
    const std::string& name = field.attribute.name;
    return Contains(names.event, name) || Contains(names.link, name);
  });
}

Status MetricsRun::CountColumns(const MetricsQuery& query, const MetricsPlan& plan,
                                MetricsGroups& groups, ExemplarPicker& picker) {
  std::vector<contracts::FieldRef> fields;
  fields.reserve(plan.fields.size());
  for (const Field& field : plan.fields) fields.push_back(RefOf(field));
  // The query's text, and which of its pipelines this is.
  const std::string text = Print(query_) + "\n" + std::to_string(counted_++);
  MetricsKeeper keeper(
      {query.call, plan.conditions, plan.fields, evaluator_, intervals_, groups, picker}, text,
      max_exemplars_);
  const auto visit = [&](const contracts::SpanColumns& columns) { return keeper.Add(columns); };
  ORRERY_RETURN_IF_ERROR(
      store_.ScanParts(plan.sieve, intervals_.range(), fields, keeper, context_, visit));
  return keeper.status();
}

// What a visitor of traces does with the spans that survive the pipeline.
template <typename Visit>
auto MetricsRun::TraceVisitor(const Pipeline& pipeline, Status& fault, const Visit& visit) {
  return [&, this](TraceView& trace) {
    PipelineRun run(query_, evaluator_, trace);
    const std::vector<Spanset> spansets = run.Run(pipeline);
    for (const Spanset& spanset : spansets) {
      for (const uint32_t span : spanset.spans) {
        const size_t interval = intervals_.Find(trace.span(span).start);
        if (interval == Intervals::kOutside) continue;
        if (!visit(trace, span, interval)) return false;
      }
    }
    fault = run.status();
    return fault.ok();
  };
}

template <typename Visit>
Status MetricsRun::VisitSpans(const MetricsQuery& query, const MetricsPlan& plan,
                              const contracts::WantedFields& wanted, const Visit& visit) {
  Status fault;
  const auto visit_trace = TraceVisitor(query.pipeline, fault, visit);
  ORRERY_RETURN_IF_ERROR(ScanTraces(store_, plan.sieve, wanted, intervals_.range(), kAllTraces,
                                    context_, visit_trace));
  return fault;
}

template <typename Visit>
Status MetricsRun::VisitSpansOf(const std::vector<model::TraceId>& ids, const Pipeline& pipeline,
                                const Visit& visit) {
  Status fault;
  const auto visit_trace = TraceVisitor(pipeline, fault, visit);
  const auto visit_batch = [&](const model::SpanBatch& batch) {
    if (batch.spans.empty()) return true;
    TraceView trace(batch);
    return visit_trace(trace);
  };
  ORRERY_RETURN_IF_ERROR(store_.ReadTraces(ids, {}, context_, visit_batch));
  return fault;
}

Status MetricsRun::CountTraces(const MetricsQuery& query, const MetricsPlan& plan,
                               MetricsGroups& groups, ExemplarPicker& picker) {
  const std::vector<Field>& fields = plan.fields;
  std::vector<Value> by(query.call.by.size());
  const auto visit = [&](TraceView& trace, uint32_t span, size_t interval) {
    const Field& first = query.call.field ? *query.call.field : kAnyField;
    const Value measured = evaluator_.Get(first, trace, span);
    for (size_t i = 0; i < by.size(); ++i) {
      by[i] = FirstOf(query.call.by[i], [&](const Field& f) { return evaluator_.GetAlso(f); });
    }
    const uint32_t group = groups.GroupOf(by);
    groups.Add(group, interval, measured);
    const model::Span& of = trace.span(span);
    if (IsCounted(query.call, measured) && picker.Wants(of.trace_id, of.start)) {
      picker.Add({group, interval, query.call.field ? MeasureOf(query.call, measured) : 0,
                  of.trace_id, ExemplarOf(of.trace_id, of.start, fields, [&](const Field& f) {
                    return evaluator_.GetAlso(f);
                  })});
    }
    return groups.status().ok();
  };
  return VisitSpans(query, plan, WantedOf(fields), visit);
}

Status MetricsRun::CompareColumns(const MetricsQuery& query, const MetricsPlan& plan,
                                  MetricsCompare& compare, std::vector<model::TraceId>& apart) {
  std::vector<contracts::FieldRef> fields;
  fields.reserve(plan.fields.size());
  for (const Field& field : plan.fields) fields.push_back(RefOf(field));
  ColumnFilter filter(plan.conditions, evaluator_);
  ColumnFilter selection({query.call.selection.get()}, evaluator_);
  std::vector<uint32_t> chosen;
  std::vector<uint32_t> places;
  const auto visit = [&](const contracts::SpanColumns& spans,
                         const contracts::ContentsReader& read) {
    ColumnValues columns(spans, plan.fields);
    filter.Begin(columns);
    selection.Begin(columns);
    chosen.clear();
    places.clear();
    for (uint32_t span = 0; span < columns.size(); ++span) {
      const size_t interval = intervals_.Find(columns.start(span));
      if (interval == Intervals::kOutside || !filter.Holds(span)) continue;
      const bool selected = compare.InWindow(columns.start(span)) && selection.Holds(span);
      chosen.push_back(span);
      places.push_back(MetricsCompare::PlaceOf(interval, selected));
    }
    ORRERY_RETURN_IF_ERROR(evaluator_.status());
    if (chosen.empty()) return OkStatus();
    ORRERY_ASSIGN_OR_RETURN(const auto contents, read(chosen));
    compare.Add(contents, places);
    return OkStatus();
  };
  return store_.ScanContents(plan.sieve, intervals_.range(), fields, context_, visit, apart);
}

Result<std::vector<MetricsSeries>> MetricsRun::Compare(const MetricsQuery& query,
                                                       const MetricsPlan& plan) {
  MetricsCompare compare(query.call, intervals_);
  const auto visit = [&](TraceView& trace, uint32_t span, size_t interval) {
    const bool selected = compare.InWindow(trace.span(span).start) &&
                          evaluator_.Holds(query.call.selection.get(), trace, span);
    compare.Add(trace, span, interval, selected);
    return evaluator_.status().ok();
  };
  ORRERY_ASSIGN_OR_RETURN(const bool columns, HasColumns(plan));
  if (columns) {
    std::vector<model::TraceId> apart;
    ORRERY_RETURN_IF_ERROR(CompareColumns(query, plan, compare, apart));
    ORRERY_RETURN_IF_ERROR(evaluator_.status());
    ORRERY_RETURN_IF_ERROR(VisitSpansOf(apart, query.pipeline, visit));
  } else {
    ORRERY_RETURN_IF_ERROR(VisitSpans(query, plan, {}, visit));
  }
  ORRERY_RETURN_IF_ERROR(evaluator_.status());
  return compare.Finish();
}

Result<std::vector<MetricsSeries>> MetricsRun::RunQuery(const MetricsQuery& query) {
  const MetricsPlan plan = PlanMetrics(query);
  if (plan.never) return std::vector<MetricsSeries>();
  if (query.call.function == MetricsFunction::kCompare) return Compare(query, plan);
  MetricsGroups groups(query.call, intervals_);
  ExemplarPicker picker(intervals_, max_exemplars_);
  ORRERY_ASSIGN_OR_RETURN(const bool columns, HasColumns(plan));
  if (columns) {
    ORRERY_RETURN_IF_ERROR(CountColumns(query, plan, groups, picker));
  } else {
    ORRERY_RETURN_IF_ERROR(CountTraces(query, plan, groups, picker));
  }
  ORRERY_RETURN_IF_ERROR(evaluator_.status());
  ORRERY_RETURN_IF_ERROR(groups.status());
  return groups.Finish(picker.Take());
}

Result<MetricsOperand> MetricsRun::Run(const Metrics& metrics) {
  MetricsOperand result;
  if (const auto* constant = std::get_if<Constant>(&metrics.node)) {
    result.is_number = true;
    result.number = Value::Of(*constant).AsDouble();
  } else if (const auto* query = std::get_if<MetricsQuery>(&metrics.node)) {
    ORRERY_ASSIGN_OR_RETURN(result.series, RunQuery(*query));
    DropEmpty(result.series);
    SortSeries(result.series);
    for (const SecondStage& stage : query->stages) ApplyStage(stage, result.series);
  } else {
    const auto& binary = std::get<MetricsBinary>(metrics.node);
    ORRERY_ASSIGN_OR_RETURN(auto left, Run(*binary.left));
    ORRERY_ASSIGN_OR_RETURN(auto right, Run(*binary.right));
    result = Combine(binary.op, std::move(left), std::move(right));
  }
  return result;
}

}  // namespace orrery::traceql
