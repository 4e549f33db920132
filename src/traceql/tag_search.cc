// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "traceql/answer.h"
#include "traceql/engine.h"
#include "traceql/evaluate.h"
#include "traceql/sieve.h"
#include "traceql/tag_filter.h"
#include "traceql/trace_scan.h"

// The part of the engine that lists tags and their values.

namespace orrery::traceql {
namespace {

using contracts::AttributeScope;
using contracts::Intrinsic;
using contracts::TagValue;

constexpr size_t kScanStep = 64;  // Traces read first when a filter has to be evaluated.

TagText ToText(const Value& value) {
  switch (value.type) {
    case Type::kBool:
      return {"bool", value.number != 0 ? "true" : "false"};
    case Type::kInt:
      return {"int", std::to_string(value.number)};
    case Type::kFloat:
      return {"float", FormatFloat(value.real)};
    case Type::kDuration:
      return {"duration", FormatDuration(value.number)};
    case Type::kStatus:
      return {"keyword", std::string(StatusName(value.number))};
    case Type::kKind:
      return {"keyword", std::string(KindName(value.number))};
    default:
      return {"string", std::string(value.text)};
  }
}

Value ToValue(const TagValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return Value::Bool(*flag);
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return Value::Number(Type::kInt, *number);
  }
  if (const auto* real = std::get_if<double>(&value)) return Value::Float(*real);
  return Value::String(std::get<std::string>(value));
}

// The values that need no data, for the fields that have such.
bool FixedValues(const Field& field, std::vector<TagText>* values) {
  if (field.kind != Field::Kind::kIntrinsic) return false;
  const Type type = TypeOf(field);
  if (type == Type::kStatus) {
    for (int i = 0; i < 3; ++i) values->push_back({"keyword", std::string(StatusName(i))});
  } else if (type == Type::kKind) {
    for (int i = 0; i < 6; ++i) values->push_back({"keyword", std::string(KindName(i))});
  }
  return type == Type::kStatus || type == Type::kKind || type == Type::kDuration;
}

// The fields to look at: a name without a scope means spans and resources here.
std::vector<Field> Spread(const Field& field) {
  const bool any = field.kind == Field::Kind::kAttribute && !field.of_parent &&
                   field.attribute.scope == AttributeScope::kAny;
  if (!any) return {field};
  return {Field::Of(AttributeScope::kSpan, field.attribute.name),
          Field::Of(AttributeScope::kResource, field.attribute.name)};
}

bool IsTraceWide(const Field& field) {
  return field.kind == Field::Kind::kIntrinsic && field.intrinsic >= Intrinsic::kChildCount;
}

// A set that says when it is full.
template <typename T>
class Limited {
 public:
  explicit Limited(size_t limit) : limit_(limit) {}
  void Add(T value) {
    if (!full()) values_.insert(std::move(value));
  }
  bool full() const { return limit_ != 0 && values_.size() >= limit_; }
  std::vector<T> Take() { return {values_.begin(), values_.end()}; }

 private:
  const size_t limit_;
  std::set<T> values_;
};

void AddValue(const Value& value, Limited<TagText>& values) {
  if (value.type == Type::kArray) {
    for (const Value& item : value.items) AddValue(item, values);
  } else if (value.type != Type::kNil && value.type != Type::kOther) {
    values.Add(ToText(value));
  }
}

struct ScopedNames {
  explicit ScopedNames(size_t limit)
      : span(limit), resource(limit), event(limit), link(limit), instrumentation(limit) {}

  using Names = Limited<std::string>;
  Names span, resource, event, link, instrumentation;

