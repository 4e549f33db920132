// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "traceql/ast.h"
#include "traceql/lexer.h"

namespace orrery::traceql {

// How tightly operators bind; all but '^' are left associative.
enum Level : int {
  kNoLevel = 0,
  kJunctionLevel = 1,
  kComparisonLevel = 2,  // And the structural operators.
  kAdditiveLevel = 3,    // And unary minus.
  kNotLevel = 4,
  kMultiplicativeLevel = 5,
  kPowerLevel = 6
};
int LevelOf(Op op);

// Parser is one recursive descent over the tokens of a query.
//
// Life:    made for one text, used once.
// Failure: the first mistake sticks, and the rest of the tokens is gone, so that every loop ends;
//          callers need not look before the end. Pointers may be null after a failure.
class Parser {
 public:
  explicit Parser(std::string_view source);

  Result<Query> ParseQuery();
  Result<Field> ParseOnlyField();

 private:
  // An operand outside of braces, whose kind is known only once it is read.
  struct Term {
    enum class Kind { kSpanset, kConstant, kScalar, kFilter, kMetrics };
    Kind kind = Kind::kConstant;
    size_t offset = 0;
    bool grouped = false;    // Stands in parentheses, or all its parts do.
    bool has_pipe = false;   // Has a pipeline as an operand.
    SpansetExprPtr spanset;  // kSpanset
    ScalarExprPtr scalar;    // kConstant, kScalar
    ScalarFilter filter;     // kFilter
    MetricsPtr metrics;      // kMetrics
  };
  // What a parenthesis, or the query, holds.
  struct Sequence {
    std::optional<Term> lone;  // Not a stage of a pipeline, or only that.
    Pipeline pipeline;
    std::optional<Aggregate> tail;  // A bare aggregate behind the pipeline.
    std::optional<MetricsCall> call;
    std::vector<SecondStage> second;
    size_t offset = 0;
  };
  // Counts nesting while it lives.
  class Deeper {
   public:
    explicit Deeper(Parser& parser);
    ~Deeper() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  // parser.cc
  const Token& Current() const { return tokens_[at_]; }
  const Token& Ahead() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }
  bool failed() const { return !status_.ok(); }
  void Fail(size_t offset, std::string_view message);
  void FailHere(std::string_view wanted);
  std::string Describe(const Token& token) const;
  void Advance();
  bool Accept(std::string_view symbol);
  bool Expect(std::string_view symbol, std::string_view purpose);
  uint32_t Taller(uint32_t a, uint32_t b, size_t offset);
  std::optional<Op> OperatorHere() const;
  void ParseHints(std::vector<Hint>& hints);
  std::variant<Pipeline, MetricsRoot> ParseRoot();
  void FailTrailing();

  // parse_field.cc
  FieldExprPtr ParseWholeField();
  FieldExprPtr ParseField(int min_level);
  FieldExprPtr ParseFieldOperand();
  FieldExprPtr ParseFieldUnary(Op op);
  FieldExprPtr ParseWordOperand();
  FieldExprPtr Combine(Op op, size_t offset, FieldExprPtr left, FieldExprPtr right);
  FieldExprPtr NewField(size_t offset, uint32_t below,
                        std::variant<Constant, Field, Unary, Binary, Junction> node);
  FieldExprPtr ParseBraces();
  void FailInBraces();
  std::optional<Constant> ConstantFromWord(std::string_view word) const;
  void FailUnknownWord();
  std::optional<Field> AcceptFieldName();
  std::vector<Field> ParseFieldNames(std::string_view of);

  // parse_term.cc
  Term ParseTerm(int min_level);
  Term ParseTermOperand();
  Term ParseGroup();
  Term ParseAggregate(AggregateFunction function);
  Term Combine(Op op, size_t offset, Term left, Term right);
  Term CombineSpansets(Op op, size_t offset, Term left, Term right);
  Term CombineScalars(Op op, size_t offset, Term left, Term right);
  Term CombineMetrics(Op op, size_t offset, Term left, Term right);
  void FailMixed(Op op, size_t offset, const Term& left, const Term& right);
  Constant Fold(Op op, size_t offset, const Constant& left, const Constant& right);
  Constant Negate(const Constant& constant, size_t offset);
  void FailTermStart();

  // parse_pipeline.cc
  static uint32_t HeightOf(const Pipeline& pipeline);
  Sequence ParseSequence(bool grouped);
  bool ParseNamedStage(Sequence& sequence, bool first);
  void ParsePipedStage(Sequence& sequence, bool grouped);
  void AddStage(Sequence& sequence, Term term);
  void FailBareScalar(size_t offset);

  // parse_metrics.cc
  static std::optional<MetricsFunction> MetricsFunctionHere(const Token& token);
  MetricsCall ParseMetricsCall(MetricsFunction function);
  void ParseCallArguments(MetricsCall& call);
  std::vector<SecondStage> ParseSecondStages();
  TopK ParseTopK();

  const std::string_view source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  Status status_;
};

}  // namespace orrery::traceql
