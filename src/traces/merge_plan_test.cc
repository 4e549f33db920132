// SPDX-License-Identifier: Apache-2.0
#include "traces/merge_plan.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace orrery::traces {
namespace {

using Ids = std::vector<uint64_t>;

constexpr MergeLimits kLimits = {.block_spans = 100,
                                 .block_bytes = 1000,
                                 .window_nanos = 10,
                                 .small_spans = 25,
                                 .small_blocks = 3};

BlockFacts Block(uint64_t id, UnixNanos arrived, uint64_t spans, uint64_t bytes = 1) {
  return {.id = id, .arrived = arrived, .spans = spans, .bytes = bytes};
}

TEST(MergePlan, NothingIsMergedWithoutNeed) {
  EXPECT_EQ(NextMerge({}, kLimits, 5), Ids());
  EXPECT_EQ(NextMerge({Block(1, 0, 5)}, kLimits, 1000), Ids());
  // The window lasts, and there are few.
  EXPECT_EQ(NextMerge({Block(1, 1, 5), Block(2, 2, 5)}, kLimits, 9), Ids());
}

TEST(MergePlan, ManySmallBlocksAreMergedAtOnce) {
  EXPECT_EQ(NextMerge({Block(3, 3, 5), Block(1, 1, 5), Block(2, 2, 5)}, kLimits, 9),
            Ids({1, 2, 3}));
  // One of them is not small.
  EXPECT_EQ(NextMerge({Block(1, 1, 5), Block(2, 2, 40), Block(3, 3, 5)}, kLimits, 9), Ids());
}

TEST(MergePlan, AWindowThatIsOverIsBroughtTogether) {
  EXPECT_EQ(NextMerge({Block(1, 1, 40), Block(2, 2, 40)}, kLimits, 10), Ids({1, 2}));
  // Not across its border, until the longer window is over too.
  EXPECT_EQ(NextMerge({Block(1, 9, 40), Block(2, 10, 40)}, kLimits, 20), Ids());
  EXPECT_EQ(NextMerge({Block(1, 9, 40), Block(2, 10, 40)}, kLimits, 59), Ids());
  EXPECT_EQ(NextMerge({Block(1, 9, 40), Block(2, 10, 40)}, kLimits, 60), Ids({1, 2}));
  EXPECT_EQ(NextMerge({Block(1, 59, 40), Block(2, 60, 40)}, kLimits, 360), Ids({1, 2}));
  EXPECT_EQ(NextMerge({Block(1, 359, 40), Block(2, 360, 40)}, kLimits, 10'000), Ids());
}

TEST(MergePlan, ABlockThatIsNearlyFullIsLeftAlone) {
  EXPECT_EQ(NextMerge({Block(1, 1, 51), Block(2, 2, 5)}, kLimits, 100), Ids());
  EXPECT_EQ(NextMerge({Block(1, 1, 5, 501), Block(2, 2, 5)}, kLimits, 100), Ids());
}

TEST(MergePlan, NoMoreThanABlockMayHold) {
  EXPECT_EQ(NextMerge({Block(1, 1, 40), Block(2, 2, 50), Block(3, 3, 20)}, kLimits, 100),
            Ids({1, 2}));
  EXPECT_EQ(
      NextMerge({Block(1, 1, 5, 450), Block(2, 2, 5, 500), Block(3, 3, 5, 100)}, kLimits, 100),
      Ids({1, 2}));
}

// Whatever there is, merging comes to an end, and what is left in a window is less than the half
// of two blocks or nearly full.
TEST(MergePlan, MergingEnds) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    std::map<uint64_t, BlockFacts> blocks;
    uint64_t next = 1;
    for (; next <= 1 + random() % 60; ++next) {
      blocks[next] = Block(next, random() % 1000, 1 + random() % 120, 1 + random() % 1200);
    }
    for (int merges = 0;; ++merges) {
      ASSERT_LT(merges, 200);
      std::vector<BlockFacts> facts;
      facts.reserve(blocks.size());
      for (const auto& [id, block] : blocks) facts.push_back(block);
      const Ids ids = NextMerge(facts, kLimits, 1'000'000);
      if (ids.empty()) break;
      ASSERT_GE(ids.size(), 2u);
      BlockFacts merged{.id = next++};
      for (const uint64_t id : ids) {
        merged.arrived = std::max(merged.arrived, blocks.at(id).arrived);
        merged.spans += blocks.at(id).spans;
        merged.bytes += blocks.at(id).bytes;
        blocks.erase(id);
      }
      ASSERT_LE(merged.spans, kLimits.block_spans);
      ASSERT_LE(merged.bytes, kLimits.block_bytes);
      blocks[merged.id] = merged;
    }
  }
}

}  // namespace
}  // namespace orrery::traces
