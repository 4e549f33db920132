// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>

#include "promql/parser_state.h"

namespace orrery::promql {
namespace {

// Above any duration in seconds that fits 64 bits of nanoseconds.
constexpr double kOutOfRange = 9'223'372'036.0;

int Precedence(std::string_view symbol) {
  if (symbol == "+" || symbol == "-") return 1;
  if (symbol == "*" || symbol == "/" || symbol == "%") return 2;
  return symbol == "^" ? 4 : 0;
}

constexpr int kSignPrecedence = 3;

double Combine(std::string_view symbol, double left, double right) {
  switch (symbol.front()) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return std::fmod(left, right);
    default:
      return std::pow(left, right);
  }
}

}  // namespace

// `step()`, `range()`, `min_of(a, b)`, `max_of(a, b)`
Result<DurationTerm> ParserState::ParseDurationCall() {
  const std::string name = Lowered(Take().text);
  ORRERY_RETURN_IF_ERROR(Expect("(", "duration expression"));
  DurationTerm term;
  if (name == "step" || name == "range") {
    ORRERY_RETURN_IF_ERROR(Expect(")", "duration expression"));
    const int64_t millis = name == "step" ? options_.step_ms : options_.range_ms;
    return DurationTerm{static_cast<double>(millis) / 1000, name + "()", false, true};
  }
  ORRERY_ASSIGN_OR_RETURN(const DurationTerm left, ParseDurationSum(1));
  ORRERY_RETURN_IF_ERROR(Expect(",", "duration expression"));
  ORRERY_ASSIGN_OR_RETURN(const DurationTerm right, ParseDurationSum(1));
  ORRERY_RETURN_IF_ERROR(Expect(")", "duration expression"));
  const bool smaller = name == "min_of";
  return DurationTerm{
      smaller ? std::fmin(left.seconds, right.seconds) : std::fmax(left.seconds, right.seconds),
      fmt::format("{}({}, {})", name, left.text, right.text), false,
      left.of_query || right.of_query};
}

Result<DurationTerm> ParserState::ParseDurationTerm(std::string_view what) {
  const Token& token = Now();
  if (token.kind == TokenKind::kNumber || token.kind == TokenKind::kDuration) {
    Take();
    return DurationTerm{token.number, token.text, true, false};
  }
  if (token.kind == TokenKind::kWord) {
    const std::string name = Lowered(token.text);
    const bool known = name == "step" || name == "range" || name == "min_of" || name == "max_of";
    if (known && After().text == "(") return ParseDurationCall();
  }
  if (!Is("(")) return Unexpected(what, "number or duration");
  if (++depth_ > kMaxDepth) return ErrorAt(token.span, "the query is nested too deeply");
  Take();
  ORRERY_ASSIGN_OR_RETURN(DurationTerm inner, ParseDurationSum(1));
  ORRERY_RETURN_IF_ERROR(Expect(")", "duration expression"));
  --depth_;
  inner.text = fmt::format("({})", inner.text);
  inner.literal = false;
  return inner;
}

// Operators of at least this precedence.
Result<DurationTerm> ParserState::ParseDurationSum(int lowest) {
  if (++depth_ > kMaxDepth) return ErrorAt(Now().span, "the query is nested too deeply");
  DurationTerm left;
  if (Is("+") || Is("-")) {
    const std::string sign = Take().text;
    ORRERY_ASSIGN_OR_RETURN(left, ParseDurationSum(kSignPrecedence));
    if (sign == "-") left.seconds = -left.seconds;
    left.text = sign + left.text;
    left.literal = false;
  } else {
    ORRERY_ASSIGN_OR_RETURN(left, ParseDurationTerm("subquery or range selector"));
  }
  int chain = 0;
  while (Now().kind == TokenKind::kSymbol && Precedence(Now().text) >= std::max(lowest, 1)) {
    if (++chain > kMaxDepth) return ErrorAt(Now().span, "the query is nested too deeply");
    const Token& symbol = Take();
    const int precedence = Precedence(symbol.text);
    const bool right_first = symbol.text == "^";
    ORRERY_ASSIGN_OR_RETURN(const DurationTerm right,
                            ParseDurationSum(right_first ? precedence : precedence + 1));
    if (right.seconds == 0 && !right.of_query && (symbol.text == "/" || symbol.text == "%")) {
      return ErrorAt(symbol.span, symbol.text == "/" ? "division by zero" : "modulo by zero");
    }
    left = {Combine(symbol.text, left.seconds, right.seconds),
            fmt::format("{} {} {}", left.text, symbol.text, right.text), false,
            left.of_query || right.of_query};
  }
  --depth_;
  return left;
}

Result<int64_t> ParserState::MillisOf(const DurationTerm& term, Span span, bool may_be_negative) {
  // Without the times of a query what it says of them has no value yet.
  if (term.of_query && !options_.knows_times) return 0;
  if (!(std::abs(term.seconds) < kOutOfRange)) return ErrorAt(span, "duration out of range");
  const auto millis = static_cast<int64_t>(std::llround(term.seconds * 1000));
  if (millis <= 0 && !may_be_negative) return ErrorAt(span, "duration must be greater than 0");
  return millis;
}

}  // namespace orrery::promql
