// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "traceql/testing/reference_query.h"

namespace orrery::traceql::reference {
namespace {

using contracts::AttributeScope;
using Type = Value::Type;

const std::vector<std::string> kNames = {"get", "put", "query", "x"};
const std::vector<std::string> kServices = {"web", "db"};
const std::vector<std::string> kTexts = {"", "a", "b", "bb", "1"};
const std::vector<std::string> kRegexes = {"a|b", ".*", "b+", "g.t", "w.*|q.*", ""};
const std::vector<std::string> kAnyType = {"span.a", "span.b",  ".a",         ".b",
                                           ".r",     "event.e", "resource.r", "span.list"};
const std::vector<std::string> kTextual = {
    "name", "statusMessage", "rootName", "event:name", "rootServiceName", "resource.service.name"};
const std::vector<std::string> kWhole = {"span:childCount", "nestedSetLeft", "nestedSetRight",
                                         "nestedSetParent"};
const std::vector<std::string> kDurations = {"duration", "traceDuration"};
const std::vector<std::string> kMeasured = {"duration", "span.a",        "span.b",
                                            "span.b",   "traceDuration", "span:childCount"};
const std::vector<std::string> kOrders = {"=", "!=", "<", "<=", ">", ">="};
const std::vector<std::string> kLogical = {"&&", "||"};
const std::vector<std::string> kBetween = {"&&",  "||",  ">",  "<",  ">>", "<<",  "~",   "!>", "!<",
                                           "!>>", "!<<", "!~", "&>", "&<", "&>>", "&<<", "&~"};
const std::vector<std::vector<std::string>> kGroups = {{},
                                                       {"name"},
                                                       {"span.a"},
                                                       {".b"},
                                                       {".r", "name"},
                                                       {"status"},
                                                       {"kind"},
                                                       {"rootName"},
                                                       {"span.b", "span.a"},
                                                       {"resource.r"},
                                                       {"resource.service.name", ".a"}};

Expr Literally(Value value, std::string text) {
  Expr expr;
  expr.constant = std::move(value);
  expr.text = std::move(text);
  return expr;
}

Expr Join(Expr::Kind kind, const std::string& op, Expr left, Expr right) {
  Expr expr;
  expr.kind = kind;
  expr.op = op;
  expr.text = "(" + left.text + " " + op + " " + right.text + ")";
  expr.operands.push_back(std::move(left));
  expr.operands.push_back(std::move(right));
  return expr;
}

bool Has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Constant Generator::RandomConstant() {
  switch (Below(6)) {
    case 0:
      return Constant::String(Pick(kTexts));
    case 1:
      return Constant::Bool(Chance(50));
    case 2:
      return Constant::Float(Below(8) / 2.0);
    default:
      return Constant::Int(Below(6));
  }
}

CorpusAttribute Generator::RandomAttribute(AttributeScope scope, const std::string& name) {
  CorpusAttribute attribute;
  attribute.scope = scope;
  attribute.name = name;
  attribute.values.push_back(RandomConstant());
  return attribute;
}

void Generator::AddAttributes(CorpusSpan& span) {
  if (Chance(60)) span.attributes.push_back(RandomAttribute(AttributeScope::kSpan, "a"));
  if (Chance(60)) span.attributes.push_back(RandomAttribute(AttributeScope::kSpan, "b"));
  if (Chance(20)) span.attributes.push_back(RandomAttribute(AttributeScope::kSpan, "r"));
  if (Chance(40)) span.attributes.push_back(RandomAttribute(AttributeScope::kResource, "r"));
  if (Chance(15)) span.attributes.push_back(RandomAttribute(AttributeScope::kResource, "a"));
  if (Chance(20)) {
    CorpusAttribute list = RandomAttribute(AttributeScope::kSpan, "list");
    list.is_array = true;
    if (Chance(60)) list.values.push_back(RandomConstant());
    span.attributes.push_back(std::move(list));
  }
  while (Chance(20)) {
    CorpusEvent& event = span.events.emplace_back();
    event.name = Pick(kNames);
    if (Chance(50)) event.attributes.push_back(RandomAttribute(AttributeScope::kEvent, "e"));
    if (Chance(10)) event.attributes.push_back(RandomAttribute(AttributeScope::kEvent, "a"));
  }
}

CorpusTrace Generator::MakeTrace(int number) {
  CorpusTrace trace;
  trace.label = fmt::format("{:02x}", number + 1);
  trace.clock = kCorpusDay + (12 * 3600 + static_cast<uint64_t>(Below(40))) * kNanosPerSecond;
  const int spans = 1 + Below(8);
  for (int i = 0; i < spans; ++i) {
    CorpusSpan span;
    span.service = Pick(kServices);
    span.name = Pick(kNames);
    span.kind = Below(6);
    span.offset_nanos = Below(20) * int64_t{1'000'000};
    span.duration_nanos = Chance(10) ? Below(3) : Below(50) * int64_t{1'000'000};
    span.status = Below(3);
    if (Chance(30)) span.message = Pick(kTexts);
    span.parent = i == 0 || Chance(10) ? -1 : Below(i);
    span.parent_missing = span.parent < 0 && Chance(25);
    AddAttributes(span);
    trace.spans.push_back(std::move(span));
  }
  return trace;
}

Expr Generator::Field(const std::string& name) {
  Expr expr;
  expr.kind = Expr::Kind::kField;
  expr.field = expr.text = name;
  return expr;
}

// A constant that may be compared with the field.
Expr Generator::Literal(const std::string& field) {
  static const std::vector<std::string> kStatuses = {"unset", "ok", "error"};
  static const std::vector<std::string> kKinds = {"unspecified", "internal", "server",
                                                  "client",      "producer", "consumer"};
  if (field == "status") {
    const int status = Below(3);
    return Literally(Of(Type::kStatus, status), kStatuses[static_cast<size_t>(status)]);
  }
  if (field == "kind") {
    const int kind = Below(6);
    return Literally(Of(Type::kKind, kind), kKinds[static_cast<size_t>(kind)]);
  }
  if (Has(kDurations, field)) {
    const int millis = Below(60);
    return Literally(Of(Type::kDuration, millis * int64_t{1'000'000}), fmt::format("{}ms", millis));
  }
  if (Has(kWhole, field)) {
    const int number = Below(4);
    return Literally(Of(Type::kInt, number), std::to_string(number));
  }
  if (Has(kTextual, field)) {
    const std::string& text = Pick(field.find("ervice") != std::string::npos ? kServices : kNames);
    return Literally(OfText(text), "\"" + text + "\"");
  }
  const Constant constant = RandomConstant();
  switch (constant.type) {
    case traceql::Type::kString:
      return Literally(OfText(constant.text), "\"" + constant.text + "\"");
    case traceql::Type::kBool:
      return Literally(Of(Type::kBool, constant.number), constant.number != 0 ? "true" : "false");
    case traceql::Type::kFloat:
      return Literally(OfFloat(constant.real), fmt::format("{:.1f}", constant.real));
    default:
      return Literally(Of(Type::kInt, constant.number), std::to_string(constant.number));
  }
}

Expr Generator::Numeric() {
  static const std::vector<std::string> kComputed = {
      "span.a", "span.b", ".b", "duration", "span:childCount", "nestedSetLeft"};
  static const std::vector<std::string> kArithmetic = {"+", "-", "*", "/", "%"};
  const int number = 1 + Below(4);
  return Join(Expr::Kind::kArithmetic, Pick(kArithmetic), Field(Pick(kComputed)),
              Literally(Of(Type::kInt, number), std::to_string(number)));
}

Expr Generator::Comparison() {
  const int what = Below(20);
  if (what == 0) return Join(Expr::Kind::kCompare, Pick(kOrders), Field("span.a"), Field("span.b"));
  if (what == 1) {
    return Join(Expr::Kind::kCompare, Pick(kOrders), Field("duration"), Field("traceDuration"));
  }
  if (what <= 3)
    return Join(Expr::Kind::kCompare, Pick(kOrders), Numeric(), Literal("nestedSetLeft"));
  if (what <= 5) {
    Expr nil = Literally({}, "nil");
    return Join(Expr::Kind::kNil, Chance(50) ? "=" : "!=", Field(Pick(kAnyType)), std::move(nil));
  }
  if (what <= 7) {
    const std::string pattern = Pick(kRegexes);
    return Join(Expr::Kind::kCompare, Chance(50) ? "=~" : "!~",
                Field(Pick(Chance(50) ? kAnyType : kTextual)),
                Literally(OfText(pattern), "\"" + pattern + "\""));
  }
  static const std::vector<std::string> kEnums = {"status", "kind"};
  const auto& fields = what <= 12   ? kAnyType
                       : what <= 14 ? kTextual
                       : what <= 16 ? kWhole
                       : what == 17 ? kDurations
                                    : kEnums;
  const std::string field = Pick(fields);
  Expr literal = Literal(field);
  const bool ordered = literal.constant.IsNumber() || literal.constant.type == Type::kText;
  const std::string op = ordered ? Pick(kOrders) : (Chance(50) ? "=" : "!=");
  if (!Chance(20)) return Join(Expr::Kind::kCompare, op, Field(field), std::move(literal));
  return Join(Expr::Kind::kCompare, op, std::move(literal), Field(field));
}

Expr Generator::Condition(int depth) {
  if (depth == 0 || Chance(50)) return Comparison();
  if (Chance(15)) {
    Expr expr;
    expr.kind = Expr::Kind::kNot;
    expr.operands.push_back(Condition(depth - 1));
    expr.text = "!" + expr.operands[0].text;
    return expr;
  }
  const std::string op = Pick(kLogical);
  return Join(op == "&&" ? Expr::Kind::kAnd : Expr::Kind::kOr, op, Condition(depth - 1),
              Condition(depth - 1));
}

Spansets Generator::MakeSpansets(int depth) {
  Spansets spansets;
  if (depth == 0 || Chance(55)) {
    spansets.filter = Condition(2);
    if (Chance(10)) spansets.filter = Literally(Of(Type::kBool, 1), "true");
    spansets.text = "{ " + spansets.filter.text + " }";
    return spansets;
  }
  spansets.op = Pick(kBetween);
  spansets.sides.push_back(MakeSpansets(depth - 1));
  spansets.sides.push_back(MakeSpansets(depth - 1));
  spansets.text =
      "(" + spansets.sides[0].text + " " + spansets.op + " " + spansets.sides[1].text + ")";
  return spansets;
}

Stage Generator::MakeAggregate() {
  static const std::vector<std::string> kFunctions = {"count", "min", "max", "sum", "avg"};
  static const std::vector<std::string> kComparisons = {">", ">=", "<", "<="};
  Stage stage;
  stage.kind = Stage::Kind::kAggregate;
  stage.function = Pick(kFunctions);
  stage.op = Pick(kComparisons);
  std::string argument;
  int number = 1 + Below(4);
  if (stage.function != "count") {
    argument = Pick(kMeasured);
    stage.expr = Field(argument);
    if (Has(kDurations, argument)) number *= 10'000'000;
  }
  stage.number = number;
  stage.text = stage.function + "(" + argument + ") " + stage.op + " " + std::to_string(number);
  return stage;
}

Stage Generator::MakeStage() {
  Stage stage;
  switch (Below(4)) {
    case 0:
      stage.kind = Stage::Kind::kFilter;
      stage.expr = Condition(1);
      stage.text = "{ " + stage.expr.text + " }";
      return stage;
    case 1:
      stage.kind = Stage::Kind::kGroup;
      stage.expr = Field(Pick(kMeasured));
      if (Chance(50)) stage.expr = Field(Pick(kTextual));
      if (stage.expr.field == "event:name") stage.expr = Field("name");
      stage.text = "by(" + stage.expr.text + ")";
      return stage;
    case 2:
      stage.kind = Stage::Kind::kMerge;
      stage.text = "coalesce()";
      return stage;
    default:
      return MakeAggregate();
  }
}

RandomQuery Generator::MakeSearch() {
  RandomQuery query;
  query.first = MakeSpansets(2);
  while (Chance(30)) query.stages.push_back(MakeStage());
  return query;
}

RandomQuery Generator::MakeMetrics() {
  static const std::vector<std::string> kFunctions = {
      "rate",          "count_over_time", "min_over_time",      "max_over_time",
      "sum_over_time", "avg_over_time",   "quantile_over_time", "histogram_over_time"};
  RandomQuery query = MakeSearch();
  if (Chance(60)) {
    query = {};
    query.first = MakeSpansets(0);
  }
  Call& call = query.call;
  call.function = Pick(kFunctions);
  std::string arguments;
  if (call.function != "rate" && call.function != "count_over_time") {
    arguments = call.field = Pick(kMeasured);
  }
  if (call.function == "quantile_over_time") {
    call.quantiles = {0.5, Below(11) / 10.0};
    if (call.quantiles[1] == 0.5) call.quantiles.pop_back();
    for (const double q : call.quantiles) arguments += fmt::format(", {:.1f}", q);
  }
  call.by = Pick(kGroups);
  call.text = call.function + "(" + arguments + ")";
  std::string by;
  for (const std::string& field : call.by) by += (by.empty() ? "" : ", ") + field;
  if (!by.empty()) call.text += " by(" + by + ")";
  return query;
}

}  // namespace orrery::traceql::reference