  static void Add(const model::SpanBatch& batch, model::IndexRange list, Names& names) {
    for (const model::Attribute& attribute : batch.Attributes(list)) {
      names.Add(std::string(attribute.key));
    }
  }
  void Add(const model::SpanBatch& batch, const model::Span& of) {
    Add(batch, of.attributes, span);
    Add(batch, batch.ResourceOf(of).attributes, resource);
    Add(batch, batch.ScopeOf(of).attributes, instrumentation);
    for (const model::Event& e : batch.Events(of)) Add(batch, e.attributes, event);
    for (const model::Link& l : batch.Links(of)) Add(batch, l.attributes, link);
  }
  contracts::TagNames Take() {
    return {span.Take(), resource.Take(), event.Take(), link.Take(), instrumentation.Take()};
  }
};

void Cut(std::vector<std::string>& names, size_t limit) {
  if (limit != 0 && names.size() > limit) names.resize(limit);
}

}  // namespace

Result<contracts::TagNames> Engine::FindTagNames(std::string_view filter,
                                                 const model::TimeRange& range, size_t limit,
                                                 contracts::QueryContext& context) const {
  const Query query = ReadTagFilter(filter);
  const FieldExpr* condition = ConditionOf(query);
  if (condition == nullptr) {
    ORRERY_ASSIGN_OR_RETURN(auto names, store_.FindTagNames(range, context));
    for (auto* list :
         {&names.span, &names.resource, &names.event, &names.link, &names.instrumentation}) {
      Cut(*list, limit);
    }
    return names;
  }
  ScopedNames names(limit);
  Evaluator evaluator(query);
  const auto visit = [&](TraceView& trace) {
    for (uint32_t i = 0; i < trace.size(); ++i) {
      if (evaluator.Holds(condition, trace, i)) names.Add(trace.batch(), trace.span(i));
    }
    return evaluator.status().ok();
  };
  ORRERY_RETURN_IF_ERROR(
      ScanTraces(store_, SieveOf(condition), {}, range, kScanStep, context, visit));
  ORRERY_RETURN_IF_ERROR(evaluator.status());
  return names.Take();
}

Result<std::vector<TagText>> Engine::FindTagValues(const Field& field, std::string_view filter,
                                                   const model::TimeRange& range, size_t limit,
                                                   contracts::QueryContext& context) const {
  std::vector<TagText> fixed;
  if (FixedValues(field, &fixed)) return fixed;
  const Query query = ReadTagFilter(filter);
  const FieldExpr* condition = ConditionOf(query);
  if (const Constant* pinned = PinnedValue(condition, field)) {
    return std::vector<TagText>{ToText(Value::Of(*pinned))};
  }
  Limited<TagText> values(limit);
  if (condition == nullptr && !IsTraceWide(field)) {
    for (const Field& each : Spread(field)) {
      contracts::FieldRef ref = each.attribute;
      if (each.kind == Field::Kind::kIntrinsic) ref = each.intrinsic;
      ORRERY_ASSIGN_OR_RETURN(const auto found, store_.FindTagValues(ref, range, limit, context));
      for (const TagValue& value : found) AddValue(ToValue(value), values);
    }
    return values.Take();
  }
  Evaluator evaluator(query);
  const auto visit = [&](TraceView& trace) {
    for (uint32_t i = 0; i < trace.size() && !values.full(); ++i) {
      if (!evaluator.Holds(condition, trace, i)) continue;
      for (const Field& each : Spread(field)) {
        const Value value = evaluator.Get(each, trace, i);
        // An intrinsic without a text has none; stores do not list it either.
        const bool unset = field.kind == Field::Kind::kIntrinsic && value.type == Type::kString &&
                           value.text.empty();
        if (!unset) AddValue(value, values);
      }
    }
    return !values.full() && evaluator.status().ok();
  };
  std::vector<Field> fields = FieldsOf(condition);
  fields.push_back(field);
  ORRERY_RETURN_IF_ERROR(
      ScanTraces(store_, SieveOf(condition), WantedOf(fields), range, kScanStep, context, visit));
  ORRERY_RETURN_IF_ERROR(evaluator.status());
  return values.Take();
}

}  // namespace orrery::traceql
