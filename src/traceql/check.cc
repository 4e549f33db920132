// SPDX-License-Identifier: Apache-2.0
#include "traceql/check.h"

#include "traceql/check_field.h"
#include "traceql/printer.h"

namespace orrery::traceql {
namespace {

constexpr size_t kMaxGroupFields = 5;
constexpr int64_t kMaxCompareValues = 1000;

template <typename T>
bool Is(const ScalarExprPtr& expr) {
  return std::holds_alternative<T>(expr->node);
}

class Checker {
 public:
  explicit Checker(const Query& query) : query_(query), fields_(query.source) {}

  Status Run() {
    if (const auto* pipeline = std::get_if<Pipeline>(&query_.root)) {
      CheckPipeline(*pipeline);
    } else {
      const auto& root = std::get<MetricsRoot>(query_.root);
      CheckMetrics(*root.metrics, false);
      CheckStages(root.stages);
    }
    return fields_.status();
  }

 private:
  void CheckPipeline(const Pipeline& pipeline) {
    for (const Stage& stage : pipeline.stages) CheckStage(stage);
  }

  void CheckStage(const Stage& stage) {
    if (const auto* spanset = std::get_if<SpansetExprPtr>(&stage.node)) {
      CheckSpanset(**spanset);
    } else if (const auto* filter = std::get_if<ScalarFilter>(&stage.node)) {
      CheckScalarFilter(*filter, stage.offset);
    } else if (const auto* group = std::get_if<GroupBy>(&stage.node)) {
      fields_.TypeOfExpr(*group->expression);
      fields_.CheckReferencesSpan(*group->expression, "by");
    } else if (const auto* select = std::get_if<Select>(&stage.node)) {
      for (const Field& field : select->fields) fields_.CheckSupported(field, stage.offset);
    }
  }

  void CheckSpanset(const SpansetExpr& expr) {
    if (const auto* filter = std::get_if<SpansetFilter>(&expr.node)) {
      fields_.CheckCondition(filter->condition.get());
    } else if (const auto* binary = std::get_if<SpansetBinary>(&expr.node)) {
      CheckSpanset(*binary->left);
      CheckSpanset(*binary->right);
    } else {
      CheckPipeline(*std::get<std::unique_ptr<Pipeline>>(expr.node));
    }
  }

  void CheckAggregate(const Aggregate& aggregate) {
    if (aggregate.argument == nullptr) return;
    fields_.CheckNumber(*aggregate.argument);
    fields_.CheckReferencesSpan(*aggregate.argument, NameOf(aggregate.function));
  }

  void CheckScalar(const ScalarExpr& expr) {
    if (const auto* aggregate = std::get_if<Aggregate>(&expr.node)) {
      CheckAggregate(*aggregate);
    } else if (const auto* binary = std::get_if<ScalarBinary>(&expr.node)) {
      CheckScalar(*binary->left);
      CheckScalar(*binary->right);
    } else if (const auto* pipe = std::get_if<ScalarPipe>(&expr.node)) {
      CheckPipeline(*pipe->pipeline);
      CheckAggregate(pipe->aggregate);
    }
  }

  void CheckScalarFilter(const ScalarFilter& filter, size_t offset) {
    CheckScalar(*filter.left);
    CheckScalar(*filter.right);
    if (Is<Aggregate>(filter.left) && Is<Constant>(filter.right)) return;
    if (Is<Constant>(filter.left) && Is<Aggregate>(filter.right)) return;
    fields_.FailUnsupported(offset, "a comparison other than of one aggregate with a constant");
  }

  void CheckMetrics(const Metrics& metrics, bool operand) {
    if (const auto* binary = std::get_if<MetricsBinary>(&metrics.node)) {
      CheckMetrics(*binary->left, true);
      CheckMetrics(*binary->right, true);
    } else if (const auto* query = std::get_if<MetricsQuery>(&metrics.node)) {
      CheckPipeline(query->pipeline);
      CheckCall(query->call);
      CheckStages(query->stages);
      if (query->call.function == MetricsFunction::kCompare &&
          (operand || !query->stages.empty())) {
        fields_.Fail(query->call.offset,
                     "compare() stands alone, without arithmetic and without a "
                     "stage behind it");
      }
    }
  }

  void CheckCall(const MetricsCall& call) {
    if (call.field) fields_.CheckSupported(*call.field, call.offset);
    for (const Field& field : call.by) fields_.CheckSupported(field, call.offset);
    fields_.CheckCondition(call.selection.get());
    for (const double q : call.quantiles) {
      if (!(q >= 0 && q <= 1)) {
        fields_.Fail(call.offset,
                     "a quantile is a number from 0 to 1; for the 99th percentile "
                     "write 0.99");
      }
    }
    if (!call.numbers.empty() && (call.numbers[0] < 1 || call.numbers[0] > kMaxCompareValues)) {
      fields_.Fail(call.offset, "compare() lists from 1 to 1000 values of an attribute");
    }
    const bool has_label = call.function == MetricsFunction::kHistogramOverTime ||
                           call.function == MetricsFunction::kQuantileOverTime;
    const size_t most = has_label ? kMaxGroupFields - 1 : kMaxGroupFields;
    if (call.by.size() > most) {
      fields_.FailUnsupported(call.offset, "a group of " + std::to_string(call.by.size()) +
                                               " fields, more than " + std::to_string(most) + ",");
    }
  }

  void CheckStages(const std::vector<SecondStage>& stages) {
    for (const SecondStage& stage : stages) {
      const auto* topk = std::get_if<TopK>(&stage);
      if (topk != nullptr && topk->n < 1) {
        fields_.Fail(topk->offset, "the number of series has to be greater than 0");
      }
    }
  }

  const Query& query_;
  FieldChecker fields_;
};

}  // namespace

Status Check(const Query& query) { return Checker(query).Run(); }

}  // namespace orrery::traceql
