// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "promql/parser_state.h"
#include "promql/regex.h"

namespace orrery::promql {
namespace {

using contracts::LabelMatcher;

// The shift of a selector or subquery; null for anything else.
TimeShift* ShiftOf(Expr& expr) {
  if (auto* selector = std::get_if<VectorSelector>(&expr.node)) return &selector->shift;
  if (auto* matrix = std::get_if<MatrixSelector>(&expr.node)) return &matrix->selector.shift;
  if (auto* subquery = std::get_if<Subquery>(&expr.node)) return &subquery->shift;
  return nullptr;
}

std::optional<LabelMatcher::Kind> MatcherKind(std::string_view symbol) {
  if (symbol == "=") return LabelMatcher::Kind::kEqual;
  if (symbol == "!=") return LabelMatcher::Kind::kNotEqual;
  if (symbol == "=~") return LabelMatcher::Kind::kRegex;
  if (symbol == "!~") return LabelMatcher::Kind::kNotRegex;
  return std::nullopt;
}

LabelMatcher NameMatcher(const std::string& name) {
  return {LabelMatcher::Kind::kEqual, std::string(model::kMetricNameLabel), name, nullptr};
}

}  // namespace

Result<ExprPtr> ParserState::ParseVectorSelector() {
  const uint32_t start = Now().span.start;
  VectorSelector selector;
  if (Now().kind == TokenKind::kWord) {
    selector.name = Take().text;
    selector.matchers.push_back(NameMatcher(selector.name));
  }
  if (Is("{")) ORRERY_RETURN_IF_ERROR(ParseMatchers(selector));
  ORRERY_RETURN_IF_ERROR(CheckSelector(selector, {start, LastEnd()}));
  return Make(std::move(selector), start);
}

Status ParserState::ParseMatchers(VectorSelector& selector) {
  Take();
  while (!Skip("}")) {
    ORRERY_RETURN_IF_ERROR(ParseMatcher(selector));
    if (Is("}")) continue;
    if (!Skip(",")) return Unexpected("label matching", "\",\" or \"}\"");
  }
  return OkStatus();
}

Status ParserState::ParseMatcher(VectorSelector& selector) {
  const Token& name = Now();
  if (name.kind != TokenKind::kWord && name.kind != TokenKind::kString) {
    return Unexpected("label matching", "identifier or \"}\"");
  }
  Take();
  const auto kind = Now().kind == TokenKind::kSymbol ? MatcherKind(Now().text) : std::nullopt;
  if (!kind) {
    if (name.kind != TokenKind::kString) {
      return Unexpected("label matching", "label matching operator");
    }
    if (!selector.name.empty()) {
      return ErrorAt(name.span, fmt::format("metric name must not be set twice: {:?} or {:?}",
                                            selector.name, name.text));
    }
    selector.name = name.text;
    selector.matchers.push_back(NameMatcher(name.text));
    return OkStatus();
  }
  Take();
  if (Now().kind != TokenKind::kString) return Unexpected("label matching", "string");
  const Token& value = Take();
  LabelMatcher matcher{*kind, name.text, value.text, nullptr};
  if (*kind == LabelMatcher::Kind::kRegex || *kind == LabelMatcher::Kind::kNotRegex) {
    auto regex = Regex::Compile(value.text);
    if (!regex.ok()) return ErrorAt(value.span, regex.status().message());
    matcher.regex = *std::move(regex);
  }
  selector.matchers.push_back(std::move(matcher));
  return OkStatus();
}

Status ParserState::CheckSelector(const VectorSelector& selector, Span span) {
  const bool outside = !selector.name.empty() && Lowered(text_.substr(span.start, 1)) != "{";
  if (outside) {
    for (size_t i = 1; i < selector.matchers.size(); ++i) {
      if (selector.matchers[i].name != model::kMetricNameLabel) continue;
      return ErrorAt(span, fmt::format("metric name must not be set twice: {:?} or {:?}",
                                       selector.name, selector.matchers[i].value));
    }
  }
  const bool picks = std::ranges::any_of(
      selector.matchers, [](const LabelMatcher& matcher) { return !matcher.Matches(""); });
  if (picks) return OkStatus();
  return ErrorAt(span, "vector selector must contain at least one non-empty matcher");
}

// `[5m]`, `[1h:5m]`, `[1h:]`
Result<ExprPtr> ParserState::ParseBrackets(ExprPtr expr) {
  const uint32_t start = expr->span.start;
  Take();
  const Span first = Now().span;
  ORRERY_ASSIGN_OR_RETURN(const DurationTerm range, ParseDurationSum(1));
  ORRERY_ASSIGN_OR_RETURN(const int64_t range_ms, MillisOf(range, first, false));
  const std::string range_text = range.literal ? "" : range.text;
  if (Skip("]")) return MakeMatrix(std::move(expr), range_ms, range_text, start);
  if (!Skip(":")) return Unexpected("subquery or range selector", "\":\" or \"]\"");
  Subquery subquery;
  subquery.range_ms = range_ms;
  subquery.range_text = range_text;
  if (!Is("]")) {
    const Span span = Now().span;
    ORRERY_ASSIGN_OR_RETURN(const DurationTerm step, ParseDurationSum(1));
    ORRERY_ASSIGN_OR_RETURN(subquery.step_ms, MillisOf(step, span, false));
    if (!step.literal) subquery.step_text = step.text;
  }
  ORRERY_RETURN_IF_ERROR(Expect("]", "subquery"));
  const ValueType type = TypeOf(*expr);
  if (type != ValueType::kVector && type != ValueType::kScalar) {
    return ErrorAt(expr->span, fmt::format("subquery is only allowed on instant vector, got {} "
                                           "instead",
                                           DescribeType(type)));
  }
  subquery.expr = std::move(expr);
  return Make(std::move(subquery), start);
}

Result<ExprPtr> ParserState::MakeMatrix(ExprPtr expr, int64_t range_ms, std::string range_text,
                                        uint32_t start) {
  auto* selector = std::get_if<VectorSelector>(&expr->node);
  if (selector == nullptr) {
    return ErrorAt(expr->span, "ranges only allowed for vector selectors");
  }
  const TimeShift& shift = selector->shift;
  if (shift.offset_ms != 0) {
    return ErrorAt(expr->span, "no offset modifiers allowed before range");
  }
  if (shift.anchor != TimeShift::Anchor::kNone) {
    return ErrorAt(expr->span, "no @ modifiers allowed before range");
  }
  const Span span = expr->span;
  return Make(MatrixSelector{std::move(*selector), span, range_ms, std::move(range_text)}, start);
}

Status ParserState::ParseShift(Expr& expr, bool& has_offset) {
  TimeShift* shift = ShiftOf(expr);
  const std::string_view what = Is("@") ? "@ modifier" : "offset modifier";
  if (shift == nullptr) {
    return ErrorAt(expr.span,
                   fmt::format("{} must be preceded by an instant vector selector or range vector "
                               "selector or a subquery",
                               what));
  }
  if (Is("@")) {
    ORRERY_RETURN_IF_ERROR(ParseAt(expr, *shift));
  } else {
    ORRERY_RETURN_IF_ERROR(ParseOffset(expr, *shift, has_offset));
  }
  expr.span.end = LastEnd();
  return OkStatus();
}

Status ParserState::ParseOffset(Expr& expr, TimeShift& shift, bool& has_offset) {
  if (has_offset) {
    return ErrorAt(expr.span, "offset may not be set multiple times");
  }
  Take();
  const bool negative = Is("-");
  if (negative || Is("+")) Take();
  const Span span = Now().span;
  ORRERY_ASSIGN_OR_RETURN(const DurationTerm term, ParseDurationTerm("offset"));
  ORRERY_ASSIGN_OR_RETURN(const int64_t millis, MillisOf(term, span, true));
  shift.offset_ms = negative ? -millis : millis;
  if (!term.literal) shift.offset_text = (negative ? "-" : "") + term.text;
  has_offset = true;
  return OkStatus();
}

Status ParserState::ParseAt(Expr& expr, TimeShift& shift) {
  if (shift.anchor != TimeShift::Anchor::kNone) {
    return ErrorAt(expr.span, "@ <timestamp> may not be set multiple times");
  }
  Take();
  if (IsKeyword("start") || IsKeyword("end")) {
    shift.anchor = IsKeyword("start") ? TimeShift::Anchor::kStart : TimeShift::Anchor::kEnd;
    Take();
    ORRERY_RETURN_IF_ERROR(Expect("(", "@"));
    return Expect(")", "@");
  }
  const bool negative = Is("-");
  if (negative || Is("+")) Take();
  const Token& token = Now();
  const std::string lowered = Lowered(token.text);
  if (token.kind == TokenKind::kWord && (lowered == "inf" || lowered == "nan")) {
    return ErrorAt(token.span,
                   fmt::format("timestamp out of bounds for @ modifier: {}", token.text));
  }
  if (token.kind != TokenKind::kNumber && token.kind != TokenKind::kDuration) {
    return Unexpected("@", "timestamp");
  }
  Take();
  const double seconds = negative ? -token.number : token.number;
  if (!(std::abs(seconds) < 9.2e15)) {
    return ErrorAt(token.span, fmt::format("timestamp out of bounds for @ modifier: {}", seconds));
  }
  shift.anchor = TimeShift::Anchor::kTime;
  shift.at_ms = static_cast<int64_t>(std::llround(seconds * 1000));
  return OkStatus();
}

}  // namespace orrery::promql
