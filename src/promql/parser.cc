// SPDX-License-Identifier: Apache-2.0
#include "promql/parser.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "promql/parser_state.h"

namespace orrery::promql {
namespace {

struct Operator {
  std::string_view text;
  BinaryOp op;
  int precedence;
};

constexpr int kUnaryPrecedence = 6;
constexpr int kPowPrecedence = 7;

constexpr std::array<Operator, 16> kOperators = {{{"or", BinaryOp::kOr, 1},
                                                  {"and", BinaryOp::kAnd, 2},
                                                  {"unless", BinaryOp::kUnless, 2},
                                                  {"==", BinaryOp::kEqual, 3},
                                                  {"!=", BinaryOp::kNotEqual, 3},
                                                  {"<", BinaryOp::kLess, 3},
                                                  {">", BinaryOp::kGreater, 3},
                                                  {"<=", BinaryOp::kLessEqual, 3},
                                                  {">=", BinaryOp::kGreaterEqual, 3},
                                                  {"+", BinaryOp::kAdd, 4},
                                                  {"-", BinaryOp::kSub, 4},
                                                  {"*", BinaryOp::kMul, 5},
                                                  {"/", BinaryOp::kDiv, 5},
                                                  {"%", BinaryOp::kMod, 5},
                                                  {"atan2", BinaryOp::kAtan2, 5},
                                                  {"^", BinaryOp::kPow, kPowPrecedence}}};

int Precedence(BinaryOp op) { return std::ranges::find(kOperators, op, &Operator::op)->precedence; }

bool IsFitForVectorOp(ValueType type) {
  return type == ValueType::kScalar || type == ValueType::kVector;
}

}  // namespace

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

std::string DescribeToken(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "end of input";
    case TokenKind::kWord: {
      const std::string lowered = Lowered(token.text);
      if (IsReserved(lowered)) return fmt::format("<{}>", lowered);
      return fmt::format("identifier {:?}", token.text);
    }
    case TokenKind::kNumber:
    case TokenKind::kDuration:
      return fmt::format("number {:?}", token.text);
    case TokenKind::kString:
      return fmt::format("string {:?}", token.text);
    case TokenKind::kSymbol:
      break;
  }
  const auto is_operator = std::ranges::find(kOperators, token.text, &Operator::text);
  if (is_operator != kOperators.end()) return fmt::format("<op:{}>", token.text);
  return fmt::format("{:?}", token.text);
}

bool ParserState::IsKeyword(std::string_view keyword) const {
  return Now().kind == TokenKind::kWord && Lowered(Now().text) == keyword;
}

bool ParserState::Skip(std::string_view symbol) {
  if (!Is(symbol)) return false;
  Take();
  return true;
}

Status ParserState::Expect(std::string_view symbol, std::string_view context) {
  if (Skip(symbol)) return OkStatus();
  return Unexpected(context, fmt::format("{:?}", symbol));
}

Status ParserState::Unexpected(std::string_view context, std::string_view expected) const {
  std::string message = fmt::format("unexpected {}", DescribeToken(Now()));
  if (!context.empty()) message += fmt::format(" in {}", context);
  if (!expected.empty()) message += fmt::format(", expected {}", expected);
  return ErrorAt(Now().span, message);
}

Result<ExprPtr> ParserState::ParseAll() {
  if (Now().kind == TokenKind::kEnd) return ErrorAt({}, "no expression found in input");
  ORRERY_ASSIGN_OR_RETURN(ExprPtr expr, ParseBinary(1));
  if (Now().kind != TokenKind::kEnd) return Unexpected({});
  return expr;
}

std::optional<BinaryOp> ParserState::PeekOperator() const {
  if (Now().kind != TokenKind::kSymbol && Now().kind != TokenKind::kWord) return std::nullopt;
  const auto found = std::ranges::find(kOperators, Lowered(Now().text), &Operator::text);
  if (found == kOperators.end()) return std::nullopt;
  return found->op;
}

// Reads operators of at least this precedence.
Result<ExprPtr> ParserState::ParseBinary(int lowest) {
  if (++depth_ > kMaxDepth) return ErrorAt(Now().span, "the query is nested too deeply");
  const uint32_t start = Now().span.start;
  ORRERY_ASSIGN_OR_RETURN(ExprPtr lhs, ParseUnary());
  int chain = 0;
  while (const auto op = PeekOperator()) {
    const int precedence = Precedence(*op);
    if (precedence < lowest) break;
    if (depth_ + ++chain > kMaxDepth) return ErrorAt(Now().span, "the query is nested too deeply");
    const Span op_span = Take().span;
    Binary binary;
    binary.op = *op;
    if (IsSetOp(*op)) binary.matching.card = Matching::Card::kManyToMany;
    ORRERY_RETURN_IF_ERROR(ParseModifiers(binary));
    const bool right = *op == BinaryOp::kPow;
    ORRERY_ASSIGN_OR_RETURN(binary.rhs, ParseBinary(right ? precedence : precedence + 1));
    binary.lhs = std::move(lhs);
    ORRERY_RETURN_IF_ERROR(CheckBinary(binary, op_span));
    lhs = Make(std::move(binary), start);
  }
  --depth_;
  return lhs;
}

