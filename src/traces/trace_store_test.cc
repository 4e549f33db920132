// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_store.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fs/fault_file_system.h"
#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "storage/block/block_directory.h"
#include "traces/filter_testing.h"
#include "traces/store_testing.h"

namespace orrery::traces {
namespace {

using contracts::QueryContext;

class TraceStoreTest : public ::testing::Test {
 protected:
  TraceStoreTest() {
    rig_.options().row_group_spans = 64;
    // Blocks are written when a test says so.
    rig_.options().head_age_nanos = UINT64_MAX;
  }
  void Open() { ASSERT_TRUE(rig_.Open().ok()); }
  void Append(uint64_t first, uint64_t last) {
    for (uint64_t seed = first; seed <= last; ++seed) ASSERT_TRUE(rig_.Append(seed).ok());
  }
  void Flush() {
    const Status status = rig_.store().Flush();
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  QueryContext Context() { return QueryContext(clock_, {}); }

  SystemClock clock_;
  fs::MemoryFileSystem fs_;
  StoreRig rig_{fs_};
};

TEST_F(TraceStoreTest, SpansAreThereAtOnce) {
  Open();
  Append(1, 20);
  rig_.ExpectAll();
  EXPECT_EQ(rig_.store().Stats().head_spans, 20u * 50);
  EXPECT_EQ(rig_.store().Stats().blocks, 0u);
}

TEST_F(TraceStoreTest, SpansAreThereAfterFlush) {
  Open();
  Append(1, 20);
  Flush();
  rig_.ExpectAll();
  const auto stats = rig_.store().Stats();
  EXPECT_EQ(stats.head_spans, 0u);
  EXPECT_EQ(stats.blocks, 1u);
  EXPECT_EQ(stats.spans, 20u * 50);
}

TEST_F(TraceStoreTest, SpansAreThereAfterReopenFromTheLog) {
  Open();
  Append(1, 20);
  ASSERT_TRUE(rig_.Reopen().ok());
  rig_.ExpectAll();
  EXPECT_EQ(rig_.store().Stats().head_spans, 20u * 50);
}

TEST_F(TraceStoreTest, SpansOfHeadAndBlocksComeTogether) {
  Open();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Append(seed, seed);
    Flush();
    Append(seed + 100, seed + 100);
  }
  rig_.ExpectAll();
  ASSERT_TRUE(rig_.Reopen().ok());
  rig_.ExpectAll();
}

TEST_F(TraceStoreTest, FlushMergesSmallBlocks) {
  Open();
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Append(seed, seed);
    Flush();
  }
  EXPECT_EQ(rig_.store().Stats().blocks, 1u);
  EXPECT_EQ(fs_.List("data/traces/blocks")->size(), 1u);
  rig_.ExpectAll();
  ASSERT_TRUE(rig_.Reopen().ok());
  EXPECT_EQ(rig_.store().Stats().blocks, 1u);
  rig_.ExpectAll();
}

TEST_F(TraceStoreTest, FlushDropsTheLog) {
  Open();
  Append(1, 10);
  const uint64_t before = rig_.store().Stats().disk_bytes;
  Flush();
  const auto segments = wal::ListSegments(fs_, "data/traces/wal");
  ASSERT_TRUE(segments.ok());
  EXPECT_LE(segments->size(), 1u);
  EXPECT_LT(rig_.store().Stats().disk_bytes, before);
}

TEST_F(TraceStoreTest, AFullHeadIsWrittenByItself) {
  rig_.options().head_spans = 200;
  rig_.MaintainByItself();
  Open();
  Append(1, 20);
  for (int i = 0; i < 3000 && rig_.store().Stats().head_spans >= 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_GT(rig_.store().Stats().blocks, 0u);
  rig_.ExpectAll();
}

TEST_F(TraceStoreTest, ARequestSentTwiceIsSeenOnce) {
  Open();
  Append(1, 1);
  const contracts::SpanIngest again{
      rig_.acknowledged()[0],
      std::make_shared<const std::string>(wire::EncodeOtlpTraces(rig_.acknowledged()[0]))};
  ASSERT_TRUE(rig_.store().Append(std::span(&again, 1)).ok());
  rig_.ExpectAll();
  Flush();
  rig_.ExpectAll();
  ASSERT_TRUE(rig_.store().Append(std::span(&again, 1)).ok());
  rig_.ExpectAll();
}

TEST_F(TraceStoreTest, TracesAreSortedByStart) {
  Open();
  Append(1, 8);
  Flush();
  Append(9, 12);
  QueryContext context = Context();
  const auto found = rig_.store().FindTraces({}, {}, context);
  ASSERT_TRUE(found.ok());
  ASSERT_FALSE(found->empty());
  EXPECT_TRUE(
      std::ranges::is_sorted(*found, std::greater<>(), &contracts::TraceCandidate::newest_start));
  std::vector<model::TraceId> ids;
  for (const auto& candidate : *found) ids.push_back(candidate.id);
  ASSERT_TRUE(rig_.store()
                  .ReadTraces(ids, {}, context,
                              [](const model::SpanBatch& trace) {
                                EXPECT_TRUE(
                                    std::ranges::is_sorted(trace.spans, {}, &model::Span::start));
                                return true;
                              })
                  .ok());
}

TEST_F(TraceStoreTest, NothingThatMatchesIsLostInHeadOrBlocks) {
  Open();
  for (int round = 0; round < 2; ++round) {
    Append(100 * round + 1, 100 * round + 6);
    if (round == 0) Flush();
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 200; ++i) {
    const auto& batches = rig_.acknowledged();
    const contracts::SpanFilter filter = RandomFilter(batches[random() % batches.size()], random);
    QueryContext context = Context();
    const auto found = rig_.store().FindTraces(filter, {}, context);
    ASSERT_TRUE(found.ok()) << found.status().ToString();
    std::set<model::TraceId> ids;
    for (const auto& candidate : *found) EXPECT_TRUE(ids.insert(candidate.id).second);
    for (const model::SpanBatch& batch : batches) {
      for (size_t s = 0; s < batch.spans.size(); ++s) {
        if (!SurelyMatches(batch, s, filter)) continue;
        EXPECT_TRUE(ids.contains(batch.spans[s].trace_id)) << "filter " << i;
      }
    }
  }
}

TEST_F(TraceStoreTest, AQueryOfAnotherTimeReadsNothing) {
  rig_.options().trace_slack_nanos = 0;
  Open();
  Append(1, 10);
  Flush();
  QueryContext context = Context();
  const auto found = rig_.store().FindTraces({}, {1, 1000}, context);
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->empty());
  EXPECT_EQ(context.bytes(), 0u);
}

TEST_F(TraceStoreTest, TagsAreTheSameInHeadAndBlock) {
  Open();
  Append(1, 10);
  QueryContext context = Context();
  const auto names = rig_.store().FindTagNames({}, context);
  const contracts::AttributeRef any{contracts::AttributeScope::kAny, names->span.at(0)};
  const auto values = rig_.store().FindTagValues(any, {}, 0, context);
  const auto span_names = rig_.store().FindTagValues(contracts::Intrinsic::kName, {}, 0, context);
  Flush();
  EXPECT_EQ(rig_.store().FindTagNames({}, context)->span, names->span);
  EXPECT_EQ(rig_.store().FindTagNames({}, context)->resource, names->resource);
  EXPECT_EQ(rig_.store().FindTagNames({}, context)->event, names->event);
  EXPECT_EQ(*rig_.store().FindTagValues(any, {}, 0, context), *values);
  EXPECT_EQ(*rig_.store().FindTagValues(contracts::Intrinsic::kName, {}, 0, context), *span_names);
  EXPECT_FALSE(span_names->empty());
  EXPECT_EQ(rig_.store().FindTagValues(contracts::Intrinsic::kName, {}, 1, context)->size(), 1u);
}

TEST_F(TraceStoreTest, ACancelledQueryStops) {
  Open();
  Append(1, 2);
  QueryContext context = Context();
  context.Cancel();
  EXPECT_EQ(rig_.store().FindTraces({}, {}, context).status().code(), StatusCode::kCancelled);
}

TEST_F(TraceStoreTest, QueriesGoOnWhileBlocksAreWritten) {
  rig_.options().head_spans = 300;
  rig_.MaintainByItself();
  Open();
  std::atomic<bool> is_done{false};
  Append(1, 1);
  const model::TraceId id = rig_.acknowledged()[0].spans[0].trace_id;
  std::thread reader([&] {
    while (!is_done) {
      QueryContext context = Context();
      bool is_found = false;
      const Status status = rig_.store().ReadTraces(std::span(&id, 1), {}, context,
                                                    [&](const model::SpanBatch& trace) {
                                                      is_found = !trace.spans.empty();
                                                      return true;
                                                    });
      EXPECT_TRUE(status.ok()) << status.ToString();
      EXPECT_TRUE(is_found);
    }
  });
  for (uint64_t seed = 2; seed <= 60; ++seed) {
    EXPECT_TRUE(rig_.Append(seed).ok());
    if (seed % 20 == 0) {
      EXPECT_TRUE(rig_.store().Flush().ok());
    }
  }
  is_done = true;
  reader.join();
  rig_.ExpectAll();
}

}  // namespace
}  // namespace orrery::traces
