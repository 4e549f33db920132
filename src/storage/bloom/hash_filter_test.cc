// SPDX-License-Identifier: Apache-2.0
#include "storage/bloom/hash_filter.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace orrery::bloom {
namespace {

std::vector<uint64_t> Hashes(const std::string& prefix, int count) {
  std::vector<uint64_t> hashes;
  hashes.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) hashes.push_back(HashOf(prefix + std::to_string(i)));
  return hashes;
}

TEST(HashFilter, EveryKeyIsFoundAndFewOthersAre) {
  for (const int count : {1, 10, 1000, 100'000}) {
    const HashFilter filter = HashFilter::Of(Hashes("in", count));
    for (const uint64_t hash : Hashes("in", count)) EXPECT_TRUE(filter.MayContain(hash));
    int wrong = 0;
    for (const uint64_t hash : Hashes("out", 100'000)) wrong += filter.MayContain(hash) ? 1 : 0;
    EXPECT_LT(wrong, 2500) << "with " << count << " keys";
  }
}

TEST(HashFilter, TenBitsAKey) {
  EXPECT_EQ(HashFilter::Of(Hashes("k", 1)).bytes().size(), 32u);
  EXPECT_NEAR(static_cast<double>(HashFilter::Of(Hashes("k", 100'000)).bytes().size()), 125'000,
              32);
}

TEST(HashFilter, ComesBackFromItsBytes) {
  const HashFilter filter = HashFilter::Of(Hashes("k", 500));
  const auto back = HashFilter::Parse(filter.bytes());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->bytes(), filter.bytes());
  for (const uint64_t hash : Hashes("k", 500)) EXPECT_TRUE(back->MayContain(hash));
  EXPECT_FALSE(HashFilter::Parse(filter.bytes().substr(1)).has_value());
}

TEST(HashFilter, AnEmptyOneHoldsNothing) {
  const auto back = HashFilter::Parse(HashFilter::Of({}).bytes());
  ASSERT_TRUE(back.has_value());
  EXPECT_FALSE(back->MayContain(HashOf("k")));
  EXPECT_FALSE(back->MayContain(0));
}

}  // namespace
}  // namespace orrery::bloom
