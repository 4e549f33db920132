// SPDX-License-Identifier: Apache-2.0
#include "traces/inspect.h"

#include <set>

#include <gtest/gtest.h>

#include "storage/block/block_directory.h"
#include "traces/store_testing.h"

namespace orrery::traces {
namespace {

constexpr char kBlocks[] = "data/traces/blocks";

class InspectTest : public testing::Test {
 protected:
  InspectTest() {
    EXPECT_TRUE(rig_.Open().ok());
    for (uint64_t seed = 1; seed <= 4; ++seed) EXPECT_TRUE(rig_.Append(seed).ok());
    EXPECT_TRUE(rig_.store().Flush().ok());
  }
  std::vector<BlockReport> Reports() { return *InspectBlocks(fs_, kBlocks); }

  fs::MemoryFileSystem fs_;
  StoreRig rig_{fs_};
};

TEST_F(InspectTest, AWholeBlockIsCounted) {
  const std::vector<BlockReport> reports = Reports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_TRUE(reports[0].status.ok()) << reports[0].status.ToString();
  EXPECT_EQ(reports[0].spans, 200u);
  EXPECT_GT(reports[0].row_groups, 0u);
  EXPECT_GT(reports[0].disk_bytes, 1000u);
}

TEST_F(InspectTest, AFlippedBitIsFound) {
  const std::string path = block::PathOf(kBlocks, Reports()[0].id);
  const std::string name = (*fs_.List(path))[0];
  fs_.FlipBits(path + "/" + name, *fs_.Size(path + "/" + name) / 3, 4);
  const std::vector<BlockReport> reports = Reports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].status.code(), StatusCode::kCorruption);
  uint64_t visited = 0;
  EXPECT_TRUE(VisitBlocks(fs_, SystemClock(), kBlocks, [&](const model::SpanBatch&) {
                ++visited;
                return true;
              }).ok());
  EXPECT_EQ(visited, 0u);
}

TEST_F(InspectTest, EverySpanIsVisitedOnce) {
  uint64_t spans = 0;
  std::set<std::string> traces;
  ASSERT_TRUE(VisitBlocks(fs_, SystemClock(), kBlocks, [&](const model::SpanBatch& batch) {
                spans += batch.spans.size();
                const auto& id = batch.spans[0].trace_id.bytes;
                EXPECT_TRUE(traces.insert(std::string(id.begin(), id.end())).second);
                return true;
              }).ok());
  EXPECT_EQ(spans, 200u);
}

TEST_F(InspectTest, NothingThereIsNothingToTell) {
  EXPECT_TRUE(InspectBlocks(fs_, "none")->empty());
}

}  // namespace
}  // namespace orrery::traces
