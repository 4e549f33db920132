// SPDX-License-Identifier: Apache-2.0
#include "traceql/column_filter.h"

namespace orrery::traceql {

ColumnFilter::ColumnFilter(const std::vector<const FieldExpr*>& conditions, Evaluator& evaluator)
    : evaluator_(evaluator) {
  for (const FieldExpr* condition : conditions) {
    if (condition != nullptr) conditions_.push_back(NodeOf(*condition));
  }
}

ColumnFilter::Node ColumnFilter::NodeOf(const FieldExpr& expr) {
  Node node;
  node.expr = &expr;
  if (const auto* junction = std::get_if<Junction>(&expr.node)) {
    node.stops_at = junction->op == Op::kOr;
    for (const FieldExprPtr& term : junction->terms) node.terms.push_back(NodeOf(*term));
    return node;
  }
  if (const auto* field = std::get_if<Field>(&expr.node)) node.field = field;
  if (const auto* binary = std::get_if<Binary>(&expr.node)) {
    const auto* left = std::get_if<Field>(&binary->left->node);
    const auto* right = std::get_if<Field>(&binary->right->node);
    const bool with_constant = std::holds_alternative<Constant>(binary->left->node) ||
                               std::holds_alternative<Constant>(binary->right->node);
    if (with_constant) node.field = left != nullptr ? left : right;
  }
  return node;
}

void ColumnFilter::Begin(ColumnValues& columns) {
  columns_ = &columns;
  for (Node& node : conditions_) Begin(node);
}

void ColumnFilter::Begin(Node& node) {
  for (Node& term : node.terms) Begin(term);
  node.known.clear();
  if (node.field == nullptr) return;
  node.column = columns_->ColumnOf(*node.field);
  if (columns_->HasCodes(node.column)) node.known.assign(columns_->CodesOf(node.column), 0);
}

bool ColumnFilter::Holds(size_t span) {
  for (Node& node : conditions_) {
    if (!Holds(node, span)) return false;
  }
  return true;
}

bool ColumnFilter::Holds(Node& node, size_t span) {
  if (!node.terms.empty()) {
    for (Node& term : node.terms) {
      if (Holds(term, span) == node.stops_at) return node.stops_at;
    }
    return !node.stops_at;
  }
  if (node.known.empty()) return Decide(node, span);
  uint8_t& known = node.known[columns_->Code(node.column, span)];
  if (known == 0) known = Decide(node, span) ? 2 : 1;
  return known == 2;
}

bool ColumnFilter::Decide(const Node& node, size_t span) {
  columns_->MoveTo(span);
  return evaluator_.Evaluate(*node.expr, *columns_).IsTrue();
}

}  // namespace orrery::traceql
