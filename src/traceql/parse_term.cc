// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <limits>

#include "base/nearest.h"
#include "traceql/parser_state.h"

// The part of the parser for what stands between braces: spansets, scalars and metrics, joined by
// operators that mean something else for each of them.

namespace orrery::traceql {
namespace {

constexpr std::array<std::string_view, 5> kAggregates = {"count", "min", "max", "sum", "avg"};

std::optional<AggregateFunction> AggregateHere(const Token& token) {
  if (token.kind != TokenKind::kWord) return std::nullopt;
  for (size_t i = 0; i < kAggregates.size(); ++i) {
    if (kAggregates[i] == token.text) return static_cast<AggregateFunction>(i);
  }
  return std::nullopt;
}

bool JoinsSpansets(Op op) {
  return op == Op::kAnd || op == Op::kOr || op == Op::kGreater || op == Op::kLess ||
         op == Op::kNotRegex || op >= Op::kDescendant;
}

bool ComparesScalars(Op op) { return op >= Op::kEqual && op <= Op::kGreaterEqual; }

double AsDouble(const Constant& constant) {
  return constant.type == Type::kFloat ? constant.real : static_cast<double>(constant.number);
}

// Whole numbers; false when the result does not exist or does not fit.
bool FoldWhole(Op op, int64_t a, int64_t b, int64_t* out) {
  switch (op) {
    case Op::kAdd:
      return !__builtin_add_overflow(a, b, out);
    case Op::kSubtract:
      return !__builtin_sub_overflow(a, b, out);
    case Op::kMultiply:
      return !__builtin_mul_overflow(a, b, out);
    default:
      if (b == 0 || (a == std::numeric_limits<int64_t>::min() && b == -1)) return false;
      *out = a / b;
      return true;
  }
}

double FoldReal(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSubtract:
      return a - b;
    case Op::kMultiply:
      return a * b;
    default:
      return a / b;
  }
}

}  // namespace

std::string_view NameOf(AggregateFunction function) {
  return kAggregates[static_cast<size_t>(function)];
}

Parser::Term Parser::ParseTerm(int min_level) {
  const Deeper deeper(*this);
  Term left = ParseTermOperand();
  while (!failed()) {
    const auto op = OperatorHere();
    if (!op || LevelOf(*op) < min_level) break;
    // Thresholds on metrics are not operators but stages.
    if (left.kind == Term::Kind::kMetrics && ComparesScalars(*op)) break;
    const size_t offset = Current().offset;
    Advance();
    const int level = LevelOf(*op);
    Term right = ParseTerm(*op == Op::kPower ? level : level + 1);
    if (failed()) break;
    left = Combine(*op, offset, std::move(left), std::move(right));
  }
  return left;
}

Parser::Term Parser::ParseTermOperand() {
  const Token& token = Current();
  Term term;
  term.offset = token.offset;
  if (token.IsSymbol("{")) {
    term.kind = Term::Kind::kSpanset;
    FieldExprPtr condition = ParseBraces();
    term.spanset = std::make_unique<SpansetExpr>();
    term.spanset->offset = term.offset;
    term.spanset->height = condition == nullptr ? 1 : condition->height;
    term.spanset->node = SpansetFilter{std::move(condition)};
    return term;
  }
  if (token.IsSymbol("(")) return ParseGroup();
  if (const auto function = AggregateHere(token)) return ParseAggregate(*function);
  if (token.kind == TokenKind::kConstant && IsNumber(token.constant.type)) {
    term.scalar = std::make_unique<ScalarExpr>();
    term.scalar->node = token.constant;
    term.scalar->offset = term.offset;
    Advance();
    return term;
  }
  if (token.IsSymbol("-")) {
    const Deeper deeper(*this);
    Advance();
    Term operand = ParseTermOperand();
    if (failed()) return term;
    if (operand.kind != Term::Kind::kConstant) {
      Fail(term.offset, "'-' stands only before a number here");
      return term;
    }
    auto& constant = std::get<Constant>(operand.scalar->node);
    constant = Negate(constant, term.offset);
    operand.offset = operand.scalar->offset = term.offset;
    return operand;
  }
  FailTermStart();
  return term;
}

