// SPDX-License-Identifier: Apache-2.0
#include "traceql/evaluate.h"

#include "traceql/printer.h"
#include "traceql/source_error.h"

namespace orrery::traceql {
namespace {

constexpr size_t kMaxRegexes = 256;  // Patterns that come from data are forgotten beyond this.

}  // namespace

void Evaluator::Begin(TraceView& trace, uint32_t i) {
  source_ = nullptr;
  trace_ = &trace;
  span_ = i;
  texts_.clear();
  arrays_.clear();
}

void Evaluator::Fail(size_t offset, std::string_view message) {
  if (status_.ok()) status_ = InvalidArgument(DescribeError(query_.source, offset, message));
}

Value Evaluator::Evaluate(const FieldExpr& expr, TraceView& trace, uint32_t i) {
  Begin(trace, i);
  return Eval(expr);
}

bool Evaluator::Holds(const FieldExpr* condition, TraceView& trace, uint32_t i) {
  return condition == nullptr || Evaluate(*condition, trace, i).IsTrue();
}

Value Evaluator::Evaluate(const FieldExpr& expr, FieldSource& source) {
  source_ = &source;
  return Eval(expr);
}

Value Evaluator::Get(const Field& field, TraceView& trace, uint32_t i) {
  Begin(trace, i);
  return GetField(field);
}

Value Evaluator::Eval(const FieldExpr& expr) {
  if (const auto* binary = std::get_if<Binary>(&expr.node)) return EvalBinary(*binary, expr);
  if (const auto* field = std::get_if<Field>(&expr.node)) return GetField(*field);
  if (const auto* constant = std::get_if<Constant>(&expr.node)) return Value::Of(*constant);
  if (const auto* junction = std::get_if<Junction>(&expr.node)) return EvalJunction(*junction);
  return EvalUnary(std::get<Unary>(expr.node), expr);
}

Value Evaluator::EvalJunction(const Junction& junction) {
  const bool stop = junction.op == Op::kOr;
  for (const FieldExprPtr& term : junction.terms) {
    if (Eval(*term).IsTrue() == stop) return Value::Bool(stop);
  }
  return Value::Bool(!stop);
}

Value Evaluator::EvalUnary(const Unary& unary, const FieldExpr& expr) {
  Value operand = Eval(*unary.operand);
  if (unary.op == Op::kNot) {
    if (operand.type == Type::kBool) return Value::Bool(operand.number == 0);
    Fail(expr.offset, "'" + Print(expr) + "' expected a boolean, but got " +
                          std::string(TypeName(operand.type)) + "; test it first, as in " +
                          Print(*unary.operand) + " = false");
    return {};
  }
  if (!IsNumber(operand.type)) {
    Fail(expr.offset,
         "'" + Print(expr) + "' expected a number, but got " + std::string(TypeName(operand.type)));
    return {};
  }
  operand.number = static_cast<int64_t>(0 - static_cast<uint64_t>(operand.number));
  operand.real = -operand.real;
  return operand;
}

Value Evaluator::EvalBinary(const Binary& binary, const FieldExpr& expr) {
  const bool left_nil = binary.left->IsNil();
  if (left_nil || binary.right->IsNil()) {
    if (left_nil && binary.right->IsNil()) return Value::Bool(false);
    const Value value = Eval(left_nil ? *binary.right : *binary.left);
    return Value::Bool((value.type == Type::kNil) == (binary.op == Op::kEqual));
  }
  const Value left = Eval(*binary.left);
  const Value right = Eval(*binary.right);
  const Regex* regex = nullptr;
  if (binary.op == Op::kRegex || binary.op == Op::kNotRegex) {
    regex = RegexFor(binary, right);
    if (regex == nullptr) return Value::Bool(false);
  }
  const Outcome outcome = Apply(binary.op, left, right, regex);
  if (outcome.fault != nullptr) Fail(expr.offset, outcome.fault);
  return outcome.value;
}

const Regex* Evaluator::RegexFor(const Binary& binary, const Value& pattern) {
  if (pattern.type != Type::kString) return nullptr;
  auto at = regexes_.find(std::string(pattern.text));
  if (at == regexes_.end()) {
    const bool from_data = !std::holds_alternative<Constant>(binary.right->node);
    if (from_data && regexes_.size() >= kMaxRegexes) regexes_.clear();
    auto regex = Regex::Compile(pattern.text);
    at = regexes_.emplace(pattern.text, regex.ok() ? *std::move(regex) : nullptr).first;
  }
  return at->second.get();
}

}  // namespace orrery::traceql
