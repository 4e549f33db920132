// SPDX-License-Identifier: Apache-2.0
#include "promql/ast.h"

#include <algorithm>
#include <array>

#include "promql/function_table.h"

namespace orrery::promql {

std::string_view DescribeType(ValueType type) {
  switch (type) {
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kString:
      return "string";
    case ValueType::kVector:
      return "instant vector";
    case ValueType::kMatrix:
      return "range vector";
  }
  return "";
}

std::string_view OpText(BinaryOp op) {
  constexpr std::array<std::string_view, 16> kTexts = {"+",     "-",   "*",  "/",     "%", "^",
                                                       "atan2", "==",  "!=", "<",     ">", "<=",
                                                       ">=",    "and", "or", "unless"};
  return kTexts[static_cast<size_t>(op)];
}

bool IsComparison(BinaryOp op) { return op >= BinaryOp::kEqual && op <= BinaryOp::kGreaterEqual; }

bool IsSetOp(BinaryOp op) { return op >= BinaryOp::kAnd; }

std::string_view AggregateName(AggregateOp op) {
  constexpr std::array<std::string_view, 14> kNames = {
      "sum",    "avg",  "min",     "max",      "count",        "group",  "stddev",
      "stdvar", "topk", "bottomk", "quantile", "count_values", "limitk", "limit_ratio"};
  return kNames[static_cast<size_t>(op)];
}

bool TakesParameter(AggregateOp op) { return op >= AggregateOp::kTopk; }

ValueType TypeOf(const Expr& expr) {
  struct Visitor {
    ValueType operator()(const NumberLiteral&) const { return ValueType::kScalar; }
    ValueType operator()(const StringLiteral&) const { return ValueType::kString; }
    ValueType operator()(const VectorSelector&) const { return ValueType::kVector; }
    ValueType operator()(const MatrixSelector&) const { return ValueType::kMatrix; }
    ValueType operator()(const Subquery&) const { return ValueType::kMatrix; }
    ValueType operator()(const Call& call) const { return call.function->result; }
    ValueType operator()(const Aggregate&) const { return ValueType::kVector; }
    ValueType operator()(const Binary& binary) const {
      const bool scalars =
          TypeOf(*binary.lhs) == ValueType::kScalar && TypeOf(*binary.rhs) == ValueType::kScalar;
      return scalars ? ValueType::kScalar : ValueType::kVector;
    }
    ValueType operator()(const Unary& unary) const { return TypeOf(*unary.expr); }
    ValueType operator()(const Paren& paren) const { return TypeOf(*paren.expr); }
  };
  return std::visit(Visitor{}, expr.node);
}

bool IsSameAtAllSteps(const Expr& expr) {
  const auto fixed = [](const TimeShift& shift) {
    return shift.anchor != TimeShift::Anchor::kNone;
  };
  struct Visitor {
    decltype(fixed) is_fixed;
    bool operator()(const NumberLiteral&) const { return true; }
    bool operator()(const StringLiteral&) const { return true; }
    bool operator()(const VectorSelector& selector) const { return is_fixed(selector.shift); }
    bool operator()(const MatrixSelector& matrix) const { return is_fixed(matrix.selector.shift); }
    bool operator()(const Subquery& subquery) const { return is_fixed(subquery.shift); }
    bool operator()(const Call& call) const {
      const bool reads_clock = call.args.empty() && call.function->id != FunctionId::kPi;
      if (reads_clock || call.function->id == FunctionId::kTimestamp) return false;
      return std::ranges::all_of(call.args,
                                 [](const ExprPtr& arg) { return IsSameAtAllSteps(*arg); });
    }
    bool operator()(const Aggregate& aggregate) const {
      return IsSameAtAllSteps(*aggregate.expr) &&
             (aggregate.parameter == nullptr || IsSameAtAllSteps(*aggregate.parameter));
    }
    bool operator()(const Binary& binary) const {
      return IsSameAtAllSteps(*binary.lhs) && IsSameAtAllSteps(*binary.rhs);
    }
    bool operator()(const Unary& unary) const { return IsSameAtAllSteps(*unary.expr); }
    bool operator()(const Paren& paren) const { return IsSameAtAllSteps(*paren.expr); }
  };
  return std::visit(Visitor{fixed}, expr.node);
}

const Expr& Unwrapped(const Expr& expr) {
  const Expr* inner = &expr;
  while (const auto* paren = std::get_if<Paren>(&inner->node)) inner = paren->expr.get();
  return *inner;
}

}  // namespace orrery::promql
