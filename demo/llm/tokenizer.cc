// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/tokenizer.h"

namespace demo {
namespace {

constexpr size_t kBytesPerPiece = 4;

bool IsBlank(unsigned char c) { return c <= ' '; }

bool IsWord(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

}  // namespace

size_t CountTokens(std::string_view text) {
  size_t tokens = 0;
  size_t word_bytes = 0;
  for (const unsigned char c : text) {
    if (IsWord(c)) {
      if (word_bytes++ % kBytesPerPiece == 0) ++tokens;
      continue;
    }
    word_bytes = 0;
    if (!IsBlank(c)) ++tokens;
  }
  return tokens;
}

}  // namespace demo
