// SPDX-License-Identifier: Apache-2.0
#include "traceql/spansets.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "traceql/operators.h"
#include "traceql/printer.h"

namespace orrery::traceql {

Constant ToConstant(const Value& value) {
  if (value.type == Type::kArray) {
    std::string text;
    for (const Value& item : value.items)
      text += (text.empty() ? "" : ", ") + Print(ToConstant(item));
    return Constant::String("[" + text + "]");
  }
  if (value.type == Type::kOther) return {};
  return {value.type, value.number, value.real, std::string(value.text)};
}

std::vector<Spanset> PipelineRun::Run(const Pipeline& pipeline) {
  Spanset all;
  all.spans.resize(trace_.size());
  std::iota(all.spans.begin(), all.spans.end(), 0);
  std::vector<Spanset> input;
  input.push_back(std::move(all));
  return Run(pipeline, std::move(input));
}

std::vector<Spanset> PipelineRun::Run(const Pipeline& pipeline, std::vector<Spanset> spansets) {
  for (const Stage& stage : pipeline.stages) {
    if (spansets.empty() || !status().ok()) break;
    spansets = Apply(stage, std::move(spansets));
  }
  return spansets;
}

std::vector<Spanset> PipelineRun::Apply(const Stage& stage, std::vector<Spanset> spansets) {
  if (const auto* expr = std::get_if<SpansetExprPtr>(&stage.node)) {
    return Filter(**expr, std::move(spansets));
  }
  if (const auto* filter = std::get_if<ScalarFilter>(&stage.node)) {
    return Filter(*filter, std::move(spansets));
  }
  if (const auto* group = std::get_if<GroupBy>(&stage.node)) return Group(*group, spansets);
  if (std::holds_alternative<Coalesce>(stage.node)) return Merge(spansets);
  return spansets;  // select() only adds to the answer.
}

std::vector<Spanset> PipelineRun::Filter(const SpansetExpr& expr, std::vector<Spanset> spansets) {
  std::vector<Spanset> kept;
  for (Spanset& spanset : spansets) {
    spanset.spans = Select(expr, spanset.spans);
    if (!spanset.spans.empty()) kept.push_back(std::move(spanset));
  }
  return kept;
}

std::vector<Spanset> PipelineRun::Filter(const ScalarFilter& filter,
                                         std::vector<Spanset> spansets) {
  // Check lets only an aggregate and a constant through, in either order.
  const bool aggregate_left = std::holds_alternative<Aggregate>(filter.left->node);
  const auto& aggregate = std::get<Aggregate>((aggregate_left ? filter.left : filter.right)->node);
  const auto& constant = std::get<Constant>((aggregate_left ? filter.right : filter.left)->node);
  std::vector<Spanset> kept;
  for (Spanset& spanset : spansets) {
    Constant computed = Compute(aggregate, spanset.spans);
    const Value a = Value::Of(computed);
    const Value b = Value::Of(constant);
    const Outcome outcome =
        aggregate_left ? traceql::Apply(filter.op, a, b) : traceql::Apply(filter.op, b, a);
    if (!outcome.value.IsTrue()) continue;
    spanset.attributes.emplace_back(Print(aggregate), std::move(computed));
    kept.push_back(std::move(spanset));
  }
  return kept;
}

std::vector<Spanset> PipelineRun::Group(const GroupBy& group,
                                        const std::vector<Spanset>& spansets) {
  const std::string key = "by(" + Print(*group.expression) + ")";
  std::vector<Spanset> groups;
  for (const Spanset& spanset : spansets) {
    std::unordered_map<std::string, size_t> places;  // By type and text of the value.
    for (const uint32_t span : spanset.spans) {
      Constant value = ToConstant(evaluator_.Evaluate(*group.expression, trace_, span));
      const std::string text = std::string(TypeName(value.type)) + " " + Print(value);
      const auto [at, is_new] = places.emplace(text, groups.size());
      if (is_new) {
        groups.push_back({{}, spanset.attributes});
        groups.back().attributes.emplace_back(key, std::move(value));
      }
      groups[at->second].spans.push_back(span);
    }
  }
  return groups;
}

std::vector<Spanset> PipelineRun::Merge(const std::vector<Spanset>& spansets) {
  std::vector<Spanset> merged(1);
  Spans& spans = merged[0].spans;
  for (const Spanset& spanset : spansets) {
    spans.insert(spans.end(), spanset.spans.begin(), spanset.spans.end());
  }
  std::sort(spans.begin(), spans.end());
  spans.erase(std::unique(spans.begin(), spans.end()), spans.end());
  return merged;
}

PipelineRun::Spans PipelineRun::Select(const SpansetExpr& expr, const Spans& spans) {
  if (const auto* binary = std::get_if<SpansetBinary>(&expr.node)) {
    return Join(*binary, expr.offset, spans);
  }
  if (const auto* pipeline = std::get_if<std::unique_ptr<Pipeline>>(&expr.node)) {
    std::vector<Spanset> input;
    input.push_back({spans, {}});
    return Merge(Run(**pipeline, std::move(input)))[0].spans;
  }
  const FieldExpr* condition = std::get<SpansetFilter>(expr.node).condition.get();
  Spans kept;
  for (const uint32_t span : spans) {
    if (evaluator_.Holds(condition, trace_, span)) kept.push_back(span);
    if (!evaluator_.status().ok()) return {};
  }
  return kept;
}

// Numbers keep their type where that makes sense: an average of durations is a duration.
Constant PipelineRun::Compute(const Aggregate& aggregate, const Spans& spans) {
  if (aggregate.function == AggregateFunction::kCount) {
    return Constant::Int(static_cast<int64_t>(spans.size()));
  }
  Value best;
  Value sum;
  double count = 0;
  for (const uint32_t span : spans) {
    const Value value = evaluator_.Evaluate(*aggregate.argument, trace_, span);
    if (!IsNumber(value.type)) continue;
    if (++count == 1) {
      best = sum = value;
      continue;
    }
    const Op better = aggregate.function == AggregateFunction::kMin ? Op::kLess : Op::kGreater;
    if (traceql::Apply(better, value, best).value.IsTrue()) best = value;
    if (sum.type == value.type && sum.type != Type::kFloat) {
      sum.number = static_cast<int64_t>(static_cast<uint64_t>(sum.number) +
                                        static_cast<uint64_t>(value.number));
    } else {
      sum = Value::Float(sum.AsDouble() + value.AsDouble());
    }
  }
  if (count == 0) return {};
  if (aggregate.function == AggregateFunction::kSum) return ToConstant(sum);
  if (aggregate.function != AggregateFunction::kAvg) return ToConstant(best);
  const double average = sum.AsDouble() / count;
  if (sum.type == Type::kDuration) return Constant::Duration(static_cast<int64_t>(average));
  return Constant::Float(average);
}

}  // namespace orrery::traceql
