// SPDX-License-Identifier: Apache-2.0
#include "contracts/query_context.h"

#include <gtest/gtest.h>

namespace orrery::contracts {
namespace {

TEST(QueryContext, StopsAtTheDeadline) {
  ManualClock clock(kNanosPerSecond);
  QueryContext context(clock, {.timeout_nanos = 2 * kNanosPerSecond});
  EXPECT_TRUE(context.Check().ok());
  clock.Advance(3 * kNanosPerSecond);
  EXPECT_EQ(context.Check().ToString(),
            "deadline exceeded: the query took longer than 2 s; narrow its time range or its "
            "conditions");
}

TEST(QueryContext, StopsWhenCancelled) {
  ManualClock clock(0);
  QueryContext context(clock, {});
  context.Cancel();
  EXPECT_EQ(context.Check().code(), StatusCode::kCancelled);
}

TEST(QueryContext, ChargesUpToTheByteLimit) {
  ManualClock clock(0);
  QueryContext context(clock, {.max_bytes = 10});
  EXPECT_TRUE(context.ChargeBytes(10).ok());
  EXPECT_EQ(context.ChargeBytes(1).code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(context.bytes(), 11u);
}

}  // namespace
}  // namespace orrery::contracts
