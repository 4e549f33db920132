// SPDX-License-Identifier: Apache-2.0
#include "traces/retention.h"

#include "gtest/gtest.h"

namespace orrery::traces {
namespace {

using Ids = std::vector<uint64_t>;

constexpr uint64_t kMinute = 60 * kNanosPerSecond;
constexpr uint64_t kHour = 60 * kMinute;
constexpr uint64_t kDay = 24 * kHour;
constexpr UnixNanos kNow = 20'000 * kDay;

TEST(RetentionClock, GoesWithTheWallClock) {
  RetentionClock clock(0, 0);
  EXPECT_EQ(clock.Read(kNow, 5), kNow);
  EXPECT_EQ(clock.Read(kNow + kDay, 5 + kDay), kNow + kDay);
  EXPECT_EQ(clock.Read(kNow + kDay + kMinute, 5 + kDay + 1), kNow + kDay + kMinute);
  EXPECT_FALSE(clock.doubts());
}

TEST(RetentionClock, ALeapAheadCountsAfterAnHour) {
  RetentionClock clock(0, 0);
  clock.Read(kNow, 0);
  EXPECT_EQ(clock.Read(kNow + 365 * kDay, kMinute), kNow + kMinute);
  EXPECT_TRUE(clock.doubts());
  EXPECT_EQ(clock.Read(kNow + 365 * kDay + 59 * kMinute, kHour), kNow + kHour);
  EXPECT_EQ(clock.Read(kNow + 365 * kDay + kHour, kHour + kMinute), kNow + 365 * kDay + kHour);
  EXPECT_FALSE(clock.doubts());
}

TEST(RetentionClock, ALeapThatIsTakenBackNeverCounted) {
  RetentionClock clock(0, 0);
  clock.Read(kNow, 0);
  clock.Read(kNow + 365 * kDay, kMinute);
  EXPECT_EQ(clock.Read(kNow + 2 * kMinute, 2 * kMinute), kNow + 2 * kMinute);
  EXPECT_FALSE(clock.doubts());
  // The hour begins anew.
  clock.Read(kNow + 365 * kDay, 40 * kMinute);
  EXPECT_EQ(clock.Read(kNow + 365 * kDay, 90 * kMinute), kNow + 90 * kMinute);
}

TEST(RetentionClock, ALeapBackCountsAtOnceAndItsEndIsNoHarm) {
  RetentionClock clock(0, 0);
  clock.Read(kNow, 0);
  EXPECT_EQ(clock.Read(kNow - 300 * kDay, kMinute), kNow - 300 * kDay);
  EXPECT_EQ(clock.Read(kNow, 2 * kMinute), kNow - 300 * kDay + kMinute);
  EXPECT_EQ(clock.Read(kNow + kHour, 2 * kMinute + kHour), kNow + kHour);
}

TEST(RetentionClock, AWrongClockAtTheStartIsALeapToo) {
  RetentionClock clock(kNow, 7);
  EXPECT_EQ(clock.Read(kNow + 3000 * kDay, 7), kNow);
  EXPECT_TRUE(clock.doubts());
}

TEST(Retention, WhatIsTooOldIsNamedOldestFirst) {
  const std::vector<BlockFacts> blocks = {{.id = 1, .arrived = 700},
                                          {.id = 2, .arrived = 100},
                                          {.id = 3, .arrived = 2000},
                                          {.id = 4, .arrived = 899}};
  EXPECT_EQ(OlderThan(blocks, 100, 1000), Ids({2, 1, 4}));
  EXPECT_EQ(OlderThan(blocks, 5000, 1000), Ids());
}

TEST(Retention, TheOldestMakeRoom) {
  const std::vector<BlockFacts> blocks = {{.id = 1, .arrived = 3, .bytes = 10},
                                          {.id = 2, .arrived = 1, .bytes = 10},
                                          {.id = 3, .arrived = 2, .bytes = 10}};
  EXPECT_EQ(OldestOf(blocks, 0), Ids());
  EXPECT_EQ(OldestOf(blocks, 1), Ids({2}));
  EXPECT_EQ(OldestOf(blocks, 11), Ids({2, 3}));
  EXPECT_EQ(OldestOf(blocks, 500), Ids({2, 3, 1}));
}

}  // namespace
}  // namespace orrery::traces
