// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "traceql/parser_state.h"

// The part of the parser for stages and the '|' between them.

namespace orrery::traceql {

uint32_t Parser::HeightOf(const Pipeline& pipeline) {
  uint32_t height = 0;
  for (const Stage& stage : pipeline.stages) {
    if (const auto* spanset = std::get_if<SpansetExprPtr>(&stage.node)) {
      height = std::max(height, (*spanset)->height);
    } else if (const auto* filter = std::get_if<ScalarFilter>(&stage.node)) {
      height = std::max({height, filter->left->height, filter->right->height});
    } else if (const auto* group = std::get_if<GroupBy>(&stage.node)) {
      height = std::max(height, group->expression->height);
    }
  }
  return height + 1;
}

bool Parser::ParseNamedStage(Sequence& sequence, bool first) {
  Stage stage;
  stage.offset = Current().offset;
  if (Current().IsWord("by")) {
    Advance();
    if (!Expect("(", "behind 'by'")) return true;
    GroupBy group{ParseWholeField()};
    Expect(")", "behind the expression of 'by'");
    stage.node = std::move(group);
  } else if (Current().IsWord("select")) {
    Advance();
    stage.node = Select{ParseFieldNames("select")};
  } else if (Current().IsWord("coalesce")) {
    if (first) Fail(stage.offset, "coalesce() merges what a stage before it has split");
    Advance();
    Expect("(", "behind 'coalesce'");
    Expect(")", "behind 'coalesce('");
    stage.node = Coalesce{};
  } else {
    return false;
  }
  if (!failed()) sequence.pipeline.stages.push_back(std::move(stage));
  return true;
}

void Parser::AddStage(Sequence& sequence, Term term) {
  if (failed()) return;
  Stage stage;
  stage.offset = term.offset;
  if (term.kind == Term::Kind::kSpanset) {
    stage.node = std::move(term.spanset);
  } else {
    stage.node = std::move(term.filter);
  }
  sequence.pipeline.stages.push_back(std::move(stage));
}

void Parser::FailBareScalar(size_t offset) {
  // What cannot be read behind it tells more, such as '=='.
  if (Current().kind == TokenKind::kError) return FailHere("");
  Fail(offset, "a stage has to filter; compare the aggregate, as in | count() > 2");
}

Parser::Sequence Parser::ParseSequence(bool grouped) {
  const Deeper deeper(*this);
  Sequence sequence;
  sequence.offset = Current().offset;
  if (!ParseNamedStage(sequence, true)) {
    Term term = ParseTerm(kJunctionLevel);
    if (failed()) return sequence;
    const bool is_stage =
        !term.has_pipe && (term.kind == Term::Kind::kSpanset || term.kind == Term::Kind::kFilter);
    const bool goes_on = Current().IsSymbol("|");
    if (!is_stage || (term.kind == Term::Kind::kSpanset && !goes_on)) {
      if (goes_on && term.kind == Term::Kind::kScalar) FailBareScalar(term.offset);
      sequence.lone = std::move(term);
      // What may follow depends on where this stands; the caller looks.
      if (!grouped || sequence.lone->kind != Term::Kind::kFilter) return sequence;
      Fail(sequence.lone->offset, "a comparison of pipelines cannot stand in parentheses");
      return sequence;
    }
    AddStage(sequence, std::move(term));
  }
  while (!failed() && !sequence.call && !sequence.tail && Accept("|")) {
    ParsePipedStage(sequence, grouped);
  }
  return sequence;
}

void Parser::ParsePipedStage(Sequence& sequence, bool grouped) {
  if (const auto function = MetricsFunctionHere(Current())) {
    sequence.call = ParseMetricsCall(*function);
    sequence.second = ParseSecondStages();
    return;
  }
  if (ParseNamedStage(sequence, false)) return;
  Term term = ParseTerm(kJunctionLevel);
  if (failed()) return;
  if (term.kind == Term::Kind::kScalar) {
    auto* aggregate = std::get_if<Aggregate>(&term.scalar->node);
    if (aggregate == nullptr || !grouped || !Current().IsSymbol(")")) {
      return FailBareScalar(term.offset);
    }
    sequence.tail = std::move(*aggregate);
    return;
  }
  if (term.kind == Term::Kind::kConstant) {
    return Fail(term.offset, "a constant is not a stage; compare an aggregate such as count()");
  }
  if (term.kind == Term::Kind::kMetrics) {
    return Fail(term.offset, "a metrics query cannot be a stage of a pipeline");
  }
  if (term.has_pipe) return Fail(term.offset, "a pipeline cannot be a stage of another one");
  AddStage(sequence, std::move(term));
}

}  // namespace orrery::traceql
