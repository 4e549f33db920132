// SPDX-License-Identifier: Apache-2.0
#include "promql/printer.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/number_text.h"
#include "promql/function_table.h"

namespace orrery::promql {
namespace {

std::string PrintLabels(const std::vector<std::string>& labels) {
  std::vector<std::string> shown;
  for (const std::string& label : labels) {
    shown.push_back(model::IsPlainLabelName(label) ? label : model::Quote(label));
  }
  return fmt::format("({})", fmt::join(shown, ", "));
}

std::string PrintMatcher(const contracts::LabelMatcher& matcher) {
  constexpr std::string_view kSymbols[] = {"=", "!=", "=~", "!~"};
  const bool plain = model::IsPlainLabelName(matcher.name);
  return fmt::format("{}{}{}", plain ? matcher.name : model::Quote(matcher.name),
                     kSymbols[static_cast<size_t>(matcher.kind)], model::Quote(matcher.value));
}

// The words of the language that cannot stand as a metric's name before the braces.
bool NeedsQuotes(const std::string& name) {
  return !model::IsPlainMetricName(name) || name == "on" || name == "ignoring" || name == "bool" ||
         name == "group_left" || name == "group_right" || name == "inf" || name == "nan" ||
         name == "Inf" || name == "NaN" || name == "offset";
}

std::string PrintSelector(const VectorSelector& selector) {
  std::vector<std::string> shown;
  const bool quoted = !selector.name.empty() && NeedsQuotes(selector.name);
  bool skip_name = !selector.name.empty();
  if (quoted) shown.push_back(model::Quote(selector.name));
  for (const auto& matcher : selector.matchers) {
    const bool is_name = matcher.name == model::kMetricNameLabel &&
                         matcher.kind == contracts::LabelMatcher::Kind::kEqual &&
                         matcher.value == selector.name;
    if (skip_name && is_name) {
      skip_name = false;
      continue;
    }
    shown.push_back(PrintMatcher(matcher));
  }
  const std::string name = quoted ? "" : selector.name;
  if (shown.empty()) return name;
  return fmt::format("{}{{{}}}", name, fmt::join(shown, ","));
}

std::string PrintShift(const TimeShift& shift) {
  std::string text;
  if (shift.anchor == TimeShift::Anchor::kTime) {
    text = fmt::format(" @ {:.3f}", static_cast<double>(shift.at_ms) / 1000);
  } else if (shift.anchor == TimeShift::Anchor::kStart) {
    text = " @ start()";
  } else if (shift.anchor == TimeShift::Anchor::kEnd) {
    text = " @ end()";
  }
  if (!shift.offset_text.empty()) {
    text += " offset " + shift.offset_text;
  } else if (shift.offset_ms != 0) {
    text += " offset " + FormatDurationMillis(shift.offset_ms);
  }
  return text;
}

std::string PrintMatching(const Binary& binary) {
  const Matching& matching = binary.matching;
  std::string text = binary.return_bool ? " bool" : "";
  if (matching.labels.empty() && !matching.on && matching.include.empty() &&
      (matching.card == Matching::Card::kOneToOne ||
       matching.card == Matching::Card::kManyToMany)) {
    return text;
  }
  text += fmt::format(" {} {}", matching.on ? "on" : "ignoring", PrintLabels(matching.labels));
  if (matching.card == Matching::Card::kManyToOne) {
    text += " group_left " + PrintLabels(matching.include);
  } else if (matching.card == Matching::Card::kOneToMany) {
    text += " group_right " + PrintLabels(matching.include);
  }
  return text;
}

// An expression keeps its form.
std::string Duration(int64_t millis, const std::string& text) {
  return text.empty() ? FormatDurationMillis(millis) : text;
}

struct Printer {
  std::string operator()(const NumberLiteral& number) const {
    // A duration keeps its form.
    if (number.is_duration) {
      return FormatDurationMillis(static_cast<int64_t>(std::llround(number.value * 1000)));
    }
    // A sign would become an operator where a power follows.
    if (number.value == std::numeric_limits<double>::infinity()) return "Inf";
    return model::FormatNumber(number.value, model::NumberForm::kLiteral);
  }
  std::string operator()(const StringLiteral& text) const { return model::Quote(text.value); }
  std::string operator()(const VectorSelector& selector) const {
    return PrintSelector(selector) + PrintShift(selector.shift);
  }
  std::string operator()(const MatrixSelector& matrix) const {
    return fmt::format("{}[{}]{}", PrintSelector(matrix.selector),
                       Duration(matrix.range_ms, matrix.range_text),
                       PrintShift(matrix.selector.shift));
  }
  std::string operator()(const Subquery& subquery) const {
    const bool no_step = subquery.step_ms == 0 && subquery.step_text.empty();
    const std::string step = no_step ? "" : Duration(subquery.step_ms, subquery.step_text);
    return fmt::format("{}[{}:{}]{}", Print(*subquery.expr),
                       Duration(subquery.range_ms, subquery.range_text), step,
                       PrintShift(subquery.shift));
  }
  std::string operator()(const Call& call) const {
    return fmt::format("{}({})", call.function->name, Join(call.args));
  }
  std::string operator()(const Aggregate& aggregate) const {
    std::string text(AggregateName(aggregate.op));
    if (aggregate.without) {
      text += " without " + PrintLabels(aggregate.grouping) + " ";
    } else if (!aggregate.grouping.empty()) {
      text += " by " + PrintLabels(aggregate.grouping) + " ";
    }
    text += '(';
    if (aggregate.parameter != nullptr) text += Print(*aggregate.parameter) + ", ";
    return text + Print(*aggregate.expr) + ')';
  }
  std::string operator()(const Binary& binary) const {
    return fmt::format("{} {}{} {}", Print(*binary.lhs), OpText(binary.op), PrintMatching(binary),
                       Print(*binary.rhs));
  }
  std::string operator()(const Unary& unary) const {
    return fmt::format("{}{}", unary.negative ? '-' : '+', Print(*unary.expr));
  }
  std::string operator()(const Paren& paren) const {
    return fmt::format("({})", Print(*paren.expr));
  }

  static std::string Join(const std::vector<ExprPtr>& exprs) {
    std::string text;
    for (const ExprPtr& expr : exprs) {
      if (!text.empty()) text += ", ";
      text += Print(*expr);
    }
    return text;
  }
};

}  // namespace

std::string Print(const Expr& expr) { return std::visit(Printer{}, expr.node); }

}  // namespace orrery::promql
