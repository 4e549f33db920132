// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "demo/llm/tokenizer.h"

namespace demo {

// ToyModel writes text the way a language model does, in small: each token of the prompt and of the
// answer goes through two recurrent layers of fixed random weights; the state gives a score to
// every token of the vocabulary; and the next token is drawn from those that the training text
// knows to follow, by their counts and scores. So the arithmetic is real, the text is readable, and
// no weights are shipped.
//
// Threads: safe for many once constructed.
// Cost:    about 0.4 ms of CPU for each token, 20 to 100 ms for an answer; no more than kContext
// tokens of the
//          prompt are read.
class ToyModel {
 public:
  static constexpr size_t kContext = 512;

  struct Options {
    uint64_t seed = 0;
    double temperature = 1;
    size_t max_tokens = 160;
  };

  struct Answer {
    std::vector<Token> tokens;
    bool cut_off = false;  // max_tokens ended it
  };

  // `tokenizer` must outlive the model.
  ToyModel(const BytePairTokenizer& tokenizer, std::string_view training_text);

  // The same prompt and options always give the same answer.
  Answer Generate(const std::vector<Token>& prompt, const Options& options) const;

 private:
  static constexpr size_t kWidth = 384;
  static constexpr size_t kLayers = 2;
  using Vector = std::array<float, kWidth>;
  using State = std::array<Vector, kLayers>;

  // What followed a pair of tokens, or a single one, and how often.
  using Followers = std::vector<std::pair<Token, float>>;

  void CountFollowers(const std::vector<Token>& paragraph);
  void Forward(State& state, Token token) const;
  std::vector<float> ScoreTokens(const State& state) const;
  const Followers& Candidates(Token before, Token last) const;
  Token SampleToken(const Followers& candidates, const std::vector<float>& scores,
                    double temperature, double draw) const;
  bool EndsSentence(Token token) const;

  const BytePairTokenizer& tokenizer_;
  const Token end_;                // of a text, and what stands before its first token
  std::vector<float> embeddings_;  // a row of kWidth for each token
  std::vector<float> output_;      // the same
  std::array<std::vector<float>, kLayers> layers_;  // kWidth rows of 2 * kWidth: input, then state
  std::map<std::pair<Token, Token>, Followers> after_two_;
  std::map<Token, Followers> after_one_;
};

}  // namespace demo
