// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/mock_model.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(MockModel, LatencyFollowsTheModelsName) {
  MockModel model({.seed = 7});
  for (int i = 0; i < 500; ++i) {
    const auto fast = model.Draw("mock-fast").latency.count();
    const auto slow = model.Draw("mock-slow").latency.count();
    EXPECT_GE(fast, 200);
    EXPECT_LE(fast, 1000);
    EXPECT_GE(slow, 1000);
    EXPECT_LE(slow, 5000);
  }
}

TEST(MockModel, OneInFiveFails) {
  MockModel model({.seed = 7});
  int failed = 0;
  for (int i = 0; i < 5000; ++i) failed += model.Draw("mock-fast").failure_type.empty() ? 0 : 1;
  EXPECT_GT(failed, 900);
  EXPECT_LT(failed, 1100);
}

TEST(MockModel, FailureRateOfZeroAndOneAreExact) {
  MockModel never({.failure_rate = 0, .seed = 7});
  MockModel always({.failure_rate = 1, .seed = 7});
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(never.Draw("mock-fast").failure_type.empty());
    EXPECT_FALSE(always.Draw("mock-fast").failure_message.empty());
  }
}

TEST(MockModel, SameSeedSameAnswers) {
  MockModel one({.seed = 42});
  MockModel two({.seed = 42});
  for (int i = 0; i < 50; ++i) {
    const auto a = one.Draw("mock-slow");
    const auto b = two.Draw("mock-slow");
    EXPECT_EQ(a.latency, b.latency);
    EXPECT_EQ(a.failure_type, b.failure_type);
    EXPECT_EQ(a.text_seed, b.text_seed);
  }
}

}  // namespace
}  // namespace demo
