// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "traceql/plan.h"
#include "traceql/printer.h"
#include "traceql/regex.h"

namespace orrery::traceql {
namespace {

using contracts::Condition;
using contracts::Intrinsic;
using contracts::SpanFilter;

// Lines, each deeper one indented by two blanks more.
class Lines {
 public:
  void Add(size_t depth, std::string_view line) {
    text_.append(2 * depth, ' ').append(line).push_back('\n');
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string Join(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : std::string(between)) + part;
  return out;
}

std::string FieldsText(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Field& field : fields) names.push_back(ToText(field));
  return Join(names, ", ");
}

// What is read anyway, and the fields beside it.
std::string ReadText(std::string read, const std::vector<Field>& fields) {
  if (!fields.empty()) read += ", " + FieldsText(fields);
  return read;
}

Field FieldOf(const contracts::FieldRef& ref) {
  if (const auto* intrinsic = std::get_if<Intrinsic>(&ref)) return Field::Of(*intrinsic);
  const auto& attribute = std::get<contracts::AttributeRef>(ref);
  return Field::Of(attribute.scope, attribute.name);
}

std::string OperandText(const Condition& condition) {
  if (const auto* flag = std::get_if<bool>(&condition.operand)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&condition.operand)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&condition.operand)) {
    return Print(Constant::Float(*real));
  }
  return QuoteText(std::get<std::string>(condition.operand));
}

std::string ConditionText(const Condition& condition) {
  const std::string field = ToText(FieldOf(condition.field));
  switch (condition.op) {
    case Condition::Op::kExists:
      return field + " exists";
    case Condition::Op::kEqual:
      return field + " = " + OperandText(condition);
    case Condition::Op::kNotEqual:
      return field + " != " + OperandText(condition);
    case Condition::Op::kLess:
      return field + " < " + OperandText(condition);
    case Condition::Op::kLessEqual:
      return field + " <= " + OperandText(condition);
    case Condition::Op::kGreater:
      return field + " > " + OperandText(condition);
    case Condition::Op::kGreaterEqual:
      return field + " >= " + OperandText(condition);
    case Condition::Op::kText:
      return field + " " + condition.text->ToText();
  }
  return field;
}

std::string FilterText(const SpanFilter& filter) {
  switch (filter.kind) {
    case SpanFilter::Kind::kAll:
      return "every span";
    case SpanFilter::Kind::kCondition:
      return ConditionText(filter.condition);
    case SpanFilter::Kind::kAnd:
    case SpanFilter::Kind::kOr:
      break;
  }
  std::vector<std::string> parts;
  for (const SpanFilter& child : filter.children) {
    const bool nested = child.kind == SpanFilter::Kind::kAnd || child.kind == SpanFilter::Kind::kOr;
    parts.push_back(nested ? "(" + FilterText(child) + ")" : FilterText(child));
  }
  return Join(parts, filter.kind == SpanFilter::Kind::kAnd ? " && " : " || ");
}

// The trace that all spans that pass must be of.
bool IsOneTrace(const SpanFilter& filter) {
  if (filter.kind == SpanFilter::Kind::kCondition) {
    return filter.condition.field == contracts::FieldRef(Intrinsic::kTraceId);
  }
  return filter.kind == SpanFilter::Kind::kAnd &&
         std::any_of(filter.children.begin(), filter.children.end(), IsOneTrace);
}

void AddSieve(const SpanFilter& sieve, size_t depth, Lines& lines) {
  if (sieve.kind == SpanFilter::Kind::kAll) {
    return lines.Add(depth, "look at every span: no condition can be pushed down");
  }
  lines.Add(depth, "push down " + FilterText(sieve));
  lines.Add(depth + 1, IsOneTrace(sieve)
                           ? "pass over blocks by their filter of trace ids, find rows by the index"
                           : "pass over row groups by zone maps and dictionaries, then rows by "
                             "vectors of codes");
}

void AddPipeline(const Pipeline& pipeline, size_t depth, Lines& lines);

void AddSpansets(const SpansetExpr& expr, size_t depth, Lines& lines) {
  if (std::holds_alternative<SpansetFilter>(expr.node)) {
    return lines.Add(depth, "filter " + Print(expr));
  }
  if (const auto* inner = std::get_if<std::unique_ptr<Pipeline>>(&expr.node)) {
    lines.Add(depth, "pipeline");
    return AddPipeline(**inner, depth + 1, lines);
  }
  const auto& binary = std::get<SpansetBinary>(expr.node);
  const bool joins = binary.op == Op::kAnd || binary.op == Op::kOr;
  lines.Add(depth, joins ? "join spansets by " + std::string(OpText(binary.op))
                         : "relate spans by " + std::string(OpText(binary.op)) +
                               ", ranges of nested sets");
  AddSpansets(*binary.left, depth + 1, lines);
  AddSpansets(*binary.right, depth + 1, lines);
}

