// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "traceql/testing/corpus_file.h"

namespace orrery::traceql::reference {

// A second, slow evaluator of the language, written row by row from its description, to hold the
// engine against. It works on the spans as a corpus describes them, and shares no code with the
// engine.

struct Value {
  enum class Type { kNil, kBool, kInt, kFloat, kText, kDuration, kStatus, kKind, kArray };

  Type type = Type::kNil;
  int64_t number = 0;  // Also of bool, duration, status and kind.
  double real = 0;
  std::string text;
  std::vector<Value> items;

  bool IsNumber() const {
    return type == Type::kInt || type == Type::kFloat || type == Type::kDuration;
  }
  double AsDouble() const { return type == Type::kFloat ? real : static_cast<double>(number); }
};

Value Of(Value::Type type, int64_t number);
Value OfFloat(double real);
Value OfText(std::string text);

// An expression, with the text that the engine gets.
struct Expr {
  enum class Kind { kField, kConstant, kNil, kCompare, kArithmetic, kAnd, kOr, kNot };

  Kind kind = Kind::kConstant;
  std::string op;     // "=", "=~", "+", ...
  std::string field;  // "span.a", "duration", ...
  Value constant;
  std::vector<Expr> operands;
  std::string text;
};

// A trace by its spans; parents are found by the place of a span.
class Trace {
 public:
  explicit Trace(const CorpusTrace& trace);

  const CorpusTrace& corpus() const { return trace_; }
  size_t size() const { return trace_.spans.size(); }
  // Of a span that leads to a root; -1 for roots and for all others.
  int ParentOf(size_t span) const { return IsConnected(span) ? trace_.spans[span].parent : -1; }
  bool IsConnected(size_t span) const { return left_[span] != 0; }
  bool IsAncestor(size_t above, size_t below) const;
  int64_t StartOf(size_t span) const {
    return static_cast<int64_t>(trace_.clock) + trace_.spans[span].offset_nanos;
  }

  Value Get(const std::string& field, size_t span) const;

 private:
  void Number(size_t span, int64_t parent, int64_t& next);
  std::vector<size_t> InOrder(int parent) const;
  Value OfTrace(const std::string& field) const;
  Value OfAttribute(contracts::AttributeScope scope, const std::string& name, size_t span) const;

  const CorpusTrace& trace_;
  std::vector<int64_t> left_;
  std::vector<int64_t> right_;
  std::vector<int64_t> parent_left_;
};

Value Evaluate(const Expr& expr, const Trace& trace, size_t span);
bool Holds(const Expr& expr, const Trace& trace, size_t span);

}  // namespace orrery::traceql::reference
