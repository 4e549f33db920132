// SPDX-License-Identifier: Apache-2.0
#include "traceql/plan.h"

#include <algorithm>
#include <utility>

#include "traceql/answer.h"
#include "traceql/metrics_fields.h"
#include "traceql/sieve.h"

namespace orrery::traceql {
namespace {

void AddNew(const std::vector<Field>& from, std::vector<Field>& to) {
  for (const Field& field : from) {
    if (std::find(to.begin(), to.end(), field) == to.end()) to.push_back(field);
  }
}

// The conditions of a pipeline of span filters alone; false when it is more than that.
bool TakeConditions(const Pipeline& pipeline, std::vector<const FieldExpr*>& conditions) {
  for (const Stage& stage : pipeline.stages) {
    if (std::holds_alternative<Select>(stage.node)) continue;
    const auto* expr = std::get_if<SpansetExprPtr>(&stage.node);
    const auto* filter = expr == nullptr ? nullptr : std::get_if<SpansetFilter>(&(*expr)->node);
    if (filter == nullptr) return false;
    conditions.push_back(filter->condition.get());
  }
  return true;
}

bool AreColumns(const std::vector<Field>& fields) {
  return std::all_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.kind != Field::Kind::kParent && !field.of_parent &&
           contracts::IsScannable(RefOf(field));
  });
}

bool IsAnywhere(const Field& field) {
  return field.kind == Field::Kind::kAttribute && !field.of_parent &&
         field.attribute.scope == contracts::AttributeScope::kAny;
}

bool DecidedBySpans(const MetricsQuery& query, MetricsPlan& plan) {
  if (!TakeConditions(query.pipeline, plan.conditions)) return false;
  plan.fields = AllFieldsOf(query.pipeline);
  std::vector<const FieldExpr*> tests = plan.conditions;
  if (query.call.selection != nullptr) {
    tests.push_back(query.call.selection.get());
    AddNew(AllFieldsOf(query.call.selection.get()), plan.fields);
  }
  const std::vector<Field> looked_at = FieldsOf(query.call);
  const Field place = Field::Of(contracts::Intrinsic::kNestedSetParent);
  const bool places = std::find(looked_at.begin(), looked_at.end(), place) != looked_at.end();
  if (!AreColumns(plan.fields) || !AreColumns(looked_at) || places || !TellsRootsAlone(tests)) {
    return false;
  }
  AddNew(looked_at, plan.fields);
  return true;
}

}  // namespace

contracts::FieldRef RefOf(const Field& field) {
  if (field.kind == Field::Kind::kIntrinsic) return field.intrinsic;
  return field.attribute;
}

SearchPlan PlanSearch(const Pipeline& pipeline) {
  SearchPlan plan;
  plan.never = IsNever(pipeline);
  plan.sieve = SieveOf(pipeline);
  plan.shown = FieldsOf(pipeline);
  plan.wanted = WantedOf(plan.shown);
  return plan;
}

MetricsPlan PlanMetrics(const MetricsQuery& query) {
  MetricsPlan plan;
  plan.never = IsNever(query.pipeline);
  plan.sieve = SieveOf(query.pipeline);
  plan.columns = DecidedBySpans(query, plan);
  if (!plan.columns) {
    plan.conditions.clear();
    plan.fields = AllFieldsOf(query.pipeline);
    AddNew(FieldsOf(query.call), plan.fields);
  }
  std::copy_if(plan.fields.begin(), plan.fields.end(), std::back_inserter(plan.anywhere),
               IsAnywhere);
  return plan;
}

}  // namespace orrery::traceql
