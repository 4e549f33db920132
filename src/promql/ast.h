// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "contracts/metric_queryable.h"
#include "promql/lexer.h"

namespace orrery::promql {

enum class ValueType : uint8_t { kScalar, kString, kVector, kMatrix };
// "scalar", "string", "instant vector", "range vector".
std::string_view DescribeType(ValueType type);

enum class BinaryOp : uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kAtan2,
  kEqual,
  kNotEqual,
  kLess,
  kGreater,
  kLessEqual,
  kGreaterEqual,
  kAnd,
  kOr,
  kUnless,
};
std::string_view OpText(BinaryOp op);
bool IsComparison(BinaryOp op);
bool IsSetOp(BinaryOp op);

enum class AggregateOp : uint8_t {
  kSum,
  kAvg,
  kMin,
  kMax,
  kCount,
  kGroup,
  kStddev,
  kStdvar,
  kTopk,
  kBottomk,
  kQuantile,
  kCountValues,
  kLimitk,
  kLimitRatio,
};
std::string_view AggregateName(AggregateOp op);
bool TakesParameter(AggregateOp op);

struct Function;  // function_table.h
struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

// `offset` and `@`, which selectors and subqueries have.
struct TimeShift {
  enum class Anchor : uint8_t { kNone, kTime, kStart, kEnd };

  int64_t offset_ms = 0;
  std::string offset_text;  // When it is more than one literal.
  Anchor anchor = Anchor::kNone;
  int64_t at_ms = 0;  // Of kTime.
};

struct NumberLiteral {
  double value = 0;
  bool is_duration = false;
};

struct StringLiteral {
  std::string value;
};

struct VectorSelector {
  std::string name;  // As written before the braces, or as first element within.
  std::vector<contracts::LabelMatcher> matchers;  // The name among them.
  TimeShift shift;
};

struct MatrixSelector {
  VectorSelector selector;
  Span selector_span;
  int64_t range_ms = 0;
  std::string range_text;  // When it is more than one literal.
};

struct Subquery {
  ExprPtr expr;
  int64_t range_ms = 0;
  int64_t step_ms = 0;     // 0: the engine's default.
  std::string range_text;  // When they are more than one literal.
  std::string step_text;
  TimeShift shift;
};

struct Call {
  const Function* function = nullptr;
  std::vector<ExprPtr> args;
};

struct Aggregate {
  AggregateOp op = AggregateOp::kSum;
  ExprPtr parameter;  // Null when the operator has none.
  ExprPtr expr;
  std::vector<std::string> grouping;
  bool without = false;
};

struct Matching {
  enum class Card : uint8_t { kOneToOne, kManyToOne, kOneToMany, kManyToMany };

  Card card = Card::kOneToOne;
  bool on = false;
  std::vector<std::string> labels;
  std::vector<std::string> include;
};

struct Binary {
  BinaryOp op = BinaryOp::kAdd;
  ExprPtr lhs;
  ExprPtr rhs;
  bool return_bool = false;
  Matching matching;
};

struct Unary {
  bool negative = false;
  ExprPtr expr;
};

struct Paren {
  ExprPtr expr;
};

// A query or a part of it.
// Life: a tree; moved, not copied.
struct Expr {
  std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector, Subquery, Call,
               Aggregate, Binary, Unary, Paren>
      node;
  Span span;
};

// Limits that keep recursion and memory in bounds.
inline constexpr size_t kMaxQueryBytes = 1 << 20;
inline constexpr int kMaxDepth = 200;

ValueType TypeOf(const Expr& expr);
// Whether the value cannot depend on the step, since every selector has an `@`.
bool IsSameAtAllSteps(const Expr& expr);
// The expression within any number of parentheses.
const Expr& Unwrapped(const Expr& expr);

}  // namespace orrery::promql
