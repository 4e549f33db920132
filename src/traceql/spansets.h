// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "traceql/ast.h"
#include "traceql/evaluate.h"
#include "traceql/trace_view.h"

namespace orrery::traceql {

// Spans of one trace that go through a pipeline together, and what stages have found out of them.
struct Spanset {
  std::vector<uint32_t> spans;  // Ascending, never empty.
  std::vector<std::pair<std::string, Constant>> attributes;
};

// PipelineRun sends one trace through a pipeline.
//
// Life:    borrows all of them; made for one trace.
// Failure: faults stick in the evaluator's status, or in status().
class PipelineRun {
 public:
  PipelineRun(const Query& query, Evaluator& evaluator, TraceView& trace)
      : query_(query), evaluator_(evaluator), trace_(trace) {}

  // No spansets when the trace does not match.
  std::vector<Spanset> Run(const Pipeline& pipeline);

  // The first fault.
  const Status& status() const { return status_.ok() ? evaluator_.status() : status_; }

 private:
  using Spans = std::vector<uint32_t>;

  std::vector<Spanset> Run(const Pipeline& pipeline, std::vector<Spanset> spansets);
  std::vector<Spanset> Apply(const Stage& stage, std::vector<Spanset> spansets);
  std::vector<Spanset> Filter(const SpansetExpr& expr, std::vector<Spanset> spansets);
  std::vector<Spanset> Filter(const ScalarFilter& filter, std::vector<Spanset> spansets);
  std::vector<Spanset> Group(const GroupBy& group, const std::vector<Spanset>& spansets);
  static std::vector<Spanset> Merge(const std::vector<Spanset>& spansets);

  Spans Select(const SpansetExpr& expr, const Spans& spans);
  Spans Join(const SpansetBinary& binary, size_t offset, const Spans& spans);
  Spans SelectOne(const SpansetExpr& expr, size_t offset, const Spans& spans);
  // For each span, whether the relation `op` holds from one of `from` to it.
  std::vector<bool> Related(Op op, const Spans& from);
  std::vector<bool> Siblings(const std::vector<bool>& from);

  Constant Compute(const Aggregate& aggregate, const Spans& spans);

  const Query& query_;
  Evaluator& evaluator_;
  TraceView& trace_;
  Status status_;
};

// The value as one that outlives the trace; an array as its printed elements.
Constant ToConstant(const Value& value);

}  // namespace orrery::traceql
