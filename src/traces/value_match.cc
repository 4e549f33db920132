// SPDX-License-Identifier: Apache-2.0
#include "traces/value_match.h"

#include <bit>
#include <string>
#include <variant>

namespace orrery::traces {
namespace {

using Op = contracts::Condition::Op;

template <typename T>
bool Compare(Op op, const T& left, const T& right) {
  switch (op) {
    case Op::kEqual:
      return left == right;
    case Op::kNotEqual:
      return left != right;
    case Op::kLess:
      return left < right;
    case Op::kLessEqual:
      return left <= right;
    case Op::kGreater:
      return left > right;
    case Op::kGreaterEqual:
      return left >= right;
    case Op::kExists:
      return true;
    case Op::kText:
      break;
  }
  return false;
}

// An integer beside a double: exactly, or rounded to double. Engines differ, so either passes.
bool CompareMixed(Op op, int64_t left, double right) {
  return Compare(op, static_cast<double>(left), right) ||
         Compare(op, static_cast<long double>(left), static_cast<long double>(right));
}

bool CompareMixed(Op op, double left, int64_t right) {
  return Compare(op, left, static_cast<double>(right)) ||
         Compare(op, static_cast<long double>(left), static_cast<long double>(right));
}

}  // namespace

bool ValueMatch::Text(TextCode code) {
  if (exists_only()) return true;
  if (known_.empty()) known_.resize(texts_.code_limit(), 0);
  uint8_t& known = known_[code];
  if (known == 0) known = Text(texts_.at(code)) ? 2 : 1;
  return known == 2;
}

bool ValueMatch::Text(std::string_view text) const {
  if (exists_only()) return true;
  if (condition_.op == Op::kText) return condition_.text->Matches(text);
  const auto* operand = std::get_if<std::string>(&condition_.operand);
  return operand != nullptr && Compare(condition_.op, text, std::string_view(*operand));
}

bool ValueMatch::Bool(bool value) const {
  if (exists_only()) return true;
  const bool* operand = std::get_if<bool>(&condition_.operand);
  return operand != nullptr && Compare(condition_.op, value, *operand);
}

bool ValueMatch::Int(int64_t value) const {
  if (exists_only()) return true;
  if (const auto* number = std::get_if<int64_t>(&condition_.operand)) {
    return Compare(condition_.op, value, *number);
  }
  const auto* number = std::get_if<double>(&condition_.operand);
  return number != nullptr && CompareMixed(condition_.op, value, *number);
}

bool ValueMatch::Double(double value) const {
  if (exists_only()) return true;
  if (const auto* number = std::get_if<double>(&condition_.operand)) {
    return Compare(condition_.op, value, *number);
  }
  const auto* number = std::get_if<int64_t>(&condition_.operand);
  return number != nullptr && CompareMixed(condition_.op, value, *number);
}

bool ValueMatch::Value(model::Value::Type type, uint64_t payload) {
  switch (type) {
    case model::Value::Type::kString:
      return Text(static_cast<TextCode>(payload));
    case model::Value::Type::kBool:
      return Bool(payload != 0);
    case model::Value::Type::kInt:
      return Int(static_cast<int64_t>(payload));
    case model::Value::Type::kDouble:
      return Double(std::bit_cast<double>(payload));
    case model::Value::Type::kEmpty:
    case model::Value::Type::kBytes:
    case model::Value::Type::kArray:
    case model::Value::Type::kKvList:
      break;
  }
  return true;
}

}  // namespace orrery::traces
