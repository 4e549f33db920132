// SPDX-License-Identifier: Apache-2.0
#include "promql/ast_json.h"

#include <fmt/format.h>

#include "model/number_text.h"
#include "promql/function_table.h"

namespace orrery::promql {
namespace {

std::string Text(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      json += c;
    }
  }
  return json + '"';
}

std::string List(const std::vector<std::string>& items) {
  std::string json = "[";
  for (const std::string& item : items) json += (json.size() > 1 ? "," : "") + item;
  return json + ']';
}

std::string Texts(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.push_back(Text(text));
  return List(items);
}

std::string Child(const ExprPtr& expr) { return expr == nullptr ? "null" : AstJson(*expr); }

std::string_view TypeName(ValueType type) {
  constexpr std::string_view kNames[] = {"scalar", "string", "vector", "matrix"};
  return kNames[static_cast<size_t>(type)];
}

std::string Matchers(const VectorSelector& selector) {
  constexpr std::string_view kSymbols[] = {"=", "!=", "=~", "!~"};
  std::vector<std::string> items;
  items.reserve(selector.matchers.size());
  for (const auto& matcher : selector.matchers) {
    items.push_back(fmt::format(R"({{"name":{},"type":"{}","value":{}}})", Text(matcher.name),
                                kSymbols[static_cast<size_t>(matcher.kind)], Text(matcher.value)));
  }
  return List(items);
}

// `offset`, `timestamp` and `startOrEnd`, as fields.
std::string Shift(const TimeShift& shift) {
  const bool timed = shift.anchor == TimeShift::Anchor::kTime;
  std::string_view edge = "null";
  if (shift.anchor == TimeShift::Anchor::kStart) edge = "\"start\"";
  if (shift.anchor == TimeShift::Anchor::kEnd) edge = "\"end\"";
  return fmt::format(R"("offset":{},"startOrEnd":{},"timestamp":{})", shift.offset_ms, edge,
                     timed ? fmt::format("{}", shift.at_ms) : "null");
}

std::string MatchingJson(const Binary& binary) {
  constexpr std::string_view kCards[] = {"one-to-one", "many-to-one", "one-to-many",
                                         "many-to-many"};
  const bool vectors =
      TypeOf(*binary.lhs) == ValueType::kVector && TypeOf(*binary.rhs) == ValueType::kVector;
  if (!vectors) return "null";
  const Matching& matching = binary.matching;
  return fmt::format(R"({{"card":"{}","include":{},"labels":{},"on":{}}})",
                     kCards[static_cast<size_t>(matching.card)], Texts(matching.include),
                     Texts(matching.labels), matching.on);
}

struct Writer {
  std::string operator()(const NumberLiteral& number) const {
    return fmt::format(R"({{"type":"numberLiteral","val":"{}"}})",
                       model::FormatNumber(number.value, model::NumberForm::kDecimal));
  }
  std::string operator()(const StringLiteral& text) const {
    return fmt::format(R"({{"type":"stringLiteral","val":{}}})", Text(text.value));
  }
  std::string operator()(const VectorSelector& selector) const {
    return fmt::format(R"({{"type":"vectorSelector","name":{},"matchers":{},{}}})",
                       Text(selector.name), Matchers(selector), Shift(selector.shift));
  }
  std::string operator()(const MatrixSelector& matrix) const {
    return fmt::format(R"({{"type":"matrixSelector","name":{},"range":{},"matchers":{},{}}})",
                       Text(matrix.selector.name), matrix.range_ms, Matchers(matrix.selector),
                       Shift(matrix.selector.shift));
  }
  std::string operator()(const Subquery& subquery) const {
    return fmt::format(R"({{"type":"subquery","expr":{},"range":{},"step":{},{}}})",
                       Child(subquery.expr), subquery.range_ms, subquery.step_ms,
                       Shift(subquery.shift));
  }
  std::string operator()(const Call& call) const {
    const Function& function = *call.function;
    std::vector<std::string> types;
    types.reserve(function.args.size());
    for (const ValueType type : function.args)
      types.push_back(fmt::format("\"{}\"", TypeName(type)));
    std::vector<std::string> args;
    args.reserve(call.args.size());
    for (const ExprPtr& arg : call.args) args.push_back(AstJson(*arg));
    return fmt::format(
        R"({{"type":"call","func":{{"name":"{}","argTypes":{},"variadic":{},"returnType":"{}"}},)"
        R"("args":{}}})",
        function.name, List(types), function.variadic, TypeName(function.result), List(args));
  }
  std::string operator()(const Aggregate& aggregate) const {
    return fmt::format(
        R"({{"type":"aggregation","op":"{}","expr":{},"param":{},"grouping":{},"without":{}}})",
        AggregateName(aggregate.op), Child(aggregate.expr), Child(aggregate.parameter),
        Texts(aggregate.grouping), aggregate.without);
  }
  std::string operator()(const Binary& binary) const {
    return fmt::format(
        R"({{"type":"binaryExpr","op":"{}","lhs":{},"rhs":{},"matching":{},"bool":{}}})",
        OpText(binary.op), Child(binary.lhs), Child(binary.rhs), MatchingJson(binary),
        binary.return_bool);
  }
  std::string operator()(const Unary& unary) const {
    return fmt::format(R"({{"type":"unaryExpr","op":"{}","expr":{}}})", unary.negative ? '-' : '+',
                       Child(unary.expr));
  }
  std::string operator()(const Paren& paren) const {
    return fmt::format(R"({{"type":"parenExpr","expr":{}}})", Child(paren.expr));
  }
};

}  // namespace

std::string AstJson(const Expr& expr) { return std::visit(Writer{}, expr.node); }

}  // namespace orrery::promql
