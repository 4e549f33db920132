// SPDX-License-Identifier: Apache-2.0
#include "traceql/sieve.h"

#include <optional>

#include "traceql/regex.h"

namespace orrery::traceql {
namespace {

using contracts::Condition;
using contracts::Intrinsic;
using contracts::SpanFilter;
using Kind = SpanFilter::Kind;

SpanFilter All() { return {}; }

SpanFilter Of(Condition condition) {
  SpanFilter filter;
  filter.kind = Kind::kCondition;
  filter.condition = std::move(condition);
  return filter;
}

SpanFilter Both(std::vector<SpanFilter> filters) {
  SpanFilter joined;
  joined.kind = Kind::kAnd;
  for (SpanFilter& filter : filters) {
    if (filter.kind != Kind::kAll) joined.children.push_back(std::move(filter));
  }
  if (joined.children.empty()) return All();
  if (joined.children.size() == 1) return SpanFilter(std::move(joined.children[0]));
  return joined;
}

SpanFilter Either(std::vector<SpanFilter> filters) {
  SpanFilter joined;
  joined.kind = Kind::kOr;
  for (SpanFilter& filter : filters) {
    if (filter.kind == Kind::kAll) return All();
    joined.children.push_back(std::move(filter));
  }
  return joined;
}

// Whether a store knows the intrinsic of a single span, and compares it as this engine does. The
// ids are texts of several spellings; the trace's and the span's own are handled apart.
bool IsKnownToStores(Intrinsic intrinsic) {
  switch (intrinsic) {
    case Intrinsic::kName:
    case Intrinsic::kDuration:
    case Intrinsic::kStatus:
    case Intrinsic::kStatusMessage:
    case Intrinsic::kKind:
    case Intrinsic::kEventName:
    case Intrinsic::kEventTimeSinceStart:
    case Intrinsic::kInstrumentationName:
    case Intrinsic::kInstrumentationVersion:
      return true;
    default:
      return false;
  }
}

// The full lower-case hex text that an id of `digits` digits has when it equals `text`; nothing
// when it cannot have one.
std::optional<std::string> FullId(std::string_view text, size_t digits) {
  while (!text.empty() && text[0] == '0') text.remove_prefix(1);
  if (text.size() > digits) return std::nullopt;
  std::string id(digits - text.size(), '0');
  for (const char c : text) id += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return id;
}

std::optional<Condition::Op> OpOf(Op op) {
  switch (op) {
    case Op::kEqual:
      return Condition::Op::kEqual;
    case Op::kNotEqual:
      return Condition::Op::kNotEqual;
    case Op::kLess:
      return Condition::Op::kLess;
    case Op::kLessEqual:
      return Condition::Op::kLessEqual;
    case Op::kGreater:
      return Condition::Op::kGreater;
    case Op::kGreaterEqual:
      return Condition::Op::kGreaterEqual;
    default:
      return std::nullopt;
  }
}

Op Mirrored(Op op) {
  switch (op) {
    case Op::kLess:
      return Op::kGreater;
    case Op::kLessEqual:
      return Op::kGreaterEqual;
    case Op::kGreater:
      return Op::kLess;
    case Op::kGreaterEqual:
      return Op::kLessEqual;
    default:
      return op;
  }
}

void SetOperand(Condition& condition, const Constant& constant) {
  switch (constant.type) {
    case Type::kBool:
      condition.operand = constant.number != 0;
      return;
    case Type::kFloat:
      condition.operand = constant.real;
      return;
    case Type::kString:
      condition.operand = constant.text;
      return;
    default:
      condition.operand = constant.number;
  }
}

SpanFilter OfId(Condition condition, Op op, const Constant& constant, Intrinsic intrinsic) {
  if (op != Op::kEqual) return All();
  const auto id = FullId(constant.text, intrinsic == Intrinsic::kTraceId ? 32 : 16);
  if (!id) return All();
  condition.op = Condition::Op::kEqual;
  condition.operand = *id;
  return Of(std::move(condition));
}

SpanFilter OfComparison(Op op, const Field& field, const Constant& constant) {
  Condition condition;
  if (field.kind == Field::Kind::kIntrinsic) {
    condition.field = field.intrinsic;
    if (field.intrinsic == Intrinsic::kTraceId || field.intrinsic == Intrinsic::kSpanId) {
      return OfId(std::move(condition), op, constant, field.intrinsic);
    }
    if (!IsKnownToStores(field.intrinsic)) return All();
  } else {
    condition.field = field.attribute;
  }
  if (op == Op::kRegex || op == Op::kNotRegex) {
    auto regex = Regex::Compile(constant.text);
    if (!regex.ok()) return All();
    condition.op = Condition::Op::kText;
    condition.text = *regex;
    if (op == Op::kNotRegex) condition.text = std::make_shared<NotMatching>(*regex);
    return Of(std::move(condition));
  }
  const auto store_op = OpOf(op);
  if (!store_op) return All();
  condition.op = *store_op;
  SetOperand(condition, constant);
  return Of(std::move(condition));
}

SpanFilter OfPresence(const FieldExpr& expr) {
  const auto* field = std::get_if<Field>(&expr.node);
  if (field == nullptr || field->kind != Field::Kind::kAttribute) return All();
  Condition condition;
  condition.field = field->attribute;
  return Of(std::move(condition));
}

SpanFilter OfBinary(const Binary& binary) {
  if (!IsComparison(binary.op)) return All();
  if (binary.left->IsNil() || binary.right->IsNil()) {
    if (binary.op == Op::kEqual) return All();
    return OfPresence(binary.left->IsNil() ? *binary.right : *binary.left);
  }
  const auto* left_field = std::get_if<Field>(&binary.left->node);
  const auto* right_field = std::get_if<Field>(&binary.right->node);
  const auto* left_constant = std::get_if<Constant>(&binary.left->node);
  const auto* right_constant = std::get_if<Constant>(&binary.right->node);
  if (left_field != nullptr && right_constant != nullptr) {
    return OfComparison(binary.op, *left_field, *right_constant);
  }
  const bool is_regex = binary.op == Op::kRegex || binary.op == Op::kNotRegex;
  if (left_constant != nullptr && right_field != nullptr && !is_regex) {
    return OfComparison(Mirrored(binary.op), *right_field, *left_constant);
  }
  if (left_field != nullptr && right_field != nullptr) {
    // Nothing compares with what is not there.
    return Both({OfPresence(*binary.left), OfPresence(*binary.right)});
  }
  return All();
}

SpanFilter OfSpanset(const SpansetExpr& expr) {
  if (const auto* filter = std::get_if<SpansetFilter>(&expr.node)) {
    return SieveOf(filter->condition.get());
  }
  if (const auto* pipeline = std::get_if<std::unique_ptr<Pipeline>>(&expr.node)) {
    return SieveOf(**pipeline);
  }
  const auto& binary = std::get<SpansetBinary>(expr.node);
  SpanFilter right = OfSpanset(*binary.right);
  if (binary.op == Op::kOr) return Either({OfSpanset(*binary.left), std::move(right)});
  // Every other operator needs a span on its right, and most need one on the left.
  const bool negated =
      binary.op == Op::kNotRegex || (binary.op >= Op::kNotChild && binary.op <= Op::kNotAncestor);
  return right.kind == Kind::kAll && !negated ? OfSpanset(*binary.left) : right;
}

}  // namespace

SpanFilter SieveOf(const FieldExpr* condition) {
  if (condition == nullptr) return All();
  if (const auto* binary = std::get_if<Binary>(&condition->node)) return OfBinary(*binary);
  if (const auto* junction = std::get_if<Junction>(&condition->node)) {
    std::vector<SpanFilter> filters;
    for (const FieldExprPtr& term : junction->terms) filters.push_back(SieveOf(term.get()));
    return junction->op == Op::kAnd ? Both(std::move(filters)) : Either(std::move(filters));
  }
  if (const auto* field = std::get_if<Field>(&condition->node)) {
    return OfComparison(Op::kEqual, *field, Constant::Bool(true));
  }
  return All();
}

SpanFilter SieveOf(const Pipeline& pipeline) {
  const auto* spanset = std::get_if<SpansetExprPtr>(&pipeline.stages.front().node);
  return spanset == nullptr ? All() : OfSpanset(**spanset);
}

bool IsNever(const Pipeline& pipeline) {
  const auto* spanset = std::get_if<SpansetExprPtr>(&pipeline.stages.front().node);
  if (spanset == nullptr) return false;
  const auto* filter = std::get_if<SpansetFilter>(&(*spanset)->node);
  if (filter == nullptr || filter->condition == nullptr) return false;
  const auto* constant = std::get_if<Constant>(&filter->condition->node);
  return constant != nullptr && constant->type == Type::kBool && constant->number == 0;
}

}  // namespace orrery::traceql
