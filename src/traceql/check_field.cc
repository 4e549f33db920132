// SPDX-License-Identifier: Apache-2.0
#include "traceql/check_field.h"

#include <algorithm>

#include "traceql/printer.h"
#include "traceql/regex.h"
#include "traceql/source_error.h"

namespace orrery::traceql {
namespace {

bool Allows(Op op, Type type) {
  if (type == Type::kAttribute) return true;
  switch (op) {
    case Op::kAnd:
    case Op::kOr:
      return type == Type::kBool;
    case Op::kEqual:
    case Op::kNotEqual:
      return true;
    case Op::kRegex:
    case Op::kNotRegex:
      return type == Type::kString;
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return IsNumber(type) || type == Type::kString;
    default:
      return IsNumber(type);
  }
}

bool Fit(Type a, Type b) {
  return a == b || a == Type::kAttribute || b == Type::kAttribute || (IsNumber(a) && IsNumber(b));
}

std::string Article(Type type) {
  const std::string_view name = TypeName(type);
  const bool vowel = std::string_view("aeiou").find(name[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + std::string(name);
}

struct ReferencesSpan {
  bool operator()(const Constant&) const { return false; }
  bool operator()(const Field&) const { return true; }
  bool operator()(const Unary& unary) const { return std::visit(*this, unary.operand->node); }
  bool operator()(const Binary& binary) const {
    return std::visit(*this, binary.left->node) || std::visit(*this, binary.right->node);
  }
  bool operator()(const Junction& junction) const {
    return std::any_of(junction.terms.begin(), junction.terms.end(),
                       [&](const FieldExprPtr& term) { return std::visit(*this, term->node); });
  }
};

}  // namespace

void FieldChecker::Fail(size_t offset, std::string_view message) {
  if (!failed()) status_ = InvalidArgument(DescribeError(source_, offset, message));
}

void FieldChecker::FailUnsupported(size_t offset, std::string_view what) {
  if (failed()) return;
  status_ =
      Unimplemented(DescribeError(source_, offset, std::string(what) + " is not yet supported"));
}

void FieldChecker::CheckCondition(const FieldExpr* condition) {
  if (condition == nullptr || failed()) return;
  const Type type = TypeOfExpr(*condition);
  if (type != Type::kBool && type != Type::kAttribute) {
    Fail(condition->offset, "a span filter needs a condition, but this is " + Article(type) +
                                "; compare it, as in " + Print(*condition) + " = ...");
  }
}

void FieldChecker::CheckNumber(const FieldExpr& expr) {
  const Type type = TypeOfExpr(expr);
  if (!IsNumber(type) && type != Type::kAttribute) {
    Fail(expr.offset, "an aggregate takes a number, but this is " + Article(type));
  }
}

void FieldChecker::CheckReferencesSpan(const FieldExpr& expr, std::string_view function) {
  if (std::visit(ReferencesSpan(), expr.node)) return;
  Fail(expr.offset, std::string(function) +
                        "() of a constant says nothing about the spans; name an "
                        "attribute or an intrinsic");
}

void FieldChecker::CheckSupported(const Field& field, size_t offset) {
  if (field.of_parent || field.kind == Field::Kind::kParent) {
    FailUnsupported(offset, "'" + ToText(field) + "'");
  }
}

Type FieldChecker::TypeOfExpr(const FieldExpr& expr) {
  if (const auto* constant = std::get_if<Constant>(&expr.node)) return constant->type;
  if (const auto* field = std::get_if<Field>(&expr.node)) {
    CheckSupported(*field, expr.offset);
    return TypeOf(*field);
  }
  if (const auto* unary = std::get_if<Unary>(&expr.node)) return TypeOfUnary(*unary, expr.offset);
  if (const auto* binary = std::get_if<Binary>(&expr.node)) {
    return TypeOfBinary(*binary, expr.offset);
  }
  const auto& junction = std::get<Junction>(expr.node);
  for (const FieldExprPtr& term : junction.terms) {
    CheckOperand(junction.op, TypeOfExpr(*term), *term);
  }
  return Type::kBool;
}

Type FieldChecker::TypeOfUnary(const Unary& unary, size_t offset) {
  const Type type = TypeOfExpr(*unary.operand);
  if (unary.op == Op::kNot) {
    if (type != Type::kBool && type != Type::kAttribute) {
      Fail(offset, "'!' takes true or false, but this is " + Article(type));
    }
    return Type::kBool;
  }
  if (!IsNumber(type) && type != Type::kAttribute) {
    Fail(offset, "'-' takes a number, but this is " + Article(type));
  }
  return type;
}

void FieldChecker::CheckOperand(Op op, Type type, const FieldExpr& operand) {
  if (Allows(op, type)) return;
  Fail(operand.offset, "'" + std::string(OpText(op)) + "' cannot be used on " + Article(type) +
                           (op == Op::kAnd || op == Op::kOr ? "; it joins conditions" : ""));
}

void FieldChecker::CheckNilComparison(const Binary& binary) {
  const FieldExpr& other = binary.left->IsNil() ? *binary.right : *binary.left;
  const auto* field = std::get_if<Field>(&other.node);
  if (field == nullptr) return;
  CheckSupported(*field, other.offset);
  if (binary.op != Op::kEqual) return;
  const bool service_name =
      *field == Field::Of(contracts::AttributeScope::kResource, "service.name");
  if (field->kind == Field::Kind::kIntrinsic || service_name) {
    Fail(other.offset, "'" + ToText(*field) + "' is never nil");
  }
}

void FieldChecker::CheckRegex(const Binary& binary) {
  const auto* pattern = std::get_if<Constant>(&binary.right->node);
  if (pattern == nullptr || pattern->type != Type::kString) return;
  const auto regex = Regex::Compile(pattern->text);
  if (!regex.ok()) {
    Fail(binary.right->offset, "bad regular expression: " + std::string(regex.status().message()));
  }
}

Type FieldChecker::TypeOfBinary(const Binary& binary, size_t offset) {
  if (binary.left->IsNil() || binary.right->IsNil()) {
    CheckNilComparison(binary);
    for (const auto* side : {&binary.left, &binary.right}) {
      if (!(*side)->IsNil()) TypeOfExpr(**side);
    }
    return Type::kBool;
  }
  const Type left = TypeOfExpr(*binary.left);
  const Type right = TypeOfExpr(*binary.right);
  CheckOperand(binary.op, left, *binary.left);
  CheckOperand(binary.op, right, *binary.right);
  if (!Fit(left, right)) {
    Fail(offset, Article(left) + " cannot be compared with " + Article(right));
  }
  if (binary.op == Op::kRegex || binary.op == Op::kNotRegex) CheckRegex(binary);
  if (IsComparison(binary.op)) return Type::kBool;
  if (left == Type::kAttribute) return right;
  if (left == Type::kInt && (right == Type::kFloat || right == Type::kDuration)) return right;
  return left;
}

}  // namespace orrery::traceql
