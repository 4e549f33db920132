// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "promql/function_table.h"
#include "promql/parser_state.h"

namespace orrery::promql {
namespace {

constexpr std::array<std::string_view, 11> kKeywords = {"and",      "or",   "unless",    "atan2",
                                                        "offset",   "by",   "without",   "on",
                                                        "ignoring", "bool", "group_left"};

// "expected type scalar in ..., got instant vector".
std::string WrongType(ValueType wanted, ValueType found, std::string_view context) {
  return fmt::format("expected type {} in {}, got {}", DescribeType(wanted), context,
                     DescribeType(found));
}

}  // namespace

std::optional<AggregateOp> FindAggregate(std::string_view name) {
  for (uint8_t i = 0; i <= static_cast<uint8_t>(AggregateOp::kLimitRatio); ++i) {
    if (AggregateName(static_cast<AggregateOp>(i)) == name) return static_cast<AggregateOp>(i);
  }
  return std::nullopt;
}

bool IsReserved(std::string_view lowered) {
  return std::ranges::find(kKeywords, lowered) != kKeywords.end() || lowered == "group_right";
}

Result<ExprPtr> ParserState::ParsePrimary() {
  const Token& token = Now();
  switch (token.kind) {
    case TokenKind::kNumber:
    case TokenKind::kDuration:
      Take();
      return Make(NumberLiteral{token.number, token.kind == TokenKind::kDuration},
                  token.span.start);
    case TokenKind::kString:
      Take();
      return Make(StringLiteral{token.text}, token.span.start);
    case TokenKind::kSymbol:
      if (Is("(")) return ParseParen();
      if (Is("{")) return ParseVectorSelector();
      return Unexpected({});
    case TokenKind::kEnd:
      return Unexpected({});
    case TokenKind::kWord:
      break;
  }
  const std::string lowered = Lowered(token.text);
  const bool call = After().kind == TokenKind::kSymbol && After().text == "(";
  if (const auto op = FindAggregate(lowered)) {
    const std::string next = After().kind == TokenKind::kWord ? Lowered(After().text) : "";
    if (call || next == "by" || next == "without") return ParseAggregate(*op);
  }
  if (call && !IsReserved(lowered)) return ParseCall();
  if (lowered == "inf" || lowered == "nan") {
    Take();
    const double value = lowered == "inf" ? std::numeric_limits<double>::infinity()
                                          : std::numeric_limits<double>::quiet_NaN();
    return Make(NumberLiteral{value}, token.span.start);
  }
  const bool name_like = lowered == "by" || lowered == "without" || lowered == "offset" ||
                         lowered == "and" || lowered == "or" || lowered == "unless" ||
                         lowered == "atan2";
  if (IsReserved(lowered) && !name_like) return Unexpected({});
  return ParseVectorSelector();
}

Result<ExprPtr> ParserState::ParseParen() {
  const uint32_t start = Take().span.start;
  ORRERY_ASSIGN_OR_RETURN(ExprPtr inner, ParseBinary(1));
  ORRERY_RETURN_IF_ERROR(Expect(")", "parenthesized expression"));
  return Make(Paren{std::move(inner)}, start);
}

Result<std::vector<ExprPtr>> ParserState::ParseArgs(std::string_view context) {
  std::vector<ExprPtr> args;
  ORRERY_RETURN_IF_ERROR(Expect("(", context));
  if (Skip(")")) return args;
  while (true) {
    ORRERY_ASSIGN_OR_RETURN(ExprPtr arg, ParseBinary(1));
    args.push_back(std::move(arg));
    if (Skip(")")) return args;
    if (!Is(",")) return Unexpected(context, "\",\" or \")\"");
    Take();
    if (Is(")")) return ErrorAt(Now().span, "trailing commas not allowed in function call args");
  }
}

Result<std::vector<std::string>> ParserState::ParseLabelList() {
  constexpr std::string_view kContext = "grouping opts";
  ORRERY_RETURN_IF_ERROR(Expect("(", kContext));
  std::vector<std::string> labels;
  while (!Skip(")")) {
    const Token& token = Now();
    const bool word = token.kind == TokenKind::kWord && token.text.find(':') == std::string::npos;
    if (!word && (token.kind != TokenKind::kString || token.text.empty())) {
      return Unexpected(kContext, "label");
    }
    labels.push_back(Take().text);
    if (!Is(")")) ORRERY_RETURN_IF_ERROR(Expect(",", kContext));
  }
  return labels;
}

Result<ExprPtr> ParserState::ParseCall() {
  const Token& name = Take();
  Call call;
  call.function = FindFunction(name.text);
  if (call.function == nullptr) {
    return ErrorAt(name.span, fmt::format("unknown function with name {:?}", name.text));
  }
  if (call.function->experimental && !options_.experimental_functions) {
    return ErrorAt(name.span, fmt::format("function {:?} is not enabled", name.text));
  }
  ORRERY_ASSIGN_OR_RETURN(call.args, ParseArgs("function call"));
  ORRERY_RETURN_IF_ERROR(CheckCall(call, name.span));
  return Make(std::move(call), name.span.start);
}

Status ParserState::CheckCall(const Call& call, Span span) {
  const Function& function = *call.function;
  const size_t most = function.args.size();
  const size_t optional = function.variadic < 0 ? 1 : static_cast<size_t>(function.variadic);
  const size_t least = most - std::min(most, optional);
  const size_t count = call.args.size();
  if (function.variadic == 0 && count != most) {
    return ErrorAt(span, fmt::format("expected {} argument(s) in call to {:?}, got {}", most,
                                     function.name, count));
  }
  if (count < least) {
    return ErrorAt(span, fmt::format("expected at least {} argument(s) in call to {:?}, got {}",
                                     least, function.name, count));
  }
  if (function.variadic > 0 && count > most) {
    return ErrorAt(span, fmt::format("expected at most {} argument(s) in call to {:?}, got {}",
                                     most, function.name, count));
  }
  for (size_t i = 0; i < count; ++i) {
    const ValueType wanted = function.args[std::min(i, most - 1)];
    const ValueType found = TypeOf(*call.args[i]);
    if (wanted == found) continue;
    return ErrorAt(call.args[i]->span,
                   WrongType(wanted, found, fmt::format("call to function {:?}", function.name)));
  }
  if (function.id == FunctionId::kInfo && count == 2 &&
      !std::holds_alternative<VectorSelector>(call.args[1]->node)) {
    return ErrorAt(call.args[1]->span, "expected label selectors only in the second argument");
  }
  return OkStatus();
}

Result<ExprPtr> ParserState::ParseAggregate(AggregateOp op) {
  const Span name = Take().span;
  const bool experimental = op == AggregateOp::kLimitk || op == AggregateOp::kLimitRatio;
  if (experimental && !options_.experimental_functions) {
    return ErrorAt(name,
                   fmt::format("{}() is experimental and must be enabled", AggregateName(op)));
  }
  Aggregate aggregate;
  aggregate.op = op;
  const auto grouping = [&]() -> Result<bool> {
    if (!IsKeyword("by") && !IsKeyword("without")) return false;
    aggregate.without = IsKeyword("without");
    Take();
    ORRERY_ASSIGN_OR_RETURN(aggregate.grouping, ParseLabelList());
    return true;
  };
  ORRERY_ASSIGN_OR_RETURN(const bool before, grouping());
  ORRERY_RETURN_IF_ERROR(ParseAggregateArgs(aggregate));
  if (!before) ORRERY_RETURN_IF_ERROR(grouping().status());
  ORRERY_RETURN_IF_ERROR(CheckAggregate(aggregate));
  return Make(std::move(aggregate), name.start);
}

Status ParserState::ParseAggregateArgs(Aggregate& aggregate) {
  const Span span = Now().span;
  ORRERY_ASSIGN_OR_RETURN(std::vector<ExprPtr> args, ParseArgs("aggregation"));
  if (args.empty()) return ErrorAt(span, "no arguments for aggregate expression provided");
  const size_t wanted = TakesParameter(aggregate.op) ? 2 : 1;
  if (args.size() != wanted) {
    return ErrorAt(span, fmt::format("wrong number of arguments for aggregate expression "
                                     "provided, expected {}, got {}",
                                     wanted, args.size()));
  }
  aggregate.expr = std::move(args.back());
  if (wanted == 2) aggregate.parameter = std::move(args.front());
  return OkStatus();
}

Status ParserState::CheckAggregate(const Aggregate& aggregate) {
  const ValueType found = TypeOf(*aggregate.expr);
  if (found != ValueType::kVector) {
    return ErrorAt(aggregate.expr->span,
                   WrongType(ValueType::kVector, found, "aggregation expression"));
  }
  if (aggregate.parameter == nullptr) return OkStatus();
  const bool text = aggregate.op == AggregateOp::kCountValues;
  const ValueType wanted = text ? ValueType::kString : ValueType::kScalar;
  const ValueType parameter = TypeOf(*aggregate.parameter);
  if (parameter != wanted) {
    return ErrorAt(aggregate.parameter->span,
                   WrongType(wanted, parameter, "aggregation parameter"));
  }
  return OkStatus();
}

}  // namespace orrery::promql
