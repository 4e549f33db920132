// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_fields.h"

#include <algorithm>

namespace orrery::traceql {

using contracts::AttributeScope;
using contracts::Intrinsic;

namespace {

bool IsPlaceOfParent(const FieldExpr& expr) {
  const auto* field = std::get_if<Field>(&expr.node);
  return field != nullptr && *field == Field::Of(Intrinsic::kNestedSetParent);
}

// Whether every number from 0 on compares alike.
bool TellsRoots(const Binary& binary) {
  const bool left = IsPlaceOfParent(*binary.left);
  const FieldExpr& other = left ? *binary.right : *binary.left;
  const auto* constant = std::get_if<Constant>(&other.node);
  if (constant == nullptr || constant->type != Type::kInt || !IsComparison(binary.op)) return false;
  if (constant->number < 0) return true;
  return constant->number == 0 && (left ? binary.op == Op::kLess || binary.op == Op::kGreaterEqual
                                        : binary.op == Op::kGreater || binary.op == Op::kLessEqual);
}

bool TellsRoots(const FieldExpr& expr) {
  if (IsPlaceOfParent(expr)) return false;
  if (const auto* unary = std::get_if<Unary>(&expr.node)) return TellsRoots(*unary->operand);
  if (const auto* junction = std::get_if<Junction>(&expr.node)) {
    return std::all_of(junction->terms.begin(), junction->terms.end(),
                       [](const FieldExprPtr& term) { return TellsRoots(*term); });
  }
  const auto* binary = std::get_if<Binary>(&expr.node);
  if (binary == nullptr) return true;
  if (IsPlaceOfParent(*binary->left) || IsPlaceOfParent(*binary->right)) return TellsRoots(*binary);
  return TellsRoots(*binary->left) && TellsRoots(*binary->right);
}

}  // namespace

std::vector<Field> PlacesOf(const Field& field) {
  const bool any =
      field.kind == Field::Kind::kAttribute && field.attribute.scope == AttributeScope::kAny;
  if (!any) return {field};
  return {Field::Of(AttributeScope::kSpan, field.attribute.name),
          Field::Of(AttributeScope::kResource, field.attribute.name)};
}

std::vector<Field> FieldsOf(const MetricsCall& call) {
  std::vector<Field> fields;
  if (call.field) fields.push_back(*call.field);
  for (const Field& each : call.by) {
    for (Field& place : PlacesOf(each)) fields.push_back(std::move(place));
  }
  return fields;
}

bool TellsRootsAlone(const std::vector<const FieldExpr*>& conditions) {
  return std::all_of(conditions.begin(), conditions.end(), [](const FieldExpr* condition) {
    return condition == nullptr || TellsRoots(*condition);
  });
}

bool IsCounted(const MetricsCall& call, const Value& measured) {
  if (!call.field) return true;
  const bool whole = call.function == MetricsFunction::kQuantileOverTime ||
                     call.function == MetricsFunction::kHistogramOverTime;
  if (!whole) return IsNumber(measured.type);
  return (measured.type == Type::kInt || measured.type == Type::kDuration) && measured.number >= 2;
}

}  // namespace orrery::traceql
