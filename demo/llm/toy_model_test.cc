// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/toy_model.h"

#include <set>

#include <gtest/gtest.h>

#include "demo/llm/training_text.h"

namespace demo {
namespace {

class ToyModelTest : public testing::Test {
 protected:
  std::string Ask(const std::string& prompt, const ToyModel::Options& options) const {
    return tokenizer_.Decode(model_.Generate(tokenizer_.Encode(prompt), options).tokens);
  }

  const BytePairTokenizer tokenizer_{TrainingText(), 512};
  const ToyModel model_{tokenizer_, TrainingText()};
};

TEST_F(ToyModelTest, SameSeedSameAnswer) {
  EXPECT_EQ(Ask("why is it slow?", {.seed = 1}), Ask("why is it slow?", {.seed = 1}));
}

TEST_F(ToyModelTest, SeedAndPromptBothMatter) {
  std::set<std::string> answers;
  for (uint64_t seed = 0; seed < 8; ++seed) answers.insert(Ask("why?", {.seed = seed}));
  EXPECT_GT(answers.size(), 4u);
  std::set<std::string> by_prompt;
  for (const char* prompt : {"why is it slow?", "name a star", "refund", "1", "2", "3", "4", "5"}) {
    by_prompt.insert(Ask(prompt, {.seed = 1}));
  }
  EXPECT_GT(by_prompt.size(), 1u);
}

TEST_F(ToyModelTest, AnswersAreSentencesOfKnownWords) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const std::string text = Ask("why is it slow?", {.seed = seed});
    EXPECT_TRUE(text.front() >= 'A' && text.front() <= 'Z') << text;
    EXPECT_EQ(text.back(), '.') << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST_F(ToyModelTest, MaxTokensCutsTheAnswerOff) {
  const ToyModel::Answer five = model_.Generate({}, {.seed = 1, .max_tokens = 5});
  EXPECT_EQ(five.tokens.size(), 5u);
  EXPECT_TRUE(five.cut_off);
  const ToyModel::Answer none = model_.Generate({}, {.seed = 1, .max_tokens = 0});
  EXPECT_TRUE(none.tokens.empty());
  EXPECT_FALSE(model_.Generate({}, {.seed = 1, .max_tokens = 1000}).cut_off);
}

TEST_F(ToyModelTest, NoMoreThanTheContextIsRead) {
  std::string tail;
  for (size_t i = 0; i < ToyModel::kContext; ++i) tail += " the";
  const std::vector<Token> tokens = tokenizer_.Encode(tail);
  ASSERT_GE(tokens.size(), ToyModel::kContext);
  EXPECT_EQ(Ask(tail, {.seed = 1}), Ask("something else" + tail, {.seed = 1}));
}

TEST_F(ToyModelTest, ColdAnswersVaryLess) {
  std::set<std::string> cold;
  std::set<std::string> warm;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    cold.insert(Ask("why?", {.seed = seed, .temperature = 0}));
    warm.insert(Ask("why?", {.seed = seed, .temperature = 2}));
  }
  EXPECT_LT(cold.size(), warm.size());
}

}  // namespace
}  // namespace demo
