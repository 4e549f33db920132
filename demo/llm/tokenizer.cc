// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/tokenizer.h"

#include <algorithm>
#include <limits>

namespace demo {
namespace {

constexpr size_t kBytes = 256;
constexpr Token kNoToken = std::numeric_limits<Token>::max();

enum class Class { kBlank, kWord, kOther };

Class ClassOf(unsigned char c) {
  if (c <= ' ') return Class::kBlank;
  const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                    c == '\'' || c >= 0x80;
  return word ? Class::kWord : Class::kOther;
}

// The text in words, each with the one blank before it; pairs are never joined across words.
std::vector<std::string_view> SplitWords(std::string_view text) {
  std::vector<std::string_view> words;
  size_t begin = 0;
  while (begin < text.size()) {
    size_t end = begin + 1;
    if (text[begin] == ' ' && end < text.size()) ++end;
    const Class kind = ClassOf(static_cast<unsigned char>(text[end - 1]));
    while (end < text.size() && end - begin < BytePairTokenizer::kMaxWordBytes &&
           kind != Class::kBlank && ClassOf(static_cast<unsigned char>(text[end])) == kind) {
      ++end;
    }
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

std::vector<Token> BytesOf(std::string_view word) {
  std::vector<Token> tokens;
  tokens.reserve(word.size());
  for (const char c : word) tokens.push_back(static_cast<unsigned char>(c));
  return tokens;
}

// Joins every (left, right) of `word` to `joined`.
void Join(std::vector<Token>& word, Token left, Token right, Token joined) {
  size_t out = 0;
  for (size_t in = 0; in < word.size(); ++in) {
    const bool hit = in + 1 < word.size() && word[in] == left && word[in + 1] == right;
    word[out++] = hit ? joined : word[in];
    if (hit) ++in;
  }
  word.resize(out);
}

}  // namespace

BytePairTokenizer::BytePairTokenizer(std::string_view training_text, size_t merges) {
  for (size_t byte = 0; byte < kBytes; ++byte) texts_.emplace_back(1, static_cast<char>(byte));
  Learn(training_text, merges);
}

void BytePairTokenizer::Learn(std::string_view training_text, size_t merges) {
  std::map<std::string_view, size_t> counts;
  for (const std::string_view word : SplitWords(training_text)) ++counts[word];
  std::vector<std::pair<std::vector<Token>, size_t>> words;
  words.reserve(counts.size());
  for (const auto& [word, count] : counts) words.emplace_back(BytesOf(word), count);

  for (size_t step = 0; step < merges; ++step) {
    std::map<Pair, size_t> pairs;
    for (const auto& [word, count] : words) {
      for (size_t i = 1; i < word.size(); ++i) pairs[{word[i - 1], word[i]}] += count;
    }
    // Of equally frequent pairs the smallest is taken: the same text gives the same tokens.
    const auto best =
        std::max_element(pairs.begin(), pairs.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (best == pairs.end() || best->second < 2) return;
    const auto [left, right] = best->first;
    const auto joined = static_cast<Token>(texts_.size());
    texts_.push_back(texts_[left] + texts_[right]);
    merged_[{left, right}] = joined;
    for (auto& [word, count] : words) Join(word, left, right, joined);
  }
}

[[gnu::noinline]] void BytePairTokenizer::MergePairs(std::vector<Token>& word) const {
  for (;;) {
    Token first = kNoToken;
    size_t place = 0;
    for (size_t i = 1; i < word.size(); ++i) {
      const auto found = merged_.find({word[i - 1], word[i]});
      if (found != merged_.end() && found->second < first) {
        first = found->second;
        place = i - 1;
      }
    }
    if (first == kNoToken) return;
    Join(word, word[place], word[place + 1], first);
  }
}

[[gnu::noinline]] std::vector<Token> BytePairTokenizer::Encode(std::string_view text) const {
  std::vector<Token> tokens;
  if (text.empty()) return tokens;
  const std::string with_blank = " " + std::string(text);
  for (const std::string_view part : SplitWords(with_blank)) {
    std::vector<Token> word = BytesOf(part);
    MergePairs(word);
    tokens.insert(tokens.end(), word.begin(), word.end());
  }
  return tokens;
}

std::string BytePairTokenizer::Decode(const std::vector<Token>& tokens) const {
  std::string text;
  for (const Token token : tokens) text += texts_[token];
  return text.empty() ? text : text.substr(1);
}

}  // namespace demo