void Parser::FailTermStart() {
  const Token& token = Current();
  if (token.kind == TokenKind::kConstant && token.constant.type == Type::kString) {
    return Fail(token.offset, "a scalar is a number or a duration, not a string");
  }
  if (token.IsWord("topk") || token.IsWord("bottomk")) {
    return Fail(token.offset, "'" + token.text +
                                  "' needs a metrics function before it, such as "
                                  "| rate()");
  }
  if (token.IsWord("by") || token.IsWord("select") || token.IsWord("coalesce") ||
      MetricsFunctionHere(token)) {
    return Fail(token.offset, "'" + token.text + "' cannot stand here; it follows a '|'");
  }
  const bool condition = token.kind == TokenKind::kField ||
                         (token.kind == TokenKind::kWord &&
                          (ConstantFromWord(token.text) || FindIntrinsic(token.text) != nullptr));
  if (condition) {
    return Fail(token.offset,
                "a condition stands in braces; write { " +
                    std::string(source_.substr(token.offset,
                                               std::min<size_t>(40, token.end - token.offset))) +
                    " ... }");
  }
  if (token.kind == TokenKind::kWord) {
    static constexpr std::array<std::string_view, 19> kKnown = {"count",
                                                                "min",
                                                                "max",
                                                                "sum",
                                                                "avg",
                                                                "by",
                                                                "select",
                                                                "coalesce",
                                                                "rate",
                                                                "count_over_time",
                                                                "min_over_time",
                                                                "max_over_time",
                                                                "sum_over_time",
                                                                "avg_over_time",
                                                                "histogram_over_time",
                                                                "quantile_over_time",
                                                                "compare",
                                                                "topk",
                                                                "bottomk"};
    std::string message = "unknown word '" + token.text.substr(0, 40) + "'";
    const auto nearest = Nearest(token.text, kKnown);
    message += !nearest.empty() ? "; did you mean '" + std::string(nearest) + "'?"
                                : "; a span filter stands in braces";
    return Fail(token.offset, message);
  }
  FailHere("expected a span filter in braces");
}

Parser::Term Parser::ParseAggregate(AggregateFunction function) {
  Term term;
  term.kind = Term::Kind::kScalar;
  term.offset = Current().offset;
  Advance();
  Aggregate aggregate{function, nullptr};
  if (!Expect("(", "behind '" + std::string(NameOf(function)) + "'")) return term;
  if (function != AggregateFunction::kCount) aggregate.argument = ParseWholeField();
  if (!Expect(")", "behind the argument of '" + std::string(NameOf(function)) + "'")) return term;
  term.scalar = std::make_unique<ScalarExpr>();
  term.scalar->offset = term.offset;
  term.scalar->height = aggregate.argument == nullptr ? 1 : aggregate.argument->height;
  term.scalar->node = std::move(aggregate);
  return term;
}

Parser::Term Parser::ParseGroup() {
  const Deeper deeper(*this);
  Term term;
  term.offset = Current().offset;
  Advance();
  Sequence sequence = ParseSequence(true);
  Expect(")", "to close the parenthesis");
  if (failed()) return term;
  if (sequence.lone) {
    term = *std::move(sequence.lone);
  } else if (sequence.call) {
    term.kind = Term::Kind::kMetrics;
    term.metrics = std::make_unique<Metrics>();
    term.metrics->offset = term.offset;
    term.metrics->node = MetricsQuery{std::move(sequence.pipeline), *std::move(sequence.call),
                                      std::move(sequence.second)};
  } else if (sequence.tail) {
    term.kind = Term::Kind::kScalar;
    term.has_pipe = true;
    term.scalar = std::make_unique<ScalarExpr>();
    term.scalar->offset = term.offset;
    term.scalar->height = Taller(HeightOf(sequence.pipeline), 0, term.offset);
    term.scalar->node = ScalarPipe{std::make_unique<Pipeline>(std::move(sequence.pipeline)),
                                   *std::move(sequence.tail)};
  } else {
    term.kind = Term::Kind::kSpanset;
    term.has_pipe = true;
    term.spanset = std::make_unique<SpansetExpr>();
    term.spanset->offset = term.offset;
    term.spanset->height = Taller(HeightOf(sequence.pipeline), 0, term.offset);
    term.spanset->node = std::make_unique<Pipeline>(std::move(sequence.pipeline));
  }
  term.grouped = true;
  return term;
}

Parser::Term Parser::Combine(Op op, size_t offset, Term left, Term right) {
  using Kind = Term::Kind;
  const auto scalar = [](const Term& t) {
    return t.kind == Kind::kScalar || t.kind == Kind::kConstant;
  };
  const auto metric = [](const Term& t) {
    return t.kind == Kind::kMetrics || t.kind == Kind::kConstant;
  };
  if (left.kind == Kind::kSpanset && right.kind == Kind::kSpanset) {
    return CombineSpansets(op, offset, std::move(left), std::move(right));
  }
  if (scalar(left) && scalar(right)) {
    return CombineScalars(op, offset, std::move(left), std::move(right));
  }
  if (metric(left) && metric(right)) {
    return CombineMetrics(op, offset, std::move(left), std::move(right));
  }
  FailMixed(op, offset, left, right);
  return left;
}

void Parser::FailMixed(Op op, size_t offset, const Term& left, const Term& right) {
  using Kind = Term::Kind;
  const std::string text(OpText(op));
  if (left.kind == Kind::kFilter || right.kind == Kind::kFilter) {
    return Fail(offset, "'" + text +
                            "' cannot join a comparison of scalars; use a '|' between "
                            "stages, or put whole pipelines in parentheses");
  }
  if (left.kind == Kind::kSpanset && ComparesScalars(op)) {
    return Fail(offset, "'" + text +
                            "' compares a set of spans with a number; compute one first, "
                            "as in | count() " +
                            text + " 2 or | rate() " + text + " 2");
  }
  Fail(offset, "'" + text + "' cannot join these two");
}

