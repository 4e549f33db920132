// SPDX-License-Identifier: Apache-2.0
#include "traces/outcome_cache.h"

#include "gtest/gtest.h"

namespace orrery::traces {
namespace {

struct Outcome final : contracts::ScanOutcome {
  explicit Outcome(size_t size) : bytes(size) {}
  size_t memory_bytes() const override { return bytes; }
  size_t bytes;
};

OutcomeCache::Entry Of(size_t bytes) { return {std::make_shared<Outcome>(bytes), false}; }

TEST(OutcomeCache, TheOnesNotUsedForLongestGo) {
  OutcomeCache cache(2500);
  OutcomeCache::Entry entry;
  cache.Put({.block = 1, .group = 0}, Of(800));
  cache.Put({.block = 1, .group = 1}, Of(800));
  EXPECT_TRUE(cache.Find({.block = 1, .group = 0}, entry));
  cache.Put({.block = 2, .group = 0}, Of(800));
  EXPECT_FALSE(cache.Find({.block = 1, .group = 1}, entry));
  EXPECT_TRUE(cache.Find({.block = 1, .group = 0}, entry));
  EXPECT_TRUE(cache.Find({.block = 2, .group = 0}, entry));
  EXPECT_EQ(cache.bytes(), 2000u);
}

TEST(OutcomeCache, TellsRestsAndScansApart) {
  OutcomeCache cache(10'000);
  const uint64_t scan = cache.ScanNumber("a");
  EXPECT_EQ(cache.ScanNumber("a"), scan);
  EXPECT_NE(cache.ScanNumber("b"), scan);
  cache.Put({1, 2, 3, scan}, {nullptr, true});
  OutcomeCache::Entry entry;
  EXPECT_FALSE(cache.Find({1, 2, 4, scan}, entry));
  EXPECT_FALSE(cache.Find({1, 2, 3, scan + 1}, entry));
  EXPECT_TRUE(cache.Find({1, 2, 3, scan}, entry));
  EXPECT_EQ(entry.outcome, nullptr);
  EXPECT_TRUE(entry.left_out);
}

TEST(OutcomeCache, ABlockThatGoesTakesItsOwnWithIt) {
  OutcomeCache cache(10'000);
  cache.Put({.block = 1}, Of(100));
  cache.Put({.block = 1, .group = 7, .rest = 9, .scan = 8}, Of(100));
  cache.Put({.block = 2}, Of(100));
  cache.Drop(1);
  EXPECT_EQ(cache.bytes(), 300u);
}

TEST(OutcomeCache, WithoutRoomNothingIsKept) {
  OutcomeCache cache(0);
  cache.Put({.block = 1}, Of(100));
  OutcomeCache::Entry entry;
  EXPECT_FALSE(cache.Find({.block = 1}, entry));
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace orrery::traces
