// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "promql/ast.h"
#include "promql/parser.h"

namespace orrery::promql {

// A part of a duration with operators.
struct DurationTerm {
  double seconds = 0;
  std::string text;       // Canonical.
  bool literal = true;    // One number or duration.
  bool of_query = false;  // Depends on step() or range().
};

// The parser at work: a recursive descent over tokens. Each Parse... function reads one rule from
// the current token on and leaves the token behind it as the current one.
//
// Life: one query; `text` outlives it.
class ParserState {
 public:
  ParserState(std::string_view text, std::vector<Token> tokens, const ParserOptions& options)
      : text_(text), tokens_(std::move(tokens)), options_(options) {}

  // The whole text.
  Result<ExprPtr> ParseAll();

 private:
  // parser.cc: operators.
  Result<ExprPtr> ParseBinary(int lowest);
  Result<ExprPtr> ParseUnary();
  Result<ExprPtr> ParsePostfixed();
  std::optional<BinaryOp> PeekOperator() const;
  Status ParseModifiers(Binary& binary);
  Status CheckBinary(const Binary& binary, Span op);
  Status CheckMatching(const Binary& binary, Span op);

  // parse_term.cc: literals, calls, aggregations.
  Result<ExprPtr> ParsePrimary();
  Result<ExprPtr> ParseParen();
  Result<ExprPtr> ParseCall();
  Result<ExprPtr> ParseAggregate(AggregateOp op);
  Status ParseAggregateArgs(Aggregate& aggregate);
  Status CheckAggregate(const Aggregate& aggregate);
  Status CheckCall(const Call& call, Span span);
  Result<std::vector<ExprPtr>> ParseArgs(std::string_view context);
  // `(a, b, "c")`
  Result<std::vector<std::string>> ParseLabelList();

  // parse_selector.cc: selectors, ranges, offsets.
  Result<ExprPtr> ParseVectorSelector();
  Status ParseMatchers(VectorSelector& selector);
  Status ParseMatcher(VectorSelector& selector);
  Status CheckSelector(const VectorSelector& selector, Span span);
  Result<ExprPtr> ParseBrackets(ExprPtr expr);
  Result<ExprPtr> MakeMatrix(ExprPtr expr, int64_t range_ms, std::string range_text,
                             uint32_t start);
  Status ParseShift(Expr& expr, bool& has_offset);
  Status ParseOffset(Expr& expr, TimeShift& shift, bool& has_offset);
  Status ParseAt(Expr& expr, TimeShift& shift);

  // parse_duration.cc: durations with operators.
  Result<DurationTerm> ParseDurationSum(int lowest);
  Result<DurationTerm> ParseDurationTerm(std::string_view what);
  Result<DurationTerm> ParseDurationCall();
  Result<int64_t> MillisOf(const DurationTerm& term, Span span, bool may_be_negative);

  // Tokens.
  const Token& Now() const { return tokens_[at_]; }
  const Token& After() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool Is(std::string_view symbol) const {
    return Now().kind == TokenKind::kSymbol && Now().text == symbol;
  }
  bool IsKeyword(std::string_view keyword) const;
  bool Skip(std::string_view symbol);
  Status Expect(std::string_view symbol, std::string_view context);
  const Token& Take() { return tokens_[at_ < tokens_.size() - 1 ? at_++ : at_]; }
  uint32_t LastEnd() const { return at_ == 0 ? 0 : tokens_[at_ - 1].span.end; }

  Status Unexpected(std::string_view context, std::string_view expected = {}) const;
  Status ErrorAt(Span span, std::string_view message) const {
    return ParseError(text_, span.start, message);
  }

  template <typename Node>
  ExprPtr Make(Node node, uint32_t start) const {
    return std::make_unique<Expr>(Expr{std::move(node), {start, LastEnd()}});
  }

  const std::string_view text_;
  const std::vector<Token> tokens_;
  const ParserOptions options_;
  size_t at_ = 0;
  int depth_ = 0;
};

// "expression", "<op:+>": how messages name a token.
std::string DescribeToken(const Token& token);
std::string Lowered(std::string_view text);
std::optional<AggregateOp> FindAggregate(std::string_view name);
bool IsReserved(std::string_view lowered);

}  // namespace orrery::promql
