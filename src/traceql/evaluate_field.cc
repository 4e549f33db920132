// SPDX-License-Identifier: Apache-2.0
#include "traceql/evaluate.h"
#include "traceql/model_value.h"

// The part of the evaluator that finds the values of fields.

namespace orrery::traceql {

using contracts::AttributeScope;
using contracts::Intrinsic;

Value Evaluator::Id(std::string hex) {
  Value value = Value::String(texts_.emplace_back(std::move(hex)));
  value.is_id = true;
  return value;
}

Value Evaluator::FromModel(const model::Value& value) {
  if (value.type() != model::Value::Type::kArray) return ScalarOf(value);
  std::vector<Value> items;
  Collect(items, &value);
  return Value::Array(arrays_.emplace_back(std::move(items)));
}

// Arrays are taken apart, one level deep; deeper ones cannot be compared with anything.
void Evaluator::Collect(std::vector<Value>& values, const model::Value* value) {
  if (value == nullptr) return;
  if (value->type() != model::Value::Type::kArray) {
    const Value one = FromModel(*value);
    if (one.type != Type::kNil) values.push_back(one);
    return;
  }
  for (const model::Value& item : trace_->batch().Items(*value)) {
    const bool nested = item.type() == model::Value::Type::kArray;
    values.push_back(nested ? Value::Number(Type::kOther, 0) : FromModel(item));
  }
}

Value Evaluator::Collected(std::vector<Value> values) {
  if (values.empty()) return {};
  if (values.size() == 1) return values[0];
  return Value::Array(arrays_.emplace_back(std::move(values)));
}

Value Evaluator::GetField(const Field& field) {
  if (source_ != nullptr) return source_->Get(field);
  if (field.kind == Field::Kind::kIntrinsic) return GetIntrinsic(field.intrinsic);
  if (field.kind == Field::Kind::kParent || field.of_parent) return {};
  return GetAttribute(field.attribute.scope, field.attribute.name);
}

Value Evaluator::GetIntrinsic(Intrinsic intrinsic) {
  const model::SpanBatch& batch = trace_->batch();
  const model::Span& span = trace_->span(span_);
  switch (intrinsic) {
    case Intrinsic::kName:
      return Value::String(span.name);
    case Intrinsic::kDuration:
      return Value::Number(Type::kDuration, static_cast<int64_t>(span.duration_nanos()));
    case Intrinsic::kStatus:
      return Value::Number(Type::kStatus, span.status_code);
    case Intrinsic::kStatusMessage:
      return Value::String(span.status_message);
    case Intrinsic::kKind:
      return Value::Number(Type::kKind, span.kind);
    case Intrinsic::kSpanId:
      return Id(model::ToHex(span.span_id));
    case Intrinsic::kParentId:
      return Id(span.parent_span_id.IsZero() ? "" : model::ToHex(span.parent_span_id));
    case Intrinsic::kTraceId:
      return Id(model::ToHex(span.trace_id));
    case Intrinsic::kInstrumentationName:
      return Value::String(batch.ScopeOf(span).name);
    case Intrinsic::kInstrumentationVersion:
      return Value::String(batch.ScopeOf(span).version);
    case Intrinsic::kTraceDuration:
      return Value::Number(Type::kDuration, static_cast<int64_t>(trace_->duration_nanos()));
    case Intrinsic::kRootName:
      return Value::String(trace_->root_name());
    case Intrinsic::kRootService:
      return Value::String(trace_->root_service());
    default:
      break;
  }
  std::vector<Value> values;
  for (const model::Event& event : batch.Events(span)) {
    if (intrinsic == Intrinsic::kEventName) values.push_back(Value::String(event.name));
    if (intrinsic == Intrinsic::kEventTimeSinceStart) {
      values.push_back(
          Value::Number(Type::kDuration, static_cast<int64_t>(event.time - span.start)));
    }
  }
  for (const model::Link& link : batch.Links(span)) {
    if (intrinsic == Intrinsic::kLinkTraceId)
      values.push_back(Id(model::BytesToHex(link.trace_id)));
    if (intrinsic == Intrinsic::kLinkSpanId) values.push_back(Id(model::BytesToHex(link.span_id)));
  }
  return values.empty() ? GetTreeNumber(intrinsic) : Collected(std::move(values));
}

Value Evaluator::GetTreeNumber(Intrinsic intrinsic) {
  switch (intrinsic) {
    case Intrinsic::kChildCount:
      return Value::Number(Type::kInt, trace_->tree().child_count[span_]);
    case Intrinsic::kNestedSetLeft:
      return Value::Number(Type::kInt, trace_->tree().left[span_]);
    case Intrinsic::kNestedSetRight:
      return Value::Number(Type::kInt, trace_->tree().right[span_]);
    case Intrinsic::kNestedSetParent:
      return Value::Number(Type::kInt, trace_->tree().nested_parent[span_]);
    default:
      return {};
  }
}

Value Evaluator::GetAttribute(AttributeScope scope, std::string_view name) {
  const model::SpanBatch& batch = trace_->batch();
  const model::Span& span = trace_->span(span_);
  const auto get = [&](model::IndexRange list) {
    const model::Value* value = batch.Find(list, name);
    return value == nullptr ? Value() : FromModel(*value);
  };
  switch (scope) {
    case AttributeScope::kSpan:
      return get(span.attributes);
    case AttributeScope::kResource:
      return get(batch.ResourceOf(span).attributes);
    case AttributeScope::kEvent:
      return GetOfEvents(name);
    case AttributeScope::kLink:
      return GetOfLinks(name);
    case AttributeScope::kInstrumentation:
      return get(batch.ScopeOf(span).attributes);
    case AttributeScope::kAny:
      break;
  }
  for (const auto each : {AttributeScope::kSpan, AttributeScope::kResource, AttributeScope::kEvent,
                          AttributeScope::kLink, AttributeScope::kInstrumentation}) {
    const Value value = GetAttribute(each, name);
    if (value.type != Type::kNil) return value;
  }
  return {};
}

Value Evaluator::GetOfEvents(std::string_view name) {
  std::vector<Value> values;
  for (const model::Event& event : trace_->batch().Events(trace_->span(span_))) {
    Collect(values, trace_->batch().Find(event.attributes, name));
  }
  return Collected(std::move(values));
}

Value Evaluator::GetOfLinks(std::string_view name) {
  std::vector<Value> values;
  for (const model::Link& link : trace_->batch().Links(trace_->span(span_))) {
    Collect(values, trace_->batch().Find(link.attributes, name));
  }
  return Collected(std::move(values));
}

}  // namespace orrery::traceql
