// SPDX-License-Identifier: Apache-2.0
#include "demo/client/traffic.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(Traffic, MakesExactlyCountCallsThenTells) {
  std::atomic<int> calls{0};
  std::promise<void> ended;
  Traffic traffic(
      {.rate = 1000, .count = 50, .seed = 3}, [&](uint64_t) { ++calls; },
      [&] { ended.set_value(); });
  ended.get_future().wait();
  traffic.Stop();
  EXPECT_EQ(calls, 50);
}

TEST(Traffic, StopEndsAWaitThatIsFarFromOver) {
  std::promise<void> first;
  std::atomic<int> calls{0};
  Traffic traffic(
      {.rate = 0.001, .seed = 3},
      [&](uint64_t) {
        if (++calls == 1) first.set_value();
      },
      [] {});
  first.get_future().wait();
  traffic.Stop();
  EXPECT_EQ(calls, 1);
}

TEST(Traffic, SlowCallsDoNotHoldUpTheOthers) {
  std::promise<void> third;
  std::atomic<int> calls{0};
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  Traffic traffic(
      {.rate = 1000, .seed = 3},
      [&](uint64_t) {
        const int mine = ++calls;
        if (mine == 1) released.wait();
        if (mine == 3) third.set_value();
      },
      [] {});
  third.get_future().wait();
  release.set_value();
  traffic.Stop();
  EXPECT_GE(calls, 3);
}

}  // namespace
}  // namespace demo
