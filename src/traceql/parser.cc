// SPDX-License-Identifier: Apache-2.0
#include "traceql/parser.h"

#include <array>

#include "traceql/parser_state.h"
#include "traceql/source_error.h"

namespace orrery::traceql {
namespace {

// Expressions call each other a few times for each level of nesting.
constexpr int kMaxDepth = 4 * static_cast<int>(kMaxHeight);

}  // namespace

int LevelOf(Op op) {
  switch (op) {
    case Op::kAnd:
    case Op::kOr:
      return kJunctionLevel;
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kNegate:
      return kAdditiveLevel;
    case Op::kNot:
      return kNotLevel;
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      return kMultiplicativeLevel;
    case Op::kPower:
      return kPowerLevel;
    default:
      return kComparisonLevel;
  }
}

Parser::Deeper::Deeper(Parser& parser) : parser_(parser) {
  if (++parser.depth_ > kMaxDepth) {
    parser.Fail(parser.Current().offset, "the query is nested too deeply");
  }
}

Parser::Parser(std::string_view source) : source_(source), tokens_(Lex(source)) {}

void Parser::Fail(size_t offset, std::string_view message) {
  if (failed()) return;
  status_ = InvalidArgument(DescribeError(source_, offset, message));
  Token end;
  end.offset = end.end = source_.size();
  tokens_.assign(1, end);
  at_ = 0;
}

void Parser::FailHere(std::string_view wanted) {
  const Token& token = Current();
  if (token.kind == TokenKind::kError) return Fail(token.offset, token.text);
  Fail(token.offset, "unexpected " + Describe(token) + "; " + std::string(wanted));
}

std::string Parser::Describe(const Token& token) const {
  if (token.kind == TokenKind::kEnd) return "end of the query";
  std::string text(source_.substr(token.offset, std::min<size_t>(token.end - token.offset, 40)));
  return token.kind == TokenKind::kConstant ? text : "'" + text + "'";
}

void Parser::Advance() {
  if (at_ + 1 < tokens_.size()) ++at_;
}

bool Parser::Accept(std::string_view symbol) {
  if (!Current().IsSymbol(symbol)) return false;
  Advance();
  return true;
}

bool Parser::Expect(std::string_view symbol, std::string_view purpose) {
  if (Accept(symbol)) return true;
  FailHere("expected '" + std::string(symbol) + "' " + std::string(purpose));
  return false;
}

uint32_t Parser::Taller(uint32_t a, uint32_t b, size_t offset) {
  const uint32_t height = std::max(a, b) + 1;
  if (height > kMaxHeight) {
    Fail(offset, "the query is nested more than " + std::to_string(kMaxHeight) + " levels deep");
  }
  return height;
}

std::optional<Op> Parser::OperatorHere() const {
  if (Current().kind != TokenKind::kSymbol) return std::nullopt;
  for (auto op = Op::kAnd; op <= Op::kUnionSibling;
       op = static_cast<Op>(static_cast<uint8_t>(op) + 1)) {
    if (op != Op::kNot && op != Op::kNegate && OpText(op) == Current().text) return op;
  }
  return std::nullopt;
}

void Parser::ParseHints(std::vector<Hint>& hints) {
  while (Current().IsWord("with")) {
    Advance();
    if (!Expect("(", "before the hints")) return;
    do {
      if (Current().kind != TokenKind::kWord) return FailHere("expected the name of a hint");
      Hint hint{Current().text, {}};
      Advance();
      if (!Expect("=", "between a hint and its value")) return;
      const auto word = Current().kind == TokenKind::kWord ? ConstantFromWord(Current().text)
                                                           : std::optional<Constant>();
      if (word) {
        hint.value = *word;
      } else if (Current().kind == TokenKind::kConstant) {
        hint.value = Current().constant;
      } else {
        return FailHere("expected a value for the hint, such as true or 0.1");
      }
      Advance();
      hints.push_back(std::move(hint));
    } while (Accept(","));
    if (!Expect(")", "behind the hints")) return;
  }
}

std::variant<Pipeline, MetricsRoot> Parser::ParseRoot() {
  Sequence sequence = ParseSequence(false);
  if (failed()) return Pipeline();
  if (sequence.call) {
    auto metrics = std::make_unique<Metrics>();
    metrics->offset = sequence.offset;
    metrics->node = MetricsQuery{std::move(sequence.pipeline), std::move(*sequence.call),
                                 std::move(sequence.second)};
    return MetricsRoot{std::move(metrics), {}};
  }
  if (!sequence.lone) return std::move(sequence.pipeline);

  Term& term = *sequence.lone;
  if (term.kind == Term::Kind::kMetrics) {
    MetricsRoot root{std::move(term.metrics), {}};
    auto* query = std::get_if<MetricsQuery>(&root.metrics->node);
    auto stages = ParseSecondStages();
    auto& target = query != nullptr ? query->stages : root.stages;
    for (auto& stage : stages) target.push_back(std::move(stage));
    return root;
  }
  if (term.kind == Term::Kind::kConstant) {
    Fail(term.offset, "a constant is not a query; write a span filter such as { status = error }");
    return Pipeline();
  }
  if (term.kind == Term::Kind::kScalar) {
    FailBareScalar(term.offset);
    return Pipeline();
  }
  if (term.kind == Term::Kind::kSpanset) {
    auto* inner = std::get_if<std::unique_ptr<Pipeline>>(&term.spanset->node);
    if (inner != nullptr) return std::move(**inner);
  }
  AddStage(sequence, std::move(term));
  return std::move(sequence.pipeline);
}

void Parser::FailTrailing() {
  const Token& token = Current();
  if (token.IsSymbol("|")) {
    return Fail(token.offset,
                "a pipeline in parentheses ends the query; drop the parentheses to go on with '|'");
  }
  if (const auto op = OperatorHere(); op && IsArithmetic(*op)) {
    return Fail(token.offset, "'" + token.text +
                                  "' needs its operands in parentheses: ({ } | rate()) " +
                                  token.text + " 2");
  }
  FailHere("expected the end of the query");
}

Result<Query> Parser::ParseQuery() {
  Query query;
  if (Current().kind == TokenKind::kEnd) Fail(0, "the query is empty; { } finds every span");
  query.root = ParseRoot();
  ParseHints(query.hints);
  if (!failed() && Current().kind != TokenKind::kEnd) FailTrailing();
  if (failed()) return status_;
  query.source = source_;
  return query;
}

Result<Field> Parser::ParseOnlyField() {
  auto field = AcceptFieldName();
  if (!field || Current().kind != TokenKind::kEnd) {
    FailHere("expected one attribute or intrinsic, such as span.http.method or name");
  }
  if (failed()) return status_;
  return *std::move(field);
}

Result<Query> Parse(std::string_view text) {
  if (text.size() > kMaxQueryBytes) {
    return InvalidArgument("the query has " + std::to_string(text.size()) +
                           " bytes, more than the " + std::to_string(kMaxQueryBytes) + " allowed");
  }
  return Parser(text).ParseQuery();
}

Result<Field> ParseFieldName(std::string_view text) {
  if (text.size() > kMaxQueryBytes) return InvalidArgument("the name is too long");
  return Parser(text).ParseOnlyField();
}

}  // namespace orrery::traceql
