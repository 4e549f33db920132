// SPDX-License-Identifier: Apache-2.0
#include "traceql/answer.h"

#include <algorithm>
#include <map>

namespace orrery::traceql {
namespace {

using contracts::Intrinsic;

bool IsAnsweredAnyway(const Field& field) {
  if (field.kind != Field::Kind::kIntrinsic) return false;
  switch (field.intrinsic) {
    case Intrinsic::kName:
    case Intrinsic::kDuration:
    case Intrinsic::kTraceDuration:
    case Intrinsic::kRootName:
    case Intrinsic::kRootService:
    case Intrinsic::kTraceId:
    case Intrinsic::kSpanId:
      return true;
    default:
      return false;
  }
}

class FieldCollector {
 public:
  void Add(const FieldExpr* expr) {
    if (expr == nullptr) return;
    if (const auto* field = std::get_if<Field>(&expr->node)) {
      Add(*field);
    } else if (const auto* unary = std::get_if<Unary>(&expr->node)) {
      Add(unary->operand.get());
    } else if (const auto* binary = std::get_if<Binary>(&expr->node)) {
      Add(binary->left.get());
      Add(binary->right.get());
    } else if (const auto* junction = std::get_if<Junction>(&expr->node)) {
      for (const FieldExprPtr& term : junction->terms) Add(term.get());
    }
  }
  void Add(const Pipeline& pipeline) {
    for (const Stage& stage : pipeline.stages) {
      if (const auto* expr = std::get_if<SpansetExprPtr>(&stage.node)) {
        Add(**expr);
      } else if (const auto* filter = std::get_if<ScalarFilter>(&stage.node)) {
        Add(*filter->left);
        Add(*filter->right);
      } else if (const auto* group = std::get_if<GroupBy>(&stage.node)) {
        Add(group->expression.get());
      } else if (const auto* select = std::get_if<Select>(&stage.node)) {
        for (const Field& field : select->fields) Add(field);
      }
    }
  }

  std::vector<Field> TakeAll() { return std::move(fields_); }
  std::vector<Field> Take() {
    std::erase_if(fields_, IsAnsweredAnyway);
    return TakeAll();
  }

 private:
  void Add(const Field& field) {
    if (std::find(fields_.begin(), fields_.end(), field) == fields_.end()) fields_.push_back(field);
  }
  void Add(const SpansetExpr& expr) {
    if (const auto* filter = std::get_if<SpansetFilter>(&expr.node)) {
      Add(filter->condition.get());
    } else if (const auto* binary = std::get_if<SpansetBinary>(&expr.node)) {
      Add(*binary->left);
      Add(*binary->right);
    } else {
      Add(*std::get<std::unique_ptr<Pipeline>>(expr.node));
    }
  }
  void Add(const ScalarExpr& expr) {
    if (const auto* aggregate = std::get_if<Aggregate>(&expr.node)) Add(aggregate->argument.get());
  }

  std::vector<Field> fields_;
};

std::vector<ServiceStats> CountServices(const TraceView& trace) {
  std::map<std::string_view, ServiceStats> services;
  for (const model::Span& span : trace.batch().spans) {
    const std::string_view name = trace.batch().ServiceName(span);
    ServiceStats& stats = services[name];
    if (stats.spans++ == 0) stats.service = name;
    if (span.status_code == model::kStatusError) ++stats.errors;
  }
  std::vector<ServiceStats> list;
  list.reserve(services.size());
  for (auto& [name, stats] : services) list.push_back(std::move(stats));
  return list;
}

SearchSpan AnswerSpan(TraceView& trace, uint32_t i, const std::vector<Field>& fields,
                      Evaluator& evaluator) {
  const model::Span& span = trace.span(i);
  SearchSpan answer{span.span_id, std::string(span.name), span.start, span.duration_nanos(), {}};
  for (const Field& field : fields) {
    const Value value = evaluator.Get(field, trace, i);
    if (value.type == Type::kNil || value.type == Type::kOther) continue;
    answer.attributes.push_back({AnswerKey(field), ToAnswer(value)});
  }
  return answer;
}

}  // namespace

std::vector<Field> FieldsOf(const Pipeline& pipeline) {
  FieldCollector collector;
  collector.Add(pipeline);
  return collector.Take();
}

std::vector<Field> FieldsOf(const FieldExpr* condition) {
  FieldCollector collector;
  collector.Add(condition);
  return collector.Take();
}

std::vector<Field> AllFieldsOf(const Pipeline& pipeline) {
  FieldCollector collector;
  collector.Add(pipeline);
  return collector.TakeAll();
}

std::vector<Field> AllFieldsOf(const FieldExpr* condition) {
  FieldCollector collector;
  collector.Add(condition);
  return collector.TakeAll();
}

contracts::WantedFields WantedOf(const std::vector<Field>& fields) {
  contracts::WantedFields wanted;
  wanted.all = false;
  for (const Field& field : fields) {
    if (field.kind == Field::Kind::kIntrinsic) wanted.fields.emplace_back(field.intrinsic);
    if (field.kind == Field::Kind::kAttribute) wanted.fields.emplace_back(field.attribute);
  }
  return wanted;
}

SearchTrace AnswerTrace(TraceView& trace, const std::vector<Spanset>& spansets,
                        const std::vector<Field>& fields, size_t spans_per_spanset,
                        Evaluator& evaluator) {
  SearchTrace answer;
  answer.id = trace.span(0).trace_id;
  answer.has_root = trace.root().has_value();
  answer.root_service = trace.root_service();
  answer.root_name = trace.root_name();
  answer.start = trace.start();
  answer.duration_nanos = trace.duration_nanos();
  answer.services = CountServices(trace);
  for (const Spanset& spanset : spansets) {
    SearchSpanset& out = answer.spansets.emplace_back();
    out.matched = spanset.spans.size();
    for (const auto& [key, value] : spanset.attributes) {
      out.attributes.push_back({key, ToAnswer(Value::Of(value))});
    }
    const size_t shown = std::min(spans_per_spanset, spanset.spans.size());
    for (size_t i = 0; i < shown; ++i) {
      out.spans.push_back(AnswerSpan(trace, spanset.spans[i], fields, evaluator));
    }
  }
  return answer;
}

}  // namespace orrery::traceql
