// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "traceql/ast.h"
#include "traceql/operators.h"
#include "traceql/regex.h"
#include "traceql/trace_view.h"

namespace orrery::traceql {

// Where an evaluator finds the fields of a span that is not part of a TraceView.
class FieldSource {
 public:
  virtual ~FieldSource() = default;
  // Of the span that the source stands at. Valid until it moves.
  virtual Value Get(const Field& field) = 0;
};

// Evaluator computes field expressions on spans.
//
// Life:    borrows the query, which passed Check. Made once for a query, used for many traces.
// Threads: one at a time.
// Failure: the first fault (division by zero, `!` of something that is not a bool) sticks in
//          status(), as source_error.h shows it; values computed afterwards mean nothing.
// Cost:    an attribute is found by a linear search of its list.
class Evaluator {
 public:
  explicit Evaluator(const Query& query) : query_(query) {}

  // The value of an expression on span `i`. Valid until the next call of a method.
  Value Evaluate(const FieldExpr& expr, TraceView& trace, uint32_t i);
  // Whether a condition holds; a null one does.
  bool Holds(const FieldExpr* condition, TraceView& trace, uint32_t i);
  // The value of a field on span `i`; several events or links give an array.
  Value Get(const Field& field, TraceView& trace, uint32_t i);

  // The same of another field of the span of the last call, whose values stay valid.
  Value GetAlso(const Field& field) { return GetField(field); }
  // The value of an expression on the span that `source` stands at. Valid as above, and until the
  // source moves.
  Value Evaluate(const FieldExpr& expr, FieldSource& source);

  const Status& status() const { return status_; }

 private:
  Value Eval(const FieldExpr& expr);
  Value EvalUnary(const Unary& unary, const FieldExpr& expr);
  Value EvalBinary(const Binary& binary, const FieldExpr& expr);
  Value EvalJunction(const Junction& junction);
  const Regex* RegexFor(const Binary& binary, const Value& pattern);
  Value GetField(const Field& field);
  Value GetIntrinsic(contracts::Intrinsic intrinsic);
  Value GetTreeNumber(contracts::Intrinsic intrinsic);
  Value GetAttribute(contracts::AttributeScope scope, std::string_view name);
  Value GetOfEvents(std::string_view name);
  Value GetOfLinks(std::string_view name);
  Value FromModel(const model::Value& value);
  void Collect(std::vector<Value>& values, const model::Value* value);
  Value Collected(std::vector<Value> values);
  Value Id(std::string hex);
  void Begin(TraceView& trace, uint32_t i);
  void Fail(size_t offset, std::string_view message);

  const Query& query_;
  Status status_;
  FieldSource* source_ = nullptr;  // Of the evaluation under way, or null; then the next two are.
  TraceView* trace_ = nullptr;
  uint32_t span_ = 0;
  std::deque<std::string> texts_;          // What values of this span view into.
  std::deque<std::vector<Value>> arrays_;  // Likewise.
  // By pattern; null for one that RE2 refuses, which only data can bring.
  std::unordered_map<std::string, std::shared_ptr<const Regex>> regexes_;
};

}  // namespace orrery::traceql
