// SPDX-License-Identifier: Apache-2.0
#include "traceql/testing/reference_value.h"

#include <algorithm>
#include <cmath>

#include <re2/re2.h>

namespace orrery::traceql::reference {
namespace {

using contracts::AttributeScope;
using Type = Value::Type;

template <typename T>
bool Ordered(const std::string& op, const T& a, const T& b) {
  if (op == "=") return a == b;
  if (op == "!=") return a != b;
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  if (op == ">") return a > b;
  return a >= b;
}

bool CompareOne(const std::string& op, const Value& a, const Value& b) {
  if (a.IsNumber() && b.IsNumber()) {
    if (op == "=~" || op == "!~") return false;
    if (a.type == Type::kFloat || b.type == Type::kFloat) {
      return Ordered(op, a.AsDouble(), b.AsDouble());
    }
    return Ordered(op, a.number, b.number);
  }
  if (a.type != b.type || a.type == Type::kNil) return false;
  if (a.type == Type::kText) {
    if (op == "=~") return re2::RE2::FullMatch(a.text, b.text);
    if (op == "!~") return !re2::RE2::FullMatch(a.text, b.text);
    return Ordered(op, a.text, b.text);
  }
  if (op == "=") return a.number == b.number;
  return op == "!=" && a.number != b.number;
}

// The generator never puts two arrays beside each other.
bool Compare(const std::string& op, const Value& a, const Value& b) {
  const bool negated = op == "!=" || op == "!~";
  const Value& array = a.type == Type::kArray ? a : b;
  if (array.type != Type::kArray) return CompareOne(op, a, b);
  for (const Value& item : array.items) {
    const bool holds = &array == &a ? CompareOne(op, item, b) : CompareOne(op, a, item);
    if (holds && !negated) return true;
    if (!holds && negated) return false;
  }
  return negated;
}

Value Compute(const std::string& op, const Value& a, const Value& b) {
  if (!a.IsNumber() || !b.IsNumber()) return Of(Type::kBool, 0);
  if (a.type == Type::kInt && b.type == Type::kInt) {
    if (op == "+") return Of(Type::kInt, a.number + b.number);
    if (op == "-") return Of(Type::kInt, a.number - b.number);
    if (op == "*") return Of(Type::kInt, a.number * b.number);
    if (op == "/") return Of(Type::kInt, a.number / b.number);
    return Of(Type::kInt, a.number % b.number);
  }
  const double x = a.AsDouble();
  const double y = b.AsDouble();
  if (op == "+") return OfFloat(x + y);
  if (op == "-") return OfFloat(x - y);
  if (op == "*") return OfFloat(x * y);
  if (op == "/") return OfFloat(x / y);
  return OfFloat(std::fmod(x, y));
}

Value FromConstant(const Constant& constant) {
  switch (constant.type) {
    case traceql::Type::kBool:
      return Of(Type::kBool, constant.number);
    case traceql::Type::kInt:
      return Of(Type::kInt, constant.number);
    case traceql::Type::kFloat:
      return OfFloat(constant.real);
    case traceql::Type::kString:
      return OfText(constant.text);
    default:
      return {};
  }
}

// No value, one, or an array of them.
Value Collected(std::vector<Value> values) {
  if (values.empty()) return {};
  if (values.size() == 1) return values[0];
  Value array = Of(Type::kArray, 0);
  array.items = std::move(values);
  return array;
}

const CorpusAttribute* Find(const std::vector<CorpusAttribute>& list, AttributeScope scope,
                            const std::string& name) {
  for (const CorpusAttribute& attribute : list) {
    if (attribute.scope == scope && attribute.name == name) return &attribute;
  }
  return nullptr;
}

}  // namespace

Value Of(Type type, int64_t number) { return {type, number, 0, {}, {}}; }
Value OfFloat(double real) { return {Type::kFloat, 0, real, {}, {}}; }
Value OfText(std::string text) { return {Type::kText, 0, 0, std::move(text), {}}; }

Trace::Trace(const CorpusTrace& trace)
    : trace_(trace), left_(size(), 0), right_(size(), 0), parent_left_(size(), 0) {
  int64_t next = 1;
  for (const size_t root : InOrder(-1)) Number(root, -1, next);
}

std::vector<size_t> Trace::InOrder(int parent) const {
  std::vector<size_t> spans;
  for (size_t i = 0; i < size(); ++i) {
    const CorpusSpan& span = trace_.spans[i];
    if (span.parent == parent && !span.parent_missing) spans.push_back(i);
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [&](size_t a, size_t b) { return StartOf(a) < StartOf(b); });
  return spans;
}

void Trace::Number(size_t span, int64_t parent, int64_t& next) {
  left_[span] = next++;
  parent_left_[span] = parent;
  for (const size_t child : InOrder(static_cast<int>(span))) Number(child, left_[span], next);
  right_[span] = next++;
}

bool Trace::IsAncestor(size_t above, size_t below) const {
  for (int at = ParentOf(below); at >= 0; at = ParentOf(static_cast<size_t>(at))) {
    if (static_cast<size_t>(at) == above) return true;
  }
  return false;
}

Value Trace::OfTrace(const std::string& field) const {
  int64_t start = INT64_MAX;
  int64_t end = 0;
  const CorpusSpan* root = nullptr;
  int64_t root_start = 0;
  for (size_t i = 0; i < size(); ++i) {
    const CorpusSpan& span = trace_.spans[i];
    start = std::min(start, StartOf(i));
    end = std::max(end, StartOf(i) + span.duration_nanos);
    const bool is_root = span.parent < 0 && !span.parent_missing;
    if (is_root && (root == nullptr || StartOf(i) < root_start)) {
      root = &span;
      root_start = StartOf(i);
    }
  }
  if (field == "traceDuration") return Of(Type::kDuration, end - start);
  if (root == nullptr) return OfText("");
  return OfText(field == "rootName" ? root->name : root->service);
}

Value Trace::OfAttribute(AttributeScope scope, const std::string& name, size_t at) const {
  const CorpusSpan& span = trace_.spans[at];
  if (scope == AttributeScope::kEvent) {
    std::vector<Value> values;
    for (const CorpusEvent& event : span.events) {
      const auto* found = Find(event.attributes, scope, name);
      if (found != nullptr) values.push_back(FromConstant(found->values[0]));
    }
    return Collected(std::move(values));
  }
  if (scope == AttributeScope::kResource && name == "service.name") return OfText(span.service);
  const auto* found = Find(span.attributes, scope, name);
  if (found == nullptr) return {};
  if (!found->is_array) return FromConstant(found->values[0]);
  Value array = Of(Type::kArray, 0);
  for (const Constant& item : found->values) array.items.push_back(FromConstant(item));
  return array;
}

Value Trace::Get(const std::string& field, size_t at) const {
  const CorpusSpan& span = trace_.spans[at];
  if (field.starts_with("span.")) return OfAttribute(AttributeScope::kSpan, field.substr(5), at);
  if (field.starts_with("resource.")) {
    return OfAttribute(AttributeScope::kResource, field.substr(9), at);
  }
  if (field.starts_with("event.")) return OfAttribute(AttributeScope::kEvent, field.substr(6), at);
  if (field.starts_with(".")) {
    for (const auto scope :
         {AttributeScope::kSpan, AttributeScope::kResource, AttributeScope::kEvent}) {
      Value value = OfAttribute(scope, field.substr(1), at);
      if (value.type != Type::kNil) return value;
    }
    return {};
  }
  if (field == "name") return OfText(span.name);
  if (field == "duration") return Of(Type::kDuration, span.duration_nanos);
  if (field == "status") return Of(Type::kStatus, span.status);
  if (field == "kind") return Of(Type::kKind, span.kind);
  if (field == "statusMessage") return OfText(span.message);
  if (field == "nestedSetLeft") return Of(Type::kInt, left_[at]);
  if (field == "nestedSetRight") return Of(Type::kInt, right_[at]);
  if (field == "nestedSetParent") return Of(Type::kInt, parent_left_[at]);
  if (field == "span:childCount") {
    return Of(Type::kInt,
              std::count_if(trace_.spans.begin(), trace_.spans.end(), [&](const CorpusSpan& other) {
                return !other.parent_missing && other.parent == static_cast<int>(at);
              }));
  }
  if (field == "event:name") {
    std::vector<Value> names;
    names.reserve(span.events.size());
    for (const CorpusEvent& event : span.events) names.push_back(OfText(event.name));
    return Collected(std::move(names));
  }
  return OfTrace(field);
}

Value Evaluate(const Expr& expr, const Trace& trace, size_t span) {
  const auto operand = [&](size_t i) { return Evaluate(expr.operands[i], trace, span); };
  switch (expr.kind) {
    case Expr::Kind::kField:
      return trace.Get(expr.field, span);
    case Expr::Kind::kConstant:
      return expr.constant;
    case Expr::Kind::kNil:
      return Of(Type::kBool, (operand(0).type == Type::kNil) == (expr.op == "=") ? 1 : 0);
    case Expr::Kind::kCompare:
      return Of(Type::kBool, Compare(expr.op, operand(0), operand(1)) ? 1 : 0);
    case Expr::Kind::kArithmetic:
      return Compute(expr.op, operand(0), operand(1));
    case Expr::Kind::kAnd:
      return Of(Type::kBool, operand(0).number != 0 && operand(1).number != 0 ? 1 : 0);
    case Expr::Kind::kOr:
      return Of(Type::kBool, operand(0).number != 0 || operand(1).number != 0 ? 1 : 0);
    case Expr::Kind::kNot:
      break;
  }
  return Of(Type::kBool, operand(0).number == 0 ? 1 : 0);
}

bool Holds(const Expr& expr, const Trace& trace, size_t span) {
  const Value value = Evaluate(expr, trace, span);
  return value.type == Type::kBool && value.number != 0;
}

}  // namespace orrery::traceql::reference
