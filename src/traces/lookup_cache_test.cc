// SPDX-License-Identifier: Apache-2.0
#include "traces/lookup_cache.h"

#include "gtest/gtest.h"

namespace orrery::traces {
namespace {

using Part = LookupCache::Part;

TEST(LookupCache, TheOnesNotUsedForLongestGo) {
  LookupCache cache(100);
  cache.Put(1, Part::kFilter, std::make_shared<int>(11), 40);
  cache.Put(1, Part::kIndex, std::make_shared<int>(12), 40);
  EXPECT_EQ(*cache.Find<int>(1, Part::kFilter), 11);
  cache.Put(2, Part::kFilter, std::make_shared<int>(21), 40);
  EXPECT_EQ(cache.Find<int>(1, Part::kIndex), nullptr);
  EXPECT_EQ(*cache.Find<int>(1, Part::kFilter), 11);
  EXPECT_EQ(*cache.Find<int>(2, Part::kFilter), 21);
  EXPECT_EQ(cache.bytes(), 80u);
}

TEST(LookupCache, WhatIsLargerThanAllOfItIsNotKept) {
  LookupCache cache(100);
  const auto large = std::make_shared<int>(7);
  cache.Put(1, Part::kIndex, large, 1000);
  EXPECT_EQ(cache.Find<int>(1, Part::kIndex), nullptr);
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_EQ(*large, 7);
}

TEST(LookupCache, ABlockThatGoesTakesItsOwnWithIt) {
  LookupCache cache(100);
  cache.Put(1, Part::kFilter, std::make_shared<int>(1), 10);
  cache.Put(1, Part::kIndex, std::make_shared<int>(1), 10);
  cache.Put(2, Part::kIndex, std::make_shared<int>(2), 10);
  cache.Drop(1);
  EXPECT_EQ(cache.bytes(), 10u);
  EXPECT_NE(cache.Find<int>(2, Part::kIndex), nullptr);
}

}  // namespace
}  // namespace orrery::traces
