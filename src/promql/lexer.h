// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace orrery::promql {

// Where something stands in the text of a query, in bytes.
struct Span {
  uint32_t start = 0;
  uint32_t end = 0;
};

enum class TokenKind : uint8_t {
  kEnd,
  kWord,      // Names, keywords, functions: letters, digits, '_', and ':' outside of brackets.
  kNumber,    // `1.5e3`, `0x1f`, `1_000`
  kDuration,  // `1h30m`
  kString,    // `text` is what it stands for.
  kSymbol,    // `text` is the operator or bracket.
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  double number = 0;  // The value; of a duration in seconds.
  Span span;
};

// Cuts a query into tokens, the last of which is kEnd. Comments and blanks are left out.
// InvalidArgument: "line:column: parse error: what is wrong".
// Cost: linear in the text.
Result<std::vector<Token>> Lex(std::string_view text);

// "line:column: parse error: message"; both count from 1, columns in bytes.
Status ParseError(std::string_view text, uint32_t offset, std::string_view message);
// "line:column".
std::string PositionText(std::string_view text, uint32_t offset);

// A duration such as `1h30m` in milliseconds; nothing when `text` is not one.
Result<int64_t> ParseDurationMillis(std::string_view text);
// The shortest such text.
std::string FormatDurationMillis(int64_t millis);

}  // namespace orrery::promql
