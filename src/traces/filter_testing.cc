// SPDX-License-Identifier: Apache-2.0
#include "traces/filter_testing.h"

#include <functional>
#include <string>
#include <variant>

#include "model/ids.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::Condition;
using contracts::Intrinsic;
using contracts::SpanFilter;
using model::Span;
using model::SpanBatch;
using model::Value;
using Op = Condition::Op;

class Contains final : public contracts::TextPredicate {
 public:
  explicit Contains(std::string part) : part_(std::move(part)) {}
  bool Matches(std::string_view text) const override {
    return text.find(part_) != std::string_view::npos;
  }
  std::string ToText() const override { return "has " + part_; }

 private:
  const std::string part_;
};

template <typename T>
bool Holds(Op op, const T& a, const T& b) {
  return (op == Op::kEqual && a == b) || (op == Op::kNotEqual && a != b) ||
         (op == Op::kLess && a < b) || (op == Op::kLessEqual && a <= b) ||
         (op == Op::kGreater && a > b) || (op == Op::kGreaterEqual && a >= b);
}

bool TextHolds(const Condition& condition, std::string_view text) {
  if (condition.op == Op::kExists) return true;
  if (condition.op == Op::kText) return condition.text->Matches(text);
  const auto* operand = std::get_if<std::string>(&condition.operand);
  return operand != nullptr && Holds<std::string_view>(condition.op, text, *operand);
}

bool NumberHolds(const Condition& condition, double number) {
  if (condition.op == Op::kExists) return true;
  if (const auto* d = std::get_if<double>(&condition.operand)) {
    return Holds(condition.op, number, *d);
  }
  const auto* i = std::get_if<int64_t>(&condition.operand);
  return i != nullptr && Holds(condition.op, number, static_cast<double>(*i));
}

bool IntHolds(const Condition& condition, int64_t number) {
  const auto* i = std::get_if<int64_t>(&condition.operand);
  if (condition.op != Op::kExists && i != nullptr) return Holds(condition.op, number, *i);
  return NumberHolds(condition, static_cast<double>(number));
}

bool ValueHolds(const Condition& condition, const Value& value) {
  switch (value.type()) {
    case Value::Type::kString:
      return TextHolds(condition, value.text());
    case Value::Type::kInt:
      return IntHolds(condition, value.int_value());
    case Value::Type::kDouble:
      return NumberHolds(condition, value.double_value());
    case Value::Type::kBool: {
      const bool* operand = std::get_if<bool>(&condition.operand);
      return condition.op == Op::kExists ||
             (operand != nullptr && Holds(condition.op, value.bool_value(), *operand));
    }
    default:
      return condition.op == Op::kExists;
  }
}

bool ListHolds(const SpanBatch& batch, model::IndexRange list, const std::string& key,
               const Condition& condition) {
  for (const model::Attribute& attribute : batch.Attributes(list)) {
    if (attribute.key == key && ValueHolds(condition, attribute.value)) return true;
  }
  return false;
}

bool AttributeHolds(const SpanBatch& batch, const Span& span, const AttributeRef& ref,
                    const Condition& condition) {
  const auto looks = [&ref](AttributeScope scope) {
    return ref.scope == AttributeScope::kAny || ref.scope == scope;
  };
  const auto holds = [&](model::IndexRange list) {
    return ListHolds(batch, list, ref.name, condition);
  };
  if (looks(AttributeScope::kSpan) && holds(span.attributes)) return true;
  if (looks(AttributeScope::kResource) && holds(batch.ResourceOf(span).attributes)) return true;
  if (looks(AttributeScope::kInstrumentation) && holds(batch.ScopeOf(span).attributes)) return true;
  if (looks(AttributeScope::kEvent)) {
    for (const model::Event& event : batch.Events(span)) {
      if (holds(event.attributes)) return true;
    }
  }
  if (looks(AttributeScope::kLink)) {
    for (const model::Link& link : batch.Links(span)) {
      if (holds(link.attributes)) return true;
    }
  }
  return false;
}

bool IntrinsicHolds(const SpanBatch& batch, const Span& span, Intrinsic intrinsic,
                    const Condition& condition) {
  switch (intrinsic) {
    case Intrinsic::kName:
      return TextHolds(condition, span.name);
    case Intrinsic::kStatusMessage:
      return TextHolds(condition, span.status_message);
    case Intrinsic::kDuration:
      return IntHolds(condition, static_cast<int64_t>(span.duration_nanos()));
    case Intrinsic::kStatus:
      return IntHolds(condition, span.status_code);
    case Intrinsic::kKind:
      return IntHolds(condition, span.kind);
    case Intrinsic::kTraceId:
      return TextHolds(condition, model::ToHex(span.trace_id));
    case Intrinsic::kSpanId:
      return TextHolds(condition, model::ToHex(span.span_id));
    case Intrinsic::kParentId:
      return TextHolds(condition, model::ToHex(span.parent_span_id));
    case Intrinsic::kInstrumentationName:
      return TextHolds(condition, batch.ScopeOf(span).name);
    case Intrinsic::kInstrumentationVersion:
      return TextHolds(condition, batch.ScopeOf(span).version);
    case Intrinsic::kEventName:
    case Intrinsic::kEventTimeSinceStart:
      for (const model::Event& event : batch.Events(span)) {
        if (intrinsic == Intrinsic::kEventName
                ? TextHolds(condition, event.name)
                : IntHolds(condition, static_cast<int64_t>(event.time - span.start))) {
          return true;
        }
      }
      return false;
    case Intrinsic::kLinkTraceId:
    case Intrinsic::kLinkSpanId:
      for (const model::Link& link : batch.Links(span)) {
        const auto id = intrinsic == Intrinsic::kLinkTraceId ? link.trace_id : link.span_id;
        if (TextHolds(condition, model::BytesToHex(id))) return true;
      }
      return false;
    default:
      return false;
  }
}

