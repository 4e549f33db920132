// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "traceql/parser_state.h"

// The part of the parser for metrics functions and what may follow them.

namespace orrery::traceql {
namespace {

constexpr std::array<std::string_view, 9> kFunctions = {
    "rate",          "count_over_time",     "min_over_time",      "max_over_time", "sum_over_time",
    "avg_over_time", "histogram_over_time", "quantile_over_time", "compare"};

}  // namespace

std::string_view NameOf(MetricsFunction function) {
  return kFunctions[static_cast<size_t>(function)];
}

std::optional<MetricsFunction> Parser::MetricsFunctionHere(const Token& token) {
  if (token.kind != TokenKind::kWord) return std::nullopt;
  for (size_t i = 0; i < kFunctions.size(); ++i) {
    if (kFunctions[i] == token.text) return static_cast<MetricsFunction>(i);
  }
  return std::nullopt;
}

MetricsCall Parser::ParseMetricsCall(MetricsFunction function) {
  MetricsCall call;
  call.function = function;
  call.offset = Current().offset;
  Advance();
  const std::string name(NameOf(function));
  if (!Expect("(", "behind '" + name + "'")) return call;
  ParseCallArguments(call);
  if (!Expect(")", "behind the arguments of '" + name + "'")) return call;
  if (function != MetricsFunction::kCompare && Current().IsWord("by")) {
    Advance();
    call.by = ParseFieldNames("by");
  }
  return call;
}

void Parser::ParseCallArguments(MetricsCall& call) {
  const std::string name(NameOf(call.function));
  if (call.function <= MetricsFunction::kCountOverTime) return;
  if (call.function == MetricsFunction::kCompare) {
    call.selection = ParseBraces();
    while (!failed() && call.numbers.size() < 3 && Accept(",")) {
      if (Current().kind != TokenKind::kConstant || Current().constant.type != Type::kInt) {
        return FailHere("compare takes a filter, how many values to list, and a start and an end");
      }
      call.numbers.push_back(Current().constant.number);
      Advance();
    }
    if (!failed() && call.numbers.size() == 2) {
      FailHere("compare needs an end beside its start");
    }
    return;
  }
  call.field = AcceptFieldName();
  if (!call.field) {
    if (Current().kind == TokenKind::kWord) return FailUnknownWord();
    return FailHere("'" + name + "' takes an attribute or an intrinsic");
  }
  if (call.function != MetricsFunction::kQuantileOverTime) return;
  while (!failed() && Accept(",")) {
    const Constant& constant = Current().constant;
    const bool number = Current().kind == TokenKind::kConstant &&
                        (constant.type == Type::kInt || constant.type == Type::kFloat);
    if (!number) return FailHere("a quantile is a number from 0 to 1");
    call.quantiles.push_back(constant.type == Type::kInt ? static_cast<double>(constant.number)
                                                         : constant.real);
    Advance();
  }
  if (!failed() && call.quantiles.empty()) {
    FailHere("'" + name + "' needs at least one quantile, such as 0.9");
  }
}

std::vector<SecondStage> Parser::ParseSecondStages() {
  std::vector<SecondStage> stages;
  while (!failed()) {
    const auto op = OperatorHere();
    if (op && *op >= Op::kEqual && *op <= Op::kGreaterEqual) {
      Advance();
      Term term = ParseTerm(kAdditiveLevel);
      if (failed()) break;
      if (term.kind != Term::Kind::kConstant) {
        Fail(term.offset, "a threshold is a number or a duration");
        break;
      }
      stages.emplace_back(Threshold{*op, std::get<Constant>(std::move(term.scalar->node))});
    } else if (Accept("|")) {
      if (!Current().IsWord("topk") && !Current().IsWord("bottomk")) {
        FailHere("only topk(n), bottomk(n) and a threshold may follow a metrics function");
        break;
      }
      stages.emplace_back(ParseTopK());
    } else {
      break;
    }
  }
  return stages;
}

TopK Parser::ParseTopK() {
  TopK topk;
  topk.bottom = Current().text == "bottomk";
  topk.offset = Current().offset;
  const std::string name = Current().text;
  Advance();
  if (!Expect("(", "behind '" + name + "'")) return topk;
  if (Current().kind != TokenKind::kConstant || Current().constant.type != Type::kInt) {
    FailHere("'" + name + "' takes a positive whole number");
    return topk;
  }
  topk.n = Current().constant.number;
  Advance();
  Expect(")", "behind the number of '" + name + "'");
  return topk;
}

}  // namespace orrery::traceql
