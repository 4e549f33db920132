// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "traceql/field.h"
#include "traceql/value.h"

namespace orrery::traceql {

// The tree of a query. Nodes know where they stand in the source, for messages, and how tall they
// are, so that no tree is too tall to be walked or freed by recursion (kMaxHeight).

inline constexpr uint32_t kMaxHeight = 300;
inline constexpr size_t kMaxQueryBytes = 128 << 10;

enum class Op : uint8_t {
  // Of field expressions; comparisons and arithmetic also of scalars.
  kAnd,
  kOr,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kRegex,
  kNotRegex,  // Between spansets: not a sibling.
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kNot,
  kNegate,
  // Between spansets, beside kAnd, kOr and kGreater (child), kLess (parent), kNotRegex.
  kDescendant,
  kAncestor,
  kSibling,
  kNotChild,
  kNotParent,
  kNotDescendant,
  kNotAncestor,
  kUnionChild,
  kUnionParent,
  kUnionDescendant,
  kUnionAncestor,
  kUnionSibling
};

// "&&", "=~", "!>>", ...
std::string_view OpText(Op op);
bool IsComparison(Op op);  // Also =~ and !~.
bool IsArithmetic(Op op);

// Field expressions ------------------------------------------------------------------------------

struct FieldExpr;
using FieldExprPtr = std::unique_ptr<FieldExpr>;

struct Unary {
  Op op;  // kNot, kNegate
  FieldExprPtr operand;
};
struct Binary {
  Op op;
  FieldExprPtr left;
  FieldExprPtr right;
};
// A chain of && or of ||, at least two terms.
struct Junction {
  Op op;
  std::vector<FieldExprPtr> terms;
};

struct FieldExpr {
  std::variant<Constant, Field, Unary, Binary, Junction> node;
  size_t offset = 0;
  uint32_t height = 1;

  bool IsNil() const {
    const auto* constant = std::get_if<Constant>(&node);
    return constant != nullptr && constant->type == Type::kNil;
  }
};

// Pipelines --------------------------------------------------------------------------------------

struct Pipeline;
struct SpansetExpr;
using SpansetExprPtr = std::unique_ptr<SpansetExpr>;

struct SpansetFilter {
  FieldExprPtr condition;  // Null for `{ }`.
};
struct SpansetBinary {
  Op op;
  SpansetExprPtr left;
  SpansetExprPtr right;
};
struct SpansetExpr {
  // A pipeline stands here only as an operand, in parentheses.
  std::variant<SpansetFilter, SpansetBinary, std::unique_ptr<Pipeline>> node;
  size_t offset = 0;
  uint32_t height = 1;
};

struct ScalarExpr;
using ScalarExprPtr = std::unique_ptr<ScalarExpr>;

enum class AggregateFunction { kCount, kMin, kMax, kSum, kAvg };
struct Aggregate {
  AggregateFunction function = AggregateFunction::kCount;
  FieldExprPtr argument;  // Null for count().
};
struct ScalarBinary {
  Op op;
  ScalarExprPtr left;
  ScalarExprPtr right;
};
// `({ } | count())` as an operand.
struct ScalarPipe {
  std::unique_ptr<Pipeline> pipeline;
  Aggregate aggregate;
};
struct ScalarExpr {
  std::variant<Constant, Aggregate, ScalarBinary, ScalarPipe> node;
  size_t offset = 0;
  uint32_t height = 1;
};

struct ScalarFilter {
  Op op = Op::kEqual;
  ScalarExprPtr left;
  ScalarExprPtr right;
};
struct GroupBy {
  FieldExprPtr expression;
};
struct Coalesce {};
struct Select {
  std::vector<Field> fields;
};
struct Stage {
  std::variant<SpansetExprPtr, ScalarFilter, GroupBy, Coalesce, Select> node;
  size_t offset = 0;
};
struct Pipeline {
  std::vector<Stage> stages;  // At least one.
};

// Metrics ----------------------------------------------------------------------------------------

enum class MetricsFunction {
  kRate,
  kCountOverTime,
  kMinOverTime,
  kMaxOverTime,
  kSumOverTime,
  kAvgOverTime,
  kHistogramOverTime,
  kQuantileOverTime,
  kCompare
};
struct MetricsCall {
  MetricsFunction function = MetricsFunction::kRate;
  std::optional<Field> field;
  std::vector<double> quantiles;
  FieldExprPtr selection;        // kCompare; null for `{ }`.
  std::vector<int64_t> numbers;  // kCompare: none, top n, or top n, start, end.
  std::vector<Field> by;
  size_t offset = 0;
};

struct TopK {
  bool bottom = false;
  int64_t n = 0;
  size_t offset = 0;
};
struct Threshold {
  Op op;
  Constant constant;
};
using SecondStage = std::variant<TopK, Threshold>;

struct Metrics;
using MetricsPtr = std::unique_ptr<Metrics>;
struct MetricsQuery {
  Pipeline pipeline;
  MetricsCall call;
  std::vector<SecondStage> stages;
};
struct MetricsBinary {
  Op op;
  MetricsPtr left;
  MetricsPtr right;
};
struct Metrics {
  std::variant<MetricsQuery, Constant, MetricsBinary> node;
  size_t offset = 0;
  uint32_t height = 1;
};
struct MetricsRoot {
  MetricsPtr metrics;
  std::vector<SecondStage> stages;  // Behind the whole; none behind a MetricsQuery.
};

// "count", ... and "rate", ... as they are written.
std::string_view NameOf(AggregateFunction function);
std::string_view NameOf(MetricsFunction function);

struct Hint {
  std::string name;
  Constant value;
};

// A query that parsed.
// Life: a value, movable; it owns everything, also its source.
struct Query {
  std::string source;
  std::variant<Pipeline, MetricsRoot> root;
  std::vector<Hint> hints;

  // Whether a bool hint is there and true.
  bool HasHint(std::string_view name) const;
};

}  // namespace orrery::traceql