Parser::Term Parser::CombineSpansets(Op op, size_t offset, Term left, Term right) {
  if (!JoinsSpansets(op)) {
    Fail(offset, "'" + std::string(OpText(op)) + "' cannot stand between span filters");
    return left;
  }
  const bool has_pipe = left.has_pipe || right.has_pipe;
  const bool grouped = left.grouped && right.grouped;
  if (has_pipe && !grouped) {
    Fail(left.grouped ? right.offset : left.offset,
         "beside a pipeline in parentheses this needs parentheses, too");
    return left;
  }
  auto joined = std::make_unique<SpansetExpr>();
  joined->offset = offset;
  joined->height = Taller(left.spanset->height, right.spanset->height, offset);
  joined->node = SpansetBinary{op, std::move(left.spanset), std::move(right.spanset)};
  left.spanset = std::move(joined);
  left.grouped = grouped;
  left.has_pipe = has_pipe;
  return left;
}

Parser::Term Parser::CombineScalars(Op op, size_t offset, Term left, Term right) {
  const bool constants = left.kind == Term::Kind::kConstant && right.kind == Term::Kind::kConstant;
  if (constants && IsArithmetic(op)) {
    auto& folded = std::get<Constant>(left.scalar->node);
    folded = Fold(op, offset, folded, std::get<Constant>(right.scalar->node));
    return left;
  }
  if (constants) {
    Fail(offset, "both sides are constants; compare an aggregate such as count()");
    return left;
  }
  const bool constant_right = right.kind == Term::Kind::kConstant && ComparesScalars(op);
  if (left.has_pipe != right.has_pipe && !(left.has_pipe && constant_right)) {
    Fail(offset, "a pipeline in parentheses can be joined only with another one");
    return left;
  }
  if (ComparesScalars(op)) {
    Term filter;
    filter.kind = Term::Kind::kFilter;
    filter.offset = left.offset;
    filter.has_pipe = left.has_pipe;
    filter.filter = {op, std::move(left.scalar), std::move(right.scalar)};
    return filter;
  }
  if (!IsArithmetic(op)) {
    Fail(offset, "'" + std::string(OpText(op)) + "' cannot stand between scalars");
    return left;
  }
  auto joined = std::make_unique<ScalarExpr>();
  joined->offset = offset;
  joined->height = Taller(left.scalar->height, right.scalar->height, offset);
  joined->node = ScalarBinary{op, std::move(left.scalar), std::move(right.scalar)};
  left.scalar = std::move(joined);
  left.kind = Term::Kind::kScalar;
  return left;
}

Parser::Term Parser::CombineMetrics(Op op, size_t offset, Term left, Term right) {
  if (op != Op::kAdd && op != Op::kSubtract && op != Op::kMultiply && op != Op::kDivide) {
    Fail(offset, "'" + std::string(OpText(op)) + "' cannot join metrics; they know + - * /");
    return left;
  }
  const auto take = [&](Term& term) {
    if (term.kind == Term::Kind::kMetrics) return std::move(term.metrics);
    auto metrics = std::make_unique<Metrics>();
    auto& constant = std::get<Constant>(term.scalar->node);
    if (constant.type == Type::kDuration) {
      Fail(term.offset, "metrics are joined with plain numbers, not with durations");
    }
    metrics->offset = term.offset;
    metrics->node = std::move(constant);
    return metrics;
  };
  MetricsPtr a = take(left);
  MetricsPtr b = take(right);
  auto joined = std::make_unique<Metrics>();
  joined->offset = offset;
  joined->height = Taller(a->height, b->height, offset);
  joined->node = MetricsBinary{op, std::move(a), std::move(b)};
  left.kind = Term::Kind::kMetrics;
  left.metrics = std::move(joined);
  left.grouped = false;
  return left;
}

Constant Parser::Fold(Op op, size_t offset, const Constant& left, const Constant& right) {
  if (op == Op::kModulo || op == Op::kPower) {
    Fail(offset, "constants outside of braces know + - * /");
    return left;
  }
  const bool real = left.type == Type::kFloat || right.type == Type::kFloat;
  const bool duration = left.type == Type::kDuration || right.type == Type::kDuration;
  if (real) {
    const double value = FoldReal(op, AsDouble(left), AsDouble(right));
    if (!std::isfinite(value)) Fail(offset, "the constant is out of range");
    if (!duration) return Constant::Float(value);
    if (!(std::abs(value) < 9.2e18)) Fail(offset, "the constant is out of range");
    return failed() ? left : Constant::Duration(static_cast<int64_t>(value));
  }
  int64_t value = 0;
  if (!FoldWhole(op, left.number, right.number, &value) ||
      value == std::numeric_limits<int64_t>::min()) {
    Fail(offset, "the constant is out of range");
  }
  return duration ? Constant::Duration(value) : Constant::Int(value);
}

Constant Parser::Negate(const Constant& constant, size_t offset) {
  Constant negated = constant;
  negated.real = -constant.real;
  if (__builtin_sub_overflow(0, constant.number, &negated.number)) {
    Fail(offset, "the constant is out of range");
  }
  return negated;
}

}  // namespace orrery::traceql
