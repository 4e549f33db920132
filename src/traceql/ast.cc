// SPDX-License-Identifier: Apache-2.0
#include "traceql/ast.h"

#include <algorithm>
#include <array>

namespace orrery::traceql {

std::string_view OpText(Op op) {
  static constexpr std::array<std::string_view, 30> kTexts = {
      "&&", "||", "=", "!=", "<",  "<=", ">",  ">=", "=~",  "!~",  "+",  "-",  "*",   "/",   "%",
      "^",  "!",  "-", ">>", "<<", "~",  "!>", "!<", "!>>", "!<<", "&>", "&<", "&>>", "&<<", "&~"};
  return kTexts[static_cast<size_t>(op)];
}

bool IsComparison(Op op) { return op >= Op::kEqual && op <= Op::kNotRegex; }
bool IsArithmetic(Op op) { return op >= Op::kAdd && op <= Op::kPower; }

bool Query::HasHint(std::string_view name) const {
  return std::any_of(hints.begin(), hints.end(), [&](const Hint& hint) {
    return hint.name == name && hint.value.type == Type::kBool && hint.value.number != 0;
  });
}

}  // namespace orrery::traceql
