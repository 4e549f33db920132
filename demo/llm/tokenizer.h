// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace demo {

using Token = uint32_t;

// BytePairTokenizer cuts text into the tokens that the mock model reads, writes and bills: bytes at
// first, then the pairs that were most frequent in the training text, joined in the order in which
// they were learned. Any bytes can be encoded, and come back unchanged.
//
// Threads: safe for many once constructed.
// Cost:    training takes some milliseconds; Encode is linear in the text, since words are cut at
//          kMaxWordBytes.
class BytePairTokenizer {
 public:
  static constexpr size_t kMaxWordBytes = 48;

  // Learns up to `merges` joined tokens; fewer when no pair of the text repeats.
  BytePairTokenizer(std::string_view training_text, size_t merges);

  // Text is read as if a blank stood before it, so that a word has the same tokens wherever it
  // stands.
  std::vector<Token> Encode(std::string_view text) const;
  // The text of the tokens, without that blank.
  std::string Decode(const std::vector<Token>& tokens) const;

  // The bytes of one token, the leading blank included. Requires: token < size().
  const std::string& TextOf(Token token) const { return texts_[token]; }
  size_t size() const { return texts_.size(); }

 private:
  using Pair = std::pair<Token, Token>;

  void Learn(std::string_view training_text, size_t merges);
  void MergePairs(std::vector<Token>& word) const;

  std::vector<std::string> texts_;  // by token
  std::map<Pair, Token> merged_;    // what a pair becomes; a smaller token was learned earlier
};

}  // namespace demo
