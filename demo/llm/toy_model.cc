// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/toy_model.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>

namespace demo {
namespace {

constexpr uint64_t kWeightsSeed = 20'26;
constexpr size_t kLeastTokens = 40;   // an answer does not end before
constexpr double kScoreWeight = 1.5;  // of the state's word against the counts
constexpr double kLeastTemperature = 0.05;

std::vector<float> RandomWeights(size_t count, double scale, std::mt19937_64& random) {
  std::vector<float> weights(count);
  for (float& weight : weights) {
    // Not std::normal_distribution: its values differ between standard libraries.
    weight = static_cast<float>(
        (static_cast<double>(random() >> 11) / static_cast<double>(1ULL << 53) - 0.5) * scale);
  }
  return weights;
}

float Dot(const float* row, const float* vector, size_t width) {
  float sum = 0;
  for (size_t i = 0; i < width; ++i) sum += row[i] * vector[i];
  return sum;
}

// out = matrix * in, for a matrix of out.size() rows.
[[gnu::noinline]] void MultiplyMatrix(const std::vector<float>& matrix, std::span<const float> in,
                                      std::span<float> out) {
  for (size_t row = 0; row < out.size(); ++row) {
    out[row] = Dot(&matrix[row * in.size()], in.data(), in.size());
  }
}

// Turns logits into probabilities.
[[gnu::noinline]] void Softmax(std::vector<double>& values) {
  const double most = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (double& value : values) sum += value = std::exp(value - most);
  for (double& value : values) value /= sum;
}

void Count(std::vector<std::pair<Token, float>>& followers, Token token) {
  for (auto& [known, count] : followers) {
    if (known == token) {
      ++count;
      return;
    }
  }
  followers.emplace_back(token, 1.0F);
}

}  // namespace

ToyModel::ToyModel(const BytePairTokenizer& tokenizer, std::string_view training_text)
    : tokenizer_(tokenizer), end_(static_cast<Token>(tokenizer.size())) {
  std::mt19937_64 random(kWeightsSeed);
  const size_t rows = tokenizer.size() + 1;
  embeddings_ = RandomWeights(rows * kWidth, 2, random);
  output_ = RandomWeights(rows * kWidth, 0.35, random);
  for (auto& layer : layers_) layer = RandomWeights(kWidth * 2 * kWidth, 0.15, random);
  for (size_t begin = 0; begin < training_text.size();) {
    const size_t end = std::min(training_text.find('\n', begin), training_text.size());
    CountFollowers(tokenizer.Encode(training_text.substr(begin, end - begin)));
    begin = end + 1;
  }
}

void ToyModel::CountFollowers(const std::vector<Token>& paragraph) {
  Token before = end_;
  Token last = end_;
  const auto follow = [&](Token token) {
    Count(after_two_[{before, last}], token);
    Count(after_one_[last], token);
    before = last;
    last = token;
  };
  for (const Token token : paragraph) follow(token);
  follow(end_);
}

[[gnu::noinline]] void ToyModel::Forward(State& state, Token token) const {
  std::array<float, 2 * kWidth> in;
  const float* below = &embeddings_[token * kWidth];
  for (size_t layer = 0; layer < kLayers; ++layer) {
    std::copy_n(below, kWidth, in.begin());
    std::copy_n(state[layer].begin(), kWidth, in.begin() + kWidth);
    MultiplyMatrix(layers_[layer], in, state[layer]);
    for (float& value : state[layer]) value = std::tanh(value);
    below = state[layer].data();
  }
}

[[gnu::noinline]] std::vector<float> ToyModel::ScoreTokens(const State& state) const {
  std::vector<float> scores(tokenizer_.size() + 1);
  MultiplyMatrix(output_, state.back(), scores);
  return scores;
}

const ToyModel::Followers& ToyModel::Candidates(Token before, Token last) const {
  const auto two = after_two_.find({before, last});
  // One follower only would recite the training text; a single token of context leaves more choice.
  if (two != after_two_.end() && (two->second.size() > 1 || !EndsSentence(last))) {
    return two->second;
  }
  const auto one = after_one_.find(last);
  return one != after_one_.end() ? one->second : after_one_.at(end_);
}

[[gnu::noinline]] Token ToyModel::SampleToken(const Followers& candidates,
                                              const std::vector<float>& scores, double temperature,
                                              double draw) const {
  std::vector<double> chances;
  chances.reserve(candidates.size());
  for (const auto& [token, count] : candidates) {
    chances.push_back((std::log(count) + kScoreWeight * scores[token]) /
                      std::max(temperature, kLeastTemperature));
  }
  Softmax(chances);
  size_t i = 0;
  while (i + 1 < chances.size() && draw >= chances[i]) draw -= chances[i++];
  return candidates[i].first;
}

bool ToyModel::EndsSentence(Token token) const {
  return token != end_ && tokenizer_.TextOf(token).ends_with('.');
}

ToyModel::Answer ToyModel::Generate(const std::vector<Token>& prompt,
                                    const Options& options) const {
  State state{};
  const size_t skipped = prompt.size() > kContext ? prompt.size() - kContext : 0;
  for (size_t i = skipped; i < prompt.size(); ++i) Forward(state, prompt[i]);

  std::mt19937_64 random(options.seed);
  Answer answer;
  Token before = end_;
  Token last = end_;
  while (answer.tokens.size() < options.max_tokens) {
    Forward(state, last);
    const double draw = static_cast<double>(random() >> 11) / static_cast<double>(1ULL << 53);
    Token next =
        SampleToken(Candidates(before, last), ScoreTokens(state), options.temperature, draw);
    if (next == end_) {
      if (answer.tokens.size() >= kLeastTokens) return answer;
      before = last = end_;  // One paragraph more.
      continue;
    }
    answer.tokens.push_back(next);
    if (EndsSentence(next) && answer.tokens.size() >= 2 * kLeastTokens) return answer;
    before = last;
    last = next;
  }
  answer.cut_off = true;
  return answer;
}

}  // namespace demo
