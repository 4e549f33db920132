// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "traceql/field.h"
#include "traceql/value.h"

namespace orrery::traceql {

enum class TokenKind : uint8_t {
  kEnd,
  kError,     // `text` says what is wrong here.
  kConstant,  // String, number or duration, in `constant`.
  kField,     // Attribute or scoped intrinsic, in `field`.
  kWord,      // Any other word, in `text`.
  kSymbol     // Operator or bracket, in `text`.
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  size_t offset = 0;  // In bytes of the source.
  size_t end = 0;
  std::string text;
  Constant constant;
  Field field;

  bool IsSymbol(std::string_view symbol) const {
    return kind == TokenKind::kSymbol && text == symbol;
  }
  bool IsWord(std::string_view word) const { return kind == TokenKind::kWord && text == word; }
};

// The tokens of a query, the last of them kEnd or kError: nothing is read past an error.
std::vector<Token> Lex(std::string_view source);

}  // namespace orrery::traceql
