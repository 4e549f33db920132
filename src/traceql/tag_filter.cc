// SPDX-License-Identifier: Apache-2.0
#include "traceql/tag_filter.h"

#include <algorithm>

#include "traceql/check.h"
#include "traceql/lexer.h"
#include "traceql/parser.h"

namespace orrery::traceql {
namespace {

bool IsComparisonToken(const Token& token) {
  if (token.kind != TokenKind::kSymbol) return false;
  static constexpr std::string_view kOps[] = {"=", "!=", "<", "<=", ">", ">=", "=~", "!~"};
  return std::find(std::begin(kOps), std::end(kOps), token.text) != std::end(kOps);
}

// What may stand on the left or the right of a comparison that is complete.
bool IsOperand(const Token& token) {
  return token.kind == TokenKind::kField || token.kind == TokenKind::kWord ||
         token.kind == TokenKind::kConstant;
}

bool StartsComparison(const Token& before) {
  return before.IsSymbol("{") || before.IsSymbol("&&") || before.IsSymbol("(");
}

bool EndsComparison(const Token& after) {
  return after.kind == TokenKind::kEnd || after.IsSymbol("}") || after.IsSymbol("&&") ||
         after.IsSymbol(")") || after.kind == TokenKind::kError || IsOperand(after);
}

// A query of one filter that makes sense, or none.
bool AcceptFilter(std::string_view text, Query* query) {
  auto parsed = Parse(text);
  if (!parsed.ok() || !Check(*parsed).ok()) return false;
  const auto* pipeline = std::get_if<Pipeline>(&parsed->root);
  if (pipeline == nullptr) return false;
  const auto* expr = std::get_if<SpansetExprPtr>(&pipeline->stages.front().node);
  if (expr == nullptr || !std::holds_alternative<SpansetFilter>((*expr)->node)) return false;
  *query = *std::move(parsed);
  return true;
}

}  // namespace

Query ReadTagFilter(std::string_view text) {
  Query query;
  if (AcceptFilter(text, &query)) return query;
  std::string rebuilt;
  if (text.size() <= kMaxQueryBytes) {
    const std::vector<Token> tokens = Lex(text);
    const bool alternatives =
        std::any_of(tokens.begin(), tokens.end(), [](const Token& t) { return t.IsSymbol("||"); });
    for (size_t i = 1; !alternatives && i + 3 < tokens.size(); ++i) {
      const bool complete = StartsComparison(tokens[i - 1]) && IsOperand(tokens[i]) &&
                            IsComparisonToken(tokens[i + 1]) && IsOperand(tokens[i + 2]) &&
                            EndsComparison(tokens[i + 3]);
      if (!complete) continue;
      const auto matcher = text.substr(tokens[i].offset, tokens[i + 2].end - tokens[i].offset);
      Query alone;
      if (!AcceptFilter("{ " + std::string(matcher) + " }", &alone)) continue;
      rebuilt += (rebuilt.empty() ? "" : " && ") + std::string(matcher);
    }
  }
  const bool accepted = AcceptFilter("{ " + rebuilt + " }", &query);
  if (!accepted) AcceptFilter("{ }", &query);
  return query;
}

const FieldExpr* ConditionOf(const Query& tag_filter) {
  const auto& pipeline = std::get<Pipeline>(tag_filter.root);
  const auto& expr = std::get<SpansetExprPtr>(pipeline.stages.front().node);
  return std::get<SpansetFilter>(expr->node).condition.get();
}

const Constant* PinnedValue(const FieldExpr* condition, const Field& field) {
  if (condition == nullptr) return nullptr;
  if (const auto* binary = std::get_if<Binary>(&condition->node)) {
    const auto* left = std::get_if<Field>(&binary->left->node);
    const auto* right = std::get_if<Constant>(&binary->right->node);
    const bool pins = binary->op == Op::kEqual && left != nullptr && *left == field &&
                      right != nullptr && right->type != Type::kNil;
    return pins ? right : nullptr;
  }
  const auto* junction = std::get_if<Junction>(&condition->node);
  if (junction == nullptr || junction->op != Op::kAnd) return nullptr;
  for (const FieldExprPtr& term : junction->terms) {
    if (const Constant* pinned = PinnedValue(term.get(), field)) return pinned;
  }
  return nullptr;
}

}  // namespace orrery::traceql
