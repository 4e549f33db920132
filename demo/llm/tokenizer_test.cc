// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/tokenizer.h"

#include <random>

#include <gtest/gtest.h>

#include "demo/llm/training_text.h"

namespace demo {
namespace {

// The tokens of `text`, a bar after each.
std::string Cut(const BytePairTokenizer& tokenizer, std::string_view text) {
  std::string out;
  for (const Token token : tokenizer.Encode(text)) out += tokenizer.TextOf(token) + "|";
  return out;
}

TEST(Tokenizer, JoinsTheMostFrequentPairsInTheOrderLearned) {
  const BytePairTokenizer tokenizer("low low low lower lowest", 3);
  EXPECT_EQ(tokenizer.size(), 256u + 3);
  EXPECT_EQ(Cut(tokenizer, "lower"), " low|e|r|");
  EXPECT_EQ(Cut(tokenizer, "slow"), " |s|low|");
}

TEST(Tokenizer, StopsLearningWhenNoPairRepeats) {
  const BytePairTokenizer tokenizer("abc", 100);
  EXPECT_EQ(tokenizer.size(), 256u);
}

TEST(Tokenizer, WordsHaveTheSameTokensWhereverTheyStand) {
  const BytePairTokenizer tokenizer(TrainingText(), 512);
  const std::vector<Token> one = tokenizer.Encode("model");
  std::vector<Token> three = one;
  three.insert(three.end(), one.begin(), one.end());
  three.insert(three.end(), one.begin(), one.end());
  EXPECT_EQ(tokenizer.Encode("model model model"), three);
}

TEST(Tokenizer, CommonWordsAreOneToken) {
  const BytePairTokenizer tokenizer(TrainingText(), 512);
  EXPECT_EQ(Cut(tokenizer, "the request is slow, and"), " the| request| is| slow|,| and|");
}

TEST(Tokenizer, AnyBytesComeBack) {
  const BytePairTokenizer tokenizer(TrainingText(), 512);
  EXPECT_EQ(tokenizer.Decode(tokenizer.Encode("")), "");
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string text(1 + random() % 200, '\0');
    for (char& c : text) c = static_cast<char>(random());
    EXPECT_EQ(tokenizer.Decode(tokenizer.Encode(text)), text);
  }
  for (const char* text : {" ", "  two  blanks ", "line\n\nline", "läuft ✓ 🙂", "x"}) {
    EXPECT_EQ(tokenizer.Decode(tokenizer.Encode(text)), text);
  }
}

TEST(Tokenizer, EndlessWordsAreCut) {
  const BytePairTokenizer tokenizer("aaaa aaaa", 8);
  const std::string text(1 << 20, 'a');
  EXPECT_EQ(tokenizer.Decode(tokenizer.Encode(text)), text);
}

}  // namespace
}  // namespace demo