Result<ExprPtr> ParserState::ParseUnary() {
  if (!Is("-") && !Is("+")) return ParsePostfixed();
  const Token& sign = Take();
  // A sign binds weaker than a power, and its literal is one number.
  ORRERY_ASSIGN_OR_RETURN(ExprPtr operand, ParseBinary(kUnaryPrecedence));
  const ValueType type = TypeOf(*operand);
  if (!IsFitForVectorOp(type)) {
    return ErrorAt(sign.span,
                   fmt::format("unary expression only allowed on expressions of type scalar or "
                               "instant vector, got {:?}",
                               DescribeType(type)));
  }
  const bool negative = sign.text == "-";
  if (auto* number = std::get_if<NumberLiteral>(&operand->node)) {
    if (negative) number->value = -number->value;
    operand->span.start = sign.span.start;
    return operand;
  }
  return Make(Unary{negative, std::move(operand)}, sign.span.start);
}

Result<ExprPtr> ParserState::ParsePostfixed() {
  ORRERY_ASSIGN_OR_RETURN(ExprPtr expr, ParsePrimary());
  bool has_offset = false;
  int chain = 0;
  while (true) {
    if (++chain > kMaxDepth) return ErrorAt(Now().span, "the query is nested too deeply");
    if (Is("[")) {
      ORRERY_ASSIGN_OR_RETURN(expr, ParseBrackets(std::move(expr)));
      has_offset = false;
    } else if (IsKeyword("offset") || Is("@")) {
      ORRERY_RETURN_IF_ERROR(ParseShift(*expr, has_offset));
    } else {
      return expr;
    }
  }
}

// `bool`, `on (...)`, `group_left (...)`
Status ParserState::ParseModifiers(Binary& binary) {
  if (IsKeyword("bool")) {
    if (!IsComparison(binary.op)) {
      return ErrorAt(Now().span, "bool modifier can only be used on comparison operators");
    }
    Take();
    binary.return_bool = true;
  }
  if (IsKeyword("on") || IsKeyword("ignoring")) {
    binary.matching.on = IsKeyword("on");
    Take();
    ORRERY_ASSIGN_OR_RETURN(binary.matching.labels, ParseLabelList());
    if (IsKeyword("group_left") || IsKeyword("group_right")) {
      if (IsSetOp(binary.op)) {
        return ErrorAt(Now().span,
                       fmt::format("no grouping allowed for {:?} operation", OpText(binary.op)));
      }
      const bool left = IsKeyword("group_left");
      binary.matching.card = left ? Matching::Card::kManyToOne : Matching::Card::kOneToMany;
      Take();
      if (Is("(")) {
        ORRERY_ASSIGN_OR_RETURN(binary.matching.include, ParseLabelList());
      }
    }
  }
  return OkStatus();
}

Status ParserState::CheckBinary(const Binary& binary, Span op) {
  const ValueType left = TypeOf(*binary.lhs);
  const ValueType right = TypeOf(*binary.rhs);
  if (IsComparison(binary.op) && !binary.return_bool && left == ValueType::kScalar &&
      right == ValueType::kScalar) {
    return ErrorAt(op, "comparisons between scalars must use BOOL modifier");
  }
  ORRERY_RETURN_IF_ERROR(CheckMatching(binary, op));
  for (const Expr* side : {binary.lhs.get(), binary.rhs.get()}) {
    if (IsFitForVectorOp(TypeOf(*side))) continue;
    return ErrorAt(side->span,
                   "binary expression must contain only scalar and instant vector types");
  }
  if (left == ValueType::kVector && right == ValueType::kVector) return OkStatus();
  if (!binary.matching.labels.empty()) {
    return ErrorAt(op, "vector matching only allowed between instant vectors");
  }
  if (IsSetOp(binary.op)) {
    return ErrorAt(op, fmt::format("set operator {:?} not allowed in binary scalar expression",
                                   OpText(binary.op)));
  }
  return OkStatus();
}

Status ParserState::CheckMatching(const Binary& binary, Span op) {
  if (!binary.matching.on) return OkStatus();
  for (const std::string& label : binary.matching.include) {
    if (std::ranges::find(binary.matching.labels, label) == binary.matching.labels.end()) continue;
    return ErrorAt(op,
                   fmt::format("label {:?} must not occur in ON and GROUP clause at once", label));
  }
  return OkStatus();
}

Result<ExprPtr> Parse(std::string_view text, const ParserOptions& options) {
  if (text.size() > kMaxQueryBytes) {
    return InvalidArgument(
        fmt::format("1:1: parse error: the query is longer than {} bytes", kMaxQueryBytes));
  }
  ORRERY_ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex(text));
  return ParserState(text, std::move(tokens), options).ParseAll();
}

Result<std::vector<contracts::LabelMatcher>> ParseSelector(std::string_view text) {
  ORRERY_ASSIGN_OR_RETURN(ExprPtr expr, Parse(text, {}));
  auto* selector = std::get_if<VectorSelector>(&expr->node);
  if (selector == nullptr) return ParseError(text, 0, "expected a series selector");
  const TimeShift& shift = selector->shift;
  if (shift.offset_ms != 0 || shift.anchor != TimeShift::Anchor::kNone) {
    return ParseError(text, 0, "a series selector has no offset and no @");
  }
  return std::move(selector->matchers);
}

}  // namespace orrery::promql