void SetOperand(const SpanBatch& batch, const Value& value, std::mt19937_64& random,
                Condition& condition) {
  (void)batch;
  switch (value.type()) {
    case Value::Type::kString:
      condition.operand = std::string(value.text());
      break;
    case Value::Type::kBool:
      condition.operand = value.bool_value();
      break;
    case Value::Type::kInt:
      if (random() % 4 == 0) {
        condition.operand = static_cast<double>(value.int_value());
      } else {
        condition.operand = value.int_value();
      }
      break;
    case Value::Type::kDouble:
      condition.operand = value.double_value();
      break;
    default:
      condition.operand = int64_t{1};
      break;
  }
}

void SetIntrinsic(const SpanBatch& batch, const Span& span, std::mt19937_64& random,
                  Condition& condition) {
  const auto intrinsic = static_cast<Intrinsic>(random() % 14);
  condition.field = intrinsic;
  switch (intrinsic) {
    case Intrinsic::kName:
      condition.operand = std::string(span.name);
      break;
    case Intrinsic::kStatusMessage:
      condition.operand = std::string(span.status_message);
      break;
    case Intrinsic::kTraceId:
      condition.operand = model::ToHex(span.trace_id);
      break;
    case Intrinsic::kSpanId:
      condition.operand = model::ToHex(span.span_id);
      break;
    case Intrinsic::kParentId:
      condition.operand = model::ToHex(span.parent_span_id);
      break;
    case Intrinsic::kInstrumentationName:
      condition.operand = std::string(batch.ScopeOf(span).name);
      break;
    case Intrinsic::kEventName:
      condition.operand = std::string(span.events.count == 0 ? "" : batch.Events(span)[0].name);
      break;
    case Intrinsic::kLinkTraceId:
      condition.operand =
          span.links.count == 0 ? "00" : model::BytesToHex(batch.Links(span)[0].trace_id);
      break;
    case Intrinsic::kDuration:
      condition.operand = static_cast<int64_t>(span.duration_nanos());
      break;
    default:
      condition.operand = int64_t{span.kind};
      break;
  }
}

}  // namespace

bool SurelyMatches(const SpanBatch& batch, size_t index, const SpanFilter& filter) {
  const Span& span = batch.spans[index];
  switch (filter.kind) {
    case SpanFilter::Kind::kAll:
      return true;
    case SpanFilter::Kind::kCondition:
      if (const auto* intrinsic = std::get_if<Intrinsic>(&filter.condition.field)) {
        return IntrinsicHolds(batch, span, *intrinsic, filter.condition);
      }
      return AttributeHolds(batch, span, std::get<AttributeRef>(filter.condition.field),
                            filter.condition);
    case SpanFilter::Kind::kAnd:
      for (const SpanFilter& child : filter.children) {
        if (!SurelyMatches(batch, index, child)) return false;
      }
      return true;
    case SpanFilter::Kind::kOr:
      for (const SpanFilter& child : filter.children) {
        if (SurelyMatches(batch, index, child)) return true;
      }
      return false;
  }
  return false;
}

SpanFilter RandomFilter(const SpanBatch& batch, std::mt19937_64& random, int depth) {
  SpanFilter filter;
  const uint64_t choice = random() % 10;
  if (depth < 3 && choice < 3) {
    filter.kind = choice == 0 ? SpanFilter::Kind::kOr : SpanFilter::Kind::kAnd;
    for (uint64_t i = 0; i <= random() % 3; ++i) {
      filter.children.push_back(RandomFilter(batch, random, depth + 1));
    }
    return filter;
  }
  if (choice == 9 && random() % 4 == 0) return filter;  // kAll
  filter.kind = SpanFilter::Kind::kCondition;
  Condition& condition = filter.condition;
  condition.op = static_cast<Op>(random() % 7);
  if (choice < 6 && !batch.spans.empty()) {
    SetIntrinsic(batch, batch.spans[random() % batch.spans.size()], random, condition);
  } else if (!batch.attributes.empty()) {
    const model::Attribute& attribute = batch.attributes[random() % batch.attributes.size()];
    condition.field =
        AttributeRef{static_cast<AttributeScope>(random() % 6), std::string(attribute.key)};
    SetOperand(batch, attribute.value, random, condition);
  }
  if (const auto* text = std::get_if<std::string>(&condition.operand);
      text != nullptr && random() % 3 == 0) {
    condition.op = Op::kText;
    condition.text = std::make_shared<Contains>(text->substr(0, 3));
  }
  return filter;
}

}  // namespace orrery::traces
