// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>

#include "base/nearest.h"
#include "traceql/parser_state.h"

// The part of the parser for what stands inside of braces, and for lists of fields.

namespace orrery::traceql {
namespace {

constexpr std::string_view kBareNil = "nil can only be compared with = or !=";

}  // namespace

FieldExprPtr Parser::NewField(size_t offset, uint32_t below,
                              std::variant<Constant, Field, Unary, Binary, Junction> node) {
  auto expr = std::make_unique<FieldExpr>();
  expr->node = std::move(node);
  expr->offset = offset;
  expr->height = Taller(below, 0, offset);
  return expr;
}

FieldExprPtr Parser::ParseBraces() {
  if (!Expect("{", "before a span filter")) return nullptr;
  if (Accept("}")) return nullptr;
  FieldExprPtr condition = ParseWholeField();
  if (!failed() && !Accept("}")) FailInBraces();
  return condition;
}

void Parser::FailInBraces() {
  const Token& token = Current();
  if (token.kind == TokenKind::kEnd)
    return Fail(token.offset, "span filter without its closing '}'");
  if (token.IsSymbol("|")) {
    return Fail(token.offset,
                "'|' inside a span filter; close the filter with '}' first, or join conditions "
                "with &&");
  }
  if (token.IsSymbol(",")) {
    return Fail(token.offset, "',' inside a span filter; join conditions with && or ||");
  }
  if (const auto op = OperatorHere()) {
    return Fail(token.offset, "'" + token.text +
                                  "' stands between span filters, not inside of one; close the "
                                  "filter with '}' first");
  }
  FailHere("expected an operator or '}'");
}

FieldExprPtr Parser::ParseWholeField() {
  FieldExprPtr expr = ParseField(kJunctionLevel);
  if (!failed() && expr->IsNil()) Fail(expr->offset, kBareNil);
  return expr;
}

FieldExprPtr Parser::ParseField(int min_level) {
  const Deeper deeper(*this);
  FieldExprPtr left = ParseFieldOperand();
  while (!failed()) {
    const auto op = OperatorHere();
    if (!op || *op > Op::kPower) break;
    const int level = LevelOf(*op);
    if (level < min_level) break;
    const size_t offset = Current().offset;
    Advance();
    FieldExprPtr right = ParseField(*op == Op::kPower ? level : level + 1);
    if (failed()) break;
    left = Combine(*op, offset, std::move(left), std::move(right));
  }
  return left;
}

FieldExprPtr Parser::Combine(Op op, size_t offset, FieldExprPtr left, FieldExprPtr right) {
  if ((left->IsNil() || right->IsNil()) && op != Op::kEqual && op != Op::kNotEqual) {
    Fail(left->IsNil() ? left->offset : right->offset, kBareNil);
    return nullptr;
  }
  const uint32_t below = std::max(left->height, right->height);
  if (op != Op::kAnd && op != Op::kOr) {
    return NewField(offset, below, Binary{op, std::move(left), std::move(right)});
  }
  if (auto* chain = std::get_if<Junction>(&left->node); chain != nullptr && chain->op == op) {
    left->height = std::max(left->height, Taller(right->height, 0, offset));
    chain->terms.push_back(std::move(right));
    return left;
  }
  Junction junction{op, {}};
  junction.terms.push_back(std::move(left));
  junction.terms.push_back(std::move(right));
  return NewField(offset, below, std::move(junction));
}

FieldExprPtr Parser::ParseFieldOperand() {
  const Token& token = Current();
  const size_t offset = token.offset;
  switch (token.kind) {
    case TokenKind::kConstant: {
      Constant constant = token.constant;
      Advance();
      return NewField(offset, 0, std::move(constant));
    }
    case TokenKind::kField: {
      Field field = token.field;
      Advance();
      return NewField(offset, 0, std::move(field));
    }
    case TokenKind::kWord:
      return ParseWordOperand();
    default:
      break;
  }
  if (token.IsSymbol("-")) return ParseFieldUnary(Op::kNegate);
  if (token.IsSymbol("!")) return ParseFieldUnary(Op::kNot);
  if (!token.IsSymbol("(")) {
    FailHere("expected an attribute, an intrinsic or a value");
    return nullptr;
  }
  Advance();
  FieldExprPtr inner = ParseWholeField();
  if (!failed() && !Accept(")")) {
    if (Current().IsSymbol("}") || Current().kind == TokenKind::kEnd) {
      Fail(offset, "parenthesis without its closing ')'");
    } else {
      FailInBraces();
    }
  }
  return inner;
}

FieldExprPtr Parser::ParseFieldUnary(Op op) {
  const size_t offset = Current().offset;
  Advance();
  FieldExprPtr operand = ParseField(kMultiplicativeLevel);
  if (failed()) return nullptr;
  if (operand->IsNil()) Fail(operand->offset, kBareNil);
  auto* constant = std::get_if<Constant>(&operand->node);
  if (op == Op::kNegate && constant != nullptr && IsNumber(constant->type) &&
      constant->number != std::numeric_limits<int64_t>::min()) {
    constant->number = -constant->number;
    constant->real = -constant->real;
    operand->offset = offset;
    return operand;
  }
  const uint32_t below = operand->height;
  return NewField(offset, below, Unary{op, std::move(operand)});
}

std::optional<Constant> Parser::ConstantFromWord(std::string_view word) const {
  if (word == "true") return Constant::Bool(true);
  if (word == "false") return Constant::Bool(false);
  if (word == "minInt") return Constant::Int(std::numeric_limits<int64_t>::min());
  if (word == "maxInt") return Constant::Int(std::numeric_limits<int64_t>::max());
  if (const auto status = StatusFromName(word)) return Constant::Status(*status);
  if (const auto kind = KindFromName(word)) return Constant::Kind(*kind);
  return std::nullopt;
}

FieldExprPtr Parser::ParseWordOperand() {
  const size_t offset = Current().offset;
  if (auto constant = ConstantFromWord(Current().text)) {
    Advance();
    return NewField(offset, 0, *std::move(constant));
  }
  if (Current().text == "nil") {
    Advance();
    return NewField(offset, 0, Constant::Nil());
  }
  if (auto field = AcceptFieldName()) return NewField(offset, 0, *std::move(field));
  FailUnknownWord();
  return nullptr;
}

void Parser::FailUnknownWord() {
  const Token word = Current();
  const Token& next = Ahead();
  if (next.kind == TokenKind::kField && next.offset == word.end) {
    const std::string name(source_.substr(word.offset, next.end - word.offset));
    return Fail(word.offset, "attribute '" + name + "' without a scope; write ." + name +
                                 ", span." + name + " or resource." + name);
  }
  if (next.IsSymbol("(")) {
    return Fail(word.offset, "'" + word.text +
                                 "()' inside a span filter; functions stand behind the filter, "
                                 "after '|'");
  }
  std::vector<std::string_view> known = {"true",     "false",       "nil",      "ok",     "error",
                                         "unset",    "unspecified", "internal", "server", "client",
                                         "consumer", "producer",    "minInt",   "maxInt"};
  for (const IntrinsicEntry& entry : Intrinsics()) {
    if (!entry.old.empty()) known.push_back(entry.old);
  }
  std::string message = "unknown word '" + word.text.substr(0, 40) + "'";
  if (const auto nearest = Nearest(word.text, known); !nearest.empty()) {
    message += "; did you mean '" + std::string(nearest) + "'?";
  } else {
    message += "; an attribute starts with a dot or a scope, a string stands in double quotes";
  }
  Fail(word.offset, message);
}

std::optional<Field> Parser::AcceptFieldName() {
  const Token& token = Current();
  std::optional<Field> field;
  if (token.kind == TokenKind::kField) {
    field = token.field;
  } else if (token.IsWord("parent")) {
    field.emplace().kind = Field::Kind::kParent;
  } else if (token.kind == TokenKind::kWord) {
    const IntrinsicEntry* entry = FindIntrinsic(token.text);
    if (entry == nullptr) return std::nullopt;
    field = Field::Of(entry->intrinsic);
  } else {
    return std::nullopt;
  }
  Advance();
  return field;
}

std::vector<Field> Parser::ParseFieldNames(std::string_view of) {
  std::vector<Field> fields;
  if (!Expect("(", "behind '" + std::string(of) + "'")) return fields;
  do {
    auto field = AcceptFieldName();
    if (!field) {
      if (Current().kind == TokenKind::kWord && !Ahead().IsSymbol("(")) {
        FailUnknownWord();
      } else {
        FailHere("'" + std::string(of) + "' takes attributes and intrinsics");
      }
      return fields;
    }
    fields.push_back(*std::move(field));
  } while (Accept(","));
  Expect(")", "behind the fields of '" + std::string(of) + "'");
  return fields;
}

}  // namespace orrery::traceql
