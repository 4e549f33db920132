// SPDX-License-Identifier: Apache-2.0
#include "traceql/printer.h"

#include <cmath>
#include <limits>

#include "traceql/parser_state.h"

namespace orrery::traceql {
namespace {

// An operand binds more tightly than any operator, a signed constant only as unary minus does.
constexpr int kOperandLevel = kPowerLevel + 1;

std::string Wrap(std::string text, bool wrap) { return wrap ? "(" + text + ")" : text; }
std::string Join(const std::string& left, Op op, const std::string& right) {
  return left + " " + std::string(OpText(op)) + " " + right;
}

// Whether to put parentheses around an operand that binds at `level` under `op`.
bool WrapLeft(Op op, int level) {
  return op == Op::kPower ? level <= kPowerLevel : level < LevelOf(op);
}
bool WrapRight(Op op, int level) {
  return op == Op::kPower ? level < kPowerLevel : level <= LevelOf(op);
}

bool IsSigned(const Constant& constant) {
  if (!IsNumber(constant.type)) return false;
  if (constant.type == Type::kFloat) return std::signbit(constant.real);
  return constant.number < 0 &&
         (constant.type != Type::kInt || constant.number != std::numeric_limits<int64_t>::min());
}

int LevelOf(const FieldExpr& expr) {
  if (const auto* constant = std::get_if<Constant>(&expr.node)) {
    return IsSigned(*constant) ? kAdditiveLevel : kOperandLevel;
  }
  if (const auto* unary = std::get_if<Unary>(&expr.node)) return traceql::LevelOf(unary->op);
  if (const auto* binary = std::get_if<Binary>(&expr.node)) return traceql::LevelOf(binary->op);
  return std::holds_alternative<Junction>(expr.node) ? kJunctionLevel : kOperandLevel;
}

struct FieldPrinter {
  std::string operator()(const Constant& constant) const { return Print(constant); }
  std::string operator()(const Field& field) const { return ToText(field); }
  std::string operator()(const Unary& unary) const {
    return std::string(OpText(unary.op)) +
           Wrap(Print(*unary.operand), LevelOf(*unary.operand) < kMultiplicativeLevel);
  }
  std::string operator()(const Binary& binary) const {
    return Join(Wrap(Print(*binary.left), WrapLeft(binary.op, LevelOf(*binary.left))), binary.op,
                Wrap(Print(*binary.right), WrapRight(binary.op, LevelOf(*binary.right))));
  }
  std::string operator()(const Junction& junction) const {
    std::string out;
    for (const FieldExprPtr& term : junction.terms) {
      // Only the first term may be a chain of the other operator without parentheses.
      const bool wrap = LevelOf(*term) <= kJunctionLevel && &term != &junction.terms.front();
      if (!out.empty()) out += " " + std::string(OpText(junction.op)) + " ";
      out += Wrap(Print(*term), wrap);
    }
    return out;
  }
};

std::string Braces(const FieldExprPtr& condition) {
  return condition == nullptr ? "{ }" : "{ " + Print(*condition) + " }";
}

std::string PrintPipeline(const Pipeline& pipeline);

bool HasPipeline(const SpansetExpr& expr) {
  const auto* binary = std::get_if<SpansetBinary>(&expr.node);
  if (binary == nullptr) return !std::holds_alternative<SpansetFilter>(expr.node);
  return HasPipeline(*binary->left) || HasPipeline(*binary->right);
}

int LevelOf(const SpansetExpr& expr) {
  const auto* binary = std::get_if<SpansetBinary>(&expr.node);
  return binary == nullptr ? kOperandLevel : traceql::LevelOf(binary->op);
}

// `grouped`: a filter needs parentheses, because a pipeline stands beside it.
std::string PrintSpanset(const SpansetExpr& expr, bool grouped) {
  if (const auto* filter = std::get_if<SpansetFilter>(&expr.node)) {
    return Wrap(Braces(filter->condition), grouped);
  }
  if (const auto* pipeline = std::get_if<std::unique_ptr<Pipeline>>(&expr.node)) {
    return "(" + PrintPipeline(**pipeline) + ")";
  }
  const auto& binary = std::get<SpansetBinary>(expr.node);
  const bool wrap_left = WrapLeft(binary.op, LevelOf(*binary.left));
  const bool wrap_right = WrapRight(binary.op, LevelOf(*binary.right));
  return Join(Wrap(PrintSpanset(*binary.left, grouped), wrap_left), binary.op,
              Wrap(PrintSpanset(*binary.right, grouped), wrap_right));
}

int LevelOf(const ScalarExpr& expr) {
  const auto* binary = std::get_if<ScalarBinary>(&expr.node);
  return binary == nullptr ? kOperandLevel : traceql::LevelOf(binary->op);
}

struct ScalarPrinter {
  std::string operator()(const Constant& constant) const { return Print(constant); }
  std::string operator()(const Aggregate& aggregate) const { return Print(aggregate); }
  std::string operator()(const ScalarBinary& binary) const {
    return Join(Wrap(Print(*binary.left), WrapLeft(binary.op, LevelOf(*binary.left))), binary.op,
                Wrap(Print(*binary.right), WrapRight(binary.op, LevelOf(*binary.right))));
  }
  std::string operator()(const ScalarPipe& pipe) const {
    return "(" + PrintPipeline(*pipe.pipeline) + " | " + Print(pipe.aggregate) + ")";
  }
};

std::string PrintFields(const std::vector<Field>& fields) {
  std::string out;
  for (const Field& field : fields) out += (out.empty() ? "" : ", ") + ToText(field);
  return out;
}

struct StagePrinter {
  std::string operator()(const SpansetExprPtr& expr) const { return Print(*expr); }
  std::string operator()(const ScalarFilter& filter) const {
    return Join(Print(*filter.left), filter.op, Print(*filter.right));
  }
  std::string operator()(const GroupBy& group) const {
    return "by(" + Print(*group.expression) + ")";
  }
  std::string operator()(const Coalesce&) const { return "coalesce()"; }
  std::string operator()(const Select& select) const {
    return "select(" + PrintFields(select.fields) + ")";
  }
};

std::string PrintPipeline(const Pipeline& pipeline) {
  std::string out;
  for (const Stage& stage : pipeline.stages) {
    if (!out.empty()) out += " | ";
    out += std::visit(StagePrinter(), stage.node);
  }
  return out;
}

std::string PrintCall(const MetricsCall& call) {
  std::string out = std::string(NameOf(call.function)) + "(";
  if (call.function == MetricsFunction::kCompare) out += Braces(call.selection);
  for (const int64_t number : call.numbers) out += ", " + std::to_string(number);
  if (call.field) out += ToText(*call.field);
  for (const double q : call.quantiles) out += ", " + FormatFloat(q);
  out += ")";
  if (!call.by.empty()) out += " by(" + PrintFields(call.by) + ")";
  return out;
}

std::string PrintStages(const std::vector<SecondStage>& stages) {
  std::string out;
  for (const SecondStage& stage : stages) {
    if (const auto* topk = std::get_if<TopK>(&stage)) {
      out += std::string(topk->bottom ? " | bottomk(" : " | topk(") + std::to_string(topk->n) + ")";
    } else {
      const auto& threshold = std::get<Threshold>(stage);
      out += " " + std::string(OpText(threshold.op)) + " " + Print(threshold.constant);
    }
  }
  return out;
}

std::string PrintMetrics(const Metrics& metrics, bool grouped) {
  if (const auto* query = std::get_if<MetricsQuery>(&metrics.node)) {
    return Wrap(PrintPipeline(query->pipeline) + " | " + PrintCall(query->call) +
                    PrintStages(query->stages),
                grouped);
  }
  if (const auto* constant = std::get_if<Constant>(&metrics.node)) return Print(*constant);
  const auto& binary = std::get<MetricsBinary>(metrics.node);
  const auto side = [&](const Metrics& operand, bool right) {
    const auto* inner = std::get_if<MetricsBinary>(&operand.node);
    const int level = inner == nullptr ? kOperandLevel : LevelOf(inner->op);
    const bool wrap = right ? WrapRight(binary.op, level) : WrapLeft(binary.op, level);
    return Wrap(PrintMetrics(operand, true), wrap);
  };
  return Join(side(*binary.left, false), binary.op, side(*binary.right, true));
}

}  // namespace

std::string Print(const Constant& constant) {
  switch (constant.type) {
    case Type::kBool:
      return constant.number != 0 ? "true" : "false";
    case Type::kInt:
      if (constant.number == std::numeric_limits<int64_t>::min()) return "minInt";
      return std::to_string(constant.number);
    case Type::kFloat:
      return FormatFloat(constant.real);
    case Type::kString:
      return QuoteText(constant.text);
    case Type::kDuration:
      return FormatDuration(constant.number);
    case Type::kStatus:
      return std::string(StatusName(constant.number));
    case Type::kKind:
      return std::string(KindName(constant.number));
    default:
      return "nil";
  }
}

std::string Print(const FieldExpr& expr) { return std::visit(FieldPrinter(), expr.node); }
std::string Print(const SpansetExpr& expr) { return PrintSpanset(expr, HasPipeline(expr)); }
std::string Print(const ScalarExpr& expr) { return std::visit(ScalarPrinter(), expr.node); }

std::string Print(const Aggregate& aggregate) {
  return std::string(NameOf(aggregate.function)) + "(" +
         (aggregate.argument == nullptr ? "" : Print(*aggregate.argument)) + ")";
}

std::string Print(const Query& query) {
  std::string out;
  if (const auto* pipeline = std::get_if<Pipeline>(&query.root)) {
    out = PrintPipeline(*pipeline);
  } else {
    const auto& root = std::get<MetricsRoot>(query.root);
    out = PrintMetrics(*root.metrics, false) + PrintStages(root.stages);
  }
  if (query.hints.empty()) return out;
  out += " with(";
  for (const Hint& hint : query.hints) {
    out += (&hint == &query.hints.front() ? "" : ", ") + hint.name + "=" + Print(hint.value);
  }
  return out + ")";
}

}  // namespace orrery::traceql