void AddStage(const Stage& stage, size_t depth, Lines& lines) {
  if (const auto* expr = std::get_if<SpansetExprPtr>(&stage.node)) {
    AddSpansets(**expr, depth, lines);
  } else if (const auto* filter = std::get_if<ScalarFilter>(&stage.node)) {
    lines.Add(depth, "keep spansets with " + Print(*filter->left) + " " +
                         std::string(OpText(filter->op)) + " " + Print(*filter->right));
  } else if (const auto* group = std::get_if<GroupBy>(&stage.node)) {
    lines.Add(depth, "group by " + Print(*group->expression));
  } else if (const auto* select = std::get_if<Select>(&stage.node)) {
    lines.Add(depth, "show " + FieldsText(select->fields));
  } else {
    lines.Add(depth, "make one spanset of all");
  }
}

void AddPipeline(const Pipeline& pipeline, size_t depth, Lines& lines) {
  for (const Stage& stage : pipeline.stages) AddStage(stage, depth, lines);
}

void AddSearch(const Pipeline& pipeline, Lines& lines) {
  const SearchPlan plan = PlanSearch(pipeline);
  lines.Add(0, "search");
  if (plan.never) return lines.Add(1, "nothing: no span can match");
  AddSieve(plan.sieve, 1, lines);
  lines.Add(1, "read those traces, newest first, until there are enough answers");
  lines.Add(2, plan.wanted.all ? "all fields"
                               : ReadText("ids, times, name, kind, status, service", plan.shown));
  lines.Add(1, "for each");
  AddPipeline(pipeline, 2, lines);
}

void AddStages(const std::vector<SecondStage>& stages, size_t depth, Lines& lines) {
  for (const SecondStage& stage : stages) {
    if (const auto* top = std::get_if<TopK>(&stage)) {
      lines.Add(depth, "keep the " + std::to_string(top->n) +
                           (top->bottom ? " smallest" : " largest") + " in each interval");
    } else {
      const auto& threshold = std::get<Threshold>(stage);
      lines.Add(depth, "keep values " + std::string(OpText(threshold.op)) + " " +
                           Print(threshold.constant));
    }
  }
}

std::string CallText(const MetricsCall& call) {
  std::string text = "count into " + std::string(NameOf(call.function));
  if (call.field) text += " of " + ToText(*call.field);
  if (!call.by.empty()) text += ", a series for each " + FieldsText(call.by);
  return text;
}

void AddQuery(const MetricsQuery& query, size_t depth, Lines& lines) {
  const MetricsPlan plan = PlanMetrics(query);
  const bool compares = query.call.function == MetricsFunction::kCompare;
  lines.Add(depth, "metrics");
  if (plan.never) return lines.Add(depth + 1, "nothing: no span can match");
  AddSieve(plan.sieve, depth + 1, lines);
  if (plan.columns) {
    const std::string read = compares ? "times, every attribute" : "times";
    lines.Add(depth + 1,
              "read columns of the spans that begin in the range: " + ReadText(read, plan.fields));
    if (!compares) {
      lines.Add(depth + 2, "what a whole part of a block came to is kept for the next time");
    }
    if (!plan.anywhere.empty()) {
      lines.Add(depth + 2,
                "or whole traces, when an event or link has " + FieldsText(plan.anywhere));
    }
  } else {
    lines.Add(depth + 1, "read all traces that may match: " +
                             (compares ? "all fields" : ReadText("ids, times", plan.fields)));
  }
  lines.Add(depth + 1, "for each");
  AddPipeline(query.pipeline, depth + 2, lines);
  lines.Add(depth + 1, compares
                           ? "compare every attribute of spans with " +
                                 (query.call.selection == nullptr ? std::string("{ }")
                                                                  : Print(*query.call.selection)) +
                                 " and without"
                           : CallText(query.call));
  AddStages(query.stages, depth + 1, lines);
}

void AddMetrics(const Metrics& metrics, size_t depth, Lines& lines) {
  if (const auto* constant = std::get_if<Constant>(&metrics.node)) {
    lines.Add(depth, "number " + Print(*constant));
  } else if (const auto* query = std::get_if<MetricsQuery>(&metrics.node)) {
    AddQuery(*query, depth, lines);
  } else {
    const auto& binary = std::get<MetricsBinary>(metrics.node);
    lines.Add(depth, "combine series with equal labels by " + std::string(OpText(binary.op)));
    AddMetrics(*binary.left, depth + 1, lines);
    AddMetrics(*binary.right, depth + 1, lines);
  }
}

}  // namespace

std::string PrintPlan(const Query& query) {
  Lines lines;
  if (const auto* pipeline = std::get_if<Pipeline>(&query.root)) {
    AddSearch(*pipeline, lines);
  } else {
    const auto& root = std::get<MetricsRoot>(query.root);
    AddMetrics(*root.metrics, 0, lines);
    AddStages(root.stages, 0, lines);
  }
  return lines.Take();
}

}  // namespace orrery::traceql
