// SPDX-License-Identifier: Apache-2.0
#include "traceql/operators.h"

#include <cmath>
#include <compare>
#include <limits>

namespace orrery::traceql {
namespace {

Outcome Bool(bool value) { return {Value::Bool(value)}; }

bool Decide(Op op, std::partial_ordering order) {
  switch (op) {
    case Op::kEqual:
      return order == std::partial_ordering::equivalent;
    case Op::kNotEqual:
      return order != std::partial_ordering::equivalent;
    case Op::kLess:
      return order == std::partial_ordering::less;
    case Op::kLessEqual:
      return order == std::partial_ordering::less || order == std::partial_ordering::equivalent;
    case Op::kGreater:
      return order == std::partial_ordering::greater;
    case Op::kGreaterEqual:
      return order == std::partial_ordering::greater || order == std::partial_ordering::equivalent;
    default:
      return false;
  }
}

bool SameId(std::string_view a, std::string_view b) {
  const auto strip = [](std::string_view& text) {
    while (!text.empty() && text[0] == '0') text.remove_prefix(1);
  };
  strip(a);
  strip(b);
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

Outcome CompareTexts(Op op, const Value& left, const Value& right,
                     const contracts::TextPredicate* text) {
  if (op == Op::kRegex) return Bool(text != nullptr && text->Matches(left.text));
  if (op == Op::kNotRegex) return Bool(text != nullptr && !text->Matches(left.text));
  if ((left.is_id || right.is_id) && (op == Op::kEqual || op == Op::kNotEqual)) {
    return Bool(SameId(left.text, right.text) == (op == Op::kEqual));
  }
  return Bool(Decide(op, left.text.compare(right.text) <=> 0));
}

int64_t WholePower(int64_t base, int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  uint64_t result = 1;  // Unsigned, because overflow wraps.
  auto factor = static_cast<uint64_t>(base);
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= factor;
    factor *= factor;
  }
  return static_cast<int64_t>(result);
}

Outcome ComputeWhole(Op op, int64_t a, int64_t b) {
  const auto value = [](uint64_t bits) {
    return Outcome{Value::Number(Type::kInt, static_cast<int64_t>(bits))};
  };
  const auto x = static_cast<uint64_t>(a);  // Overflow wraps.
  const auto y = static_cast<uint64_t>(b);
  switch (op) {
    case Op::kAdd:
      return value(x + y);
    case Op::kSubtract:
      return value(x - y);
    case Op::kMultiply:
      return value(x * y);
    case Op::kPower:
      if (a == 0 && b < 0) return {{}, "division by zero"};
      return value(static_cast<uint64_t>(WholePower(a, b)));
    default:
      break;
  }
  if (b == 0) return {{}, "division by zero"};
  if (b == -1) return value(op == Op::kDivide ? 0 - x : 0);  // The least number has no opposite.
  return value(static_cast<uint64_t>(op == Op::kDivide ? a / b : a % b));
}

double ComputeReal(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSubtract:
      return a - b;
    case Op::kMultiply:
      return a * b;
    case Op::kDivide:
      return a / b;
    case Op::kModulo:
      return std::fmod(a, b);
    default:
      return std::pow(a, b);
  }
}

Outcome ApplyToNumbers(Op op, const Value& left, const Value& right) {
  if (IsArithmetic(op)) {
    if (left.type == Type::kInt && right.type == Type::kInt) {
      return ComputeWhole(op, left.number, right.number);
    }
    return {Value::Float(ComputeReal(op, left.AsDouble(), right.AsDouble()))};
  }
  if (left.type != Type::kFloat && right.type != Type::kFloat) {
    return Bool(Decide(op, left.number <=> right.number));
  }
  return Bool(Decide(op, left.AsDouble() <=> right.AsDouble()));
}

Outcome ApplyToScalars(Op op, const Value& left, const Value& right,
                       const contracts::TextPredicate* text) {
  if (IsNumber(left.type) && IsNumber(right.type)) return ApplyToNumbers(op, left, right);
  if (left.type != right.type || IsArithmetic(op)) return Bool(false);
  switch (left.type) {
    case Type::kString:
      return CompareTexts(op, left, right, text);
    case Type::kBool:
    case Type::kStatus:
    case Type::kKind:
      if (op == Op::kEqual) return Bool(left.number == right.number);
      return Bool(op == Op::kNotEqual && left.number != right.number);
    default:
      return Bool(false);
  }
}

}  // namespace

Outcome Apply(Op op, const Value& left, const Value& right, const contracts::TextPredicate* text) {
  const bool left_array = left.type == Type::kArray;
  if (!left_array && right.type != Type::kArray) return ApplyToScalars(op, left, right, text);
  if (left_array && right.type == Type::kArray) return {{}, "two arrays cannot be compared"};
  if (!IsComparison(op)) return Bool(false);
  const bool all = op == Op::kNotEqual || op == Op::kNotRegex;
  for (const Value& item : left_array ? left.items : right.items) {
    const Outcome outcome =
        left_array ? ApplyToScalars(op, item, right, text) : ApplyToScalars(op, left, item, text);
    if (outcome.value.IsTrue() != all) return Bool(!all);
  }
  return Bool(all);
}

}  // namespace orrery::traceql
