// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "traces/block_testing.h"
#include "traces/trace_query.h"

namespace orrery::traces {
namespace {

constexpr uint64_t kTracesOfBlock = 10;

// Twenty blocks of ten traces, listed in any order; each begins before the one before it ends.
class NewestTraces : public ::testing::Test {
 protected:
  NewestTraces() {
    for (uint64_t i = 0; i < 20; ++i) {
      const uint64_t block = i * 7 % 20;
      std::vector<model::SpanBatch> traces;
      traces.reserve(kTracesOfBlock);
      for (uint64_t trace = 0; trace < kTracesOfBlock; ++trace) {
        traces.push_back(TraceAt(block * 1000 + trace * 150));
      }
      snapshot_.blocks.push_back(rig_.Write(traces, 8192));
    }
  }

  static model::SpanBatch TraceAt(uint64_t start) {
    model::SpanBatch trace;
    trace.resources.resize(1);
    trace.scopes.resize(1);
    model::Span& span = trace.spans.emplace_back();
    span.trace_id.bytes[0] = 1;
    span.trace_id.bytes[1] = static_cast<uint8_t>(start >> 8);
    span.trace_id.bytes[2] = static_cast<uint8_t>(start);
    span.span_id.bytes[0] = 1;
    span.start = span.end = 1'000'000'000 + start;
    return trace;
  }

  // Also says how many blocks were looked into.
  contracts::NewestTraces Find(size_t most, const model::TimeRange& range = {}) {
    contracts::QueryContext context(clock_, {});
    auto found = FindNewestTraces(snapshot_, {}, range, 0, most, context);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    blocks_ = context.blocks();
    return *std::move(found);
  }

  static std::vector<model::TraceId> IdsOf(const contracts::NewestTraces& newest) {
    std::vector<model::TraceId> ids;
    ids.reserve(newest.candidates.size());
    for (const auto& candidate : newest.candidates) ids.push_back(candidate.id);
    return ids;
  }

  SystemClock clock_;
  BlockRig rig_;
  Snapshot snapshot_;
  uint64_t blocks_ = 0;
};

TEST_F(NewestTraces, AreTheFirstOfAllAndCostFewBlocks) {
  const auto all = IdsOf(Find(SIZE_MAX));
  ASSERT_EQ(all.size(), 200u);
  EXPECT_EQ(blocks_, 20u);
  for (const size_t most : {1, 5, 30, 100, 199}) {
    const contracts::NewestTraces newest = Find(most);
    const auto ids = IdsOf(newest);
    ASSERT_GE(ids.size(), most);
    EXPECT_TRUE(std::equal(ids.begin(), ids.end(), all.begin())) << most;
    EXPECT_EQ(newest.all, ids.size() == all.size()) << most;
    EXPECT_LE(blocks_, most / kTracesOfBlock + 3) << most;
  }
}

TEST_F(NewestTraces, OfARangeAreNeverFewerThanThereAre) {
  const model::TimeRange range{1'000'000'000 + 3000, 1'000'000'000 + 5000};
  const auto all = IdsOf(Find(SIZE_MAX, range));
  const contracts::NewestTraces some = Find(4, range);
  EXPECT_GE(some.candidates.size(), 4u);
  EXPECT_FALSE(some.all);
  const contracts::NewestTraces more = Find(all.size() + 1, range);
  EXPECT_EQ(IdsOf(more), all);
  EXPECT_TRUE(more.all);
}

}  // namespace
}  // namespace orrery::traces
