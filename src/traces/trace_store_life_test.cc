// SPDX-License-Identifier: Apache-2.0
// What a store does over time: blocks are merged and expire, pinned traces stay.
#include <string>
#include <vector>

#include "fs/fault_file_system.h"
#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "storage/block/block_directory.h"
#include "traces/store_testing.h"

namespace orrery::traces {
namespace {

constexpr uint64_t kHour = 3600 * kNanosPerSecond;
constexpr uint64_t kDay = 24 * kHour;

class TraceStoreLife : public ::testing::Test {
 protected:
  TraceStoreLife() {
    rig_.options().row_group_spans = 64;
    rig_.options().head_age_nanos = UINT64_MAX;
    rig_.options().head_idle_nanos = UINT64_MAX;
    rig_.options().retention_nanos = 15 * kDay;
    rig_.options().retention_bytes = 0;
  }

  void Open() { ASSERT_TRUE(rig_.Open().ok()); }
  // A request whose traces no other has, in a block of its own.
  void WriteBlock() {
    ASSERT_TRUE(rig_.Append(4 * ++blocks_).ok());
    ASSERT_TRUE(rig_.store().Flush().ok());
  }
  void Maintain() {
    const Status status = rig_.store().Maintain();
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  const model::SpanBatch& Request(size_t i) { return rig_.acknowledged()[i]; }
  // By request, whether all of it is there ('x'), nothing ('.'), or a part ('o').
  std::string There() {
    std::string there;
    for (const model::SpanBatch& batch : rig_.acknowledged()) {
      const size_t found = rig_.Found(batch);
      there += found == 0 ? '.' : found == batch.spans.size() ? 'x' : 'o';
    }
    return there;
  }
  bool Counted(const std::string& line) {
    return rig_.telemetry().Render().find("\n" + line + "\n") != std::string::npos;
  }

  fs::MemoryFileSystem disk_;
  fs::FaultFileSystem fs_{disk_};
  StoreRig rig_{fs_};
  uint64_t blocks_ = 0;
};

TEST_F(TraceStoreLife, OldBlocksGo) {
  Open();
  WriteBlock();
  rig_.clock().Advance(10 * kDay);
  WriteBlock();
  rig_.clock().Advance(5 * kDay);
  Maintain();
  EXPECT_EQ(There(), "xx");
  rig_.clock().Advance(kHour);
  Maintain();
  EXPECT_EQ(There(), ".x");
  EXPECT_TRUE(Counted("orrery_traces_expired_blocks_total{reason=\"age\"} 1"));
  EXPECT_TRUE(Counted("orrery_traces_expired_spans_total{reason=\"age\"} 50"));
  ASSERT_TRUE(rig_.Reopen().ok());
  EXPECT_EQ(There(), ".x");
  // After a start the clock has to prove itself.
  rig_.clock().Advance(10 * kDay);
  Maintain();
  rig_.clock().Advance(kHour);
  Maintain();
  EXPECT_EQ(There(), "..");
  EXPECT_EQ(fs_.List("data/traces/blocks")->size(), 0u);
}

TEST_F(TraceStoreLife, ZeroKeepsForEver) {
  rig_.options().retention_nanos = 0;
  Open();
  WriteBlock();
  rig_.clock().Advance(10'000 * kDay);
  Maintain();
  EXPECT_EQ(There(), "x");
}

TEST_F(TraceStoreLife, AClockThatLeapsAheadExpiresNothingForAnHour) {
  Open();
  WriteBlock();
  rig_.clock().Leap(1000 * kDay);
  Maintain();
  EXPECT_EQ(There(), "x");
  ASSERT_TRUE(rig_.Reopen().ok());
  Maintain();
  EXPECT_EQ(There(), "x");
  rig_.clock().Leap(-1000 * static_cast<int64_t>(kDay));
  rig_.clock().Advance(2 * kHour);
  Maintain();
  EXPECT_EQ(There(), "x");
  rig_.clock().Leap(1000 * kDay);
  Maintain();
  rig_.clock().Advance(kHour);
  Maintain();
  EXPECT_EQ(There(), ".");
}

TEST_F(TraceStoreLife, AClockThatLeapsBackLosesNothing) {
  Open();
  WriteBlock();
  rig_.clock().Leap(-1000 * static_cast<int64_t>(kDay));
  WriteBlock();
  Maintain();
  EXPECT_EQ(There(), "xx");
  rig_.clock().Leap(1000 * kDay);
  WriteBlock();
  rig_.clock().Advance(kHour);
  Maintain();
  // The second block was received, as it seems, a thousand days ago.
  EXPECT_EQ(There(), "x.x");
}

TEST_F(TraceStoreLife, DiskStaysUnderItsLimit) {
  rig_.options().retention_bytes = 150'000;
  Open();
  for (int i = 0; i < 60; ++i) {
    WriteBlock();
    rig_.clock().Advance(kHour);
    Maintain();
    ASSERT_LE(rig_.store().Stats().disk_bytes, 150'000u) << i;
  }
  const std::string there = There();
  EXPECT_EQ(there.substr(0, 10), "..........");
  EXPECT_EQ(there.substr(55), "xxxxx");
  // What goes first came first.
  EXPECT_EQ(there.find_last_of('.') + 1, there.find_first_of('x')) << there;
  EXPECT_FALSE(Counted("orrery_traces_expired_blocks_total{reason=\"size\"} 0"));
}

TEST_F(TraceStoreLife, TheLogHasItsShareOfTheDisk) {
  rig_.options().retention_bytes = 2'000'000;
  Open();
  Status status;
  uint64_t seed = 1;
  for (; status.ok() && seed < 500; ++seed) status = rig_.Append(seed);
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_LE(rig_.store().Stats().log_bytes, 2'000'000u / 8);
  Maintain();
  EXPECT_TRUE(rig_.Append(seed).ok());
  rig_.ExpectAll();
}

TEST_F(TraceStoreLife, APinnedTraceStaysAndTheRestOfItsBlockGoes) {
  Open();
  WriteBlock();
  WriteBlock();
  const model::TraceId id = Request(0).spans[0].trace_id;
  ASSERT_TRUE(rig_.store().Pin(id).ok());
  rig_.clock().Advance(16 * kDay);
  Maintain();
  EXPECT_EQ(There(), "o.");
  EXPECT_EQ(rig_.store().Stats().traces, 1u);
  ASSERT_TRUE(rig_.Reopen().ok());
  EXPECT_EQ(rig_.store().Pinned(), std::vector({id}));
  rig_.clock().Advance(100 * kDay);
  Maintain();
  EXPECT_EQ(There(), "o.");
  ASSERT_TRUE(rig_.store().Unpin(id).ok());
  Maintain();
  EXPECT_EQ(There(), "..");
}

TEST_F(TraceStoreLife, PinnedTracesStayThoughTheDiskIsNeeded) {
  rig_.options().retention_bytes = 100'000;
  Open();
  WriteBlock();
  for (const model::Span& span : Request(0).spans) {
    ASSERT_TRUE(rig_.store().Pin(span.trace_id).ok());
  }
  for (int i = 0; i < 40; ++i) {
    WriteBlock();
    rig_.clock().Advance(40 * kHour);
    Maintain();
    ASSERT_LE(rig_.store().Stats().disk_bytes, 100'000u);
  }
  EXPECT_EQ(There().substr(0, 5), "x....");
}

TEST_F(TraceStoreLife, ATraceThatIsNotThereCannotBePinned) {
  Open();
  WriteBlock();
  EXPECT_EQ(rig_.store().Pin(model::TraceId{}).code(), StatusCode::kNotFound);
  EXPECT_EQ(rig_.store().Unpin(Request(0).spans[0].trace_id).code(), StatusCode::kNotFound);
}

TEST_F(TraceStoreLife, BlocksOfOneWindowBecomeOne) {
  Open();
  // Too few while the window lasts; then they are merged, and the next window's are not.
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(rig_.Append(4 * ++blocks_).ok());
    rig_.options().head_age_nanos = 1;
    ASSERT_TRUE(rig_.Reopen().ok());
    rig_.clock().Advance(kNanosPerSecond);
    Maintain();
  }
  EXPECT_EQ(rig_.store().Stats().blocks, 3u);
  rig_.clock().Advance(40 * kHour);
  Maintain();
  EXPECT_EQ(rig_.store().Stats().blocks, 1u);
  rig_.ExpectAll();
}

TEST_F(TraceStoreLife, ADamagedBlockIsLeftOutOfMerges) {
  Open();
  for (int i = 0; i < 3; ++i) {
    rig_.clock().Advance(40 * kHour);
    WriteBlock();
  }
  ASSERT_EQ(rig_.store().Stats().blocks, 3u);
  rig_.Close();
  disk_.FlipBits(block::PathOf("data/traces/blocks", 2) + "/data", 300, 1);
  rig_.options().merge_window_nanos = 100 * kDay;
  Open();
  rig_.clock().Advance(11 * kDay);
  EXPECT_TRUE(rig_.store().Flush().ok());
  EXPECT_EQ(rig_.store().Stats().blocks, 2u);
  EXPECT_EQ(rig_.Found(Request(0)), Request(0).spans.size());
}

// Dies at every change of the disk while a block with a pinned trace expires and another is merged.
TEST_F(TraceStoreLife, KilledAtAnyChangeAPinnedTraceStays) {
  bool is_finished = false;
  for (uint64_t n = 1; !is_finished; ++n) {
    ASSERT_LT(n, 200u);
    fs::MemoryFileSystem disk;
    fs::FaultFileSystem faulty(disk);
    StoreRig rig(faulty);
    rig.options() = rig_.options();
    ASSERT_TRUE(rig.Open().ok());
    for (uint64_t seed = 4; seed <= 12; seed += 4) {
      ASSERT_TRUE(rig.Append(seed).ok());
      ASSERT_TRUE(rig.store().Flush().ok());
      rig.clock().Advance(5 * kDay);
    }
    const model::SpanBatch& pinned = rig.acknowledged()[0];
    for (const model::Span& span : pinned.spans) {
      if (span.trace_id == pinned.spans[0].trace_id) continue;  // One of its traces goes.
      ASSERT_TRUE(rig.store().Pin(span.trace_id).ok());
    }
    const auto keeps = [&] {
      const size_t gone = static_cast<size_t>(
          std::ranges::count(pinned.spans, pinned.spans[0].trace_id, &model::Span::trace_id));
      return rig.Found(pinned) >= pinned.spans.size() - gone &&
             rig.Found(rig.acknowledged()[2]) == rig.acknowledged()[2].spans.size();
    };
    rig.clock().Advance(kHour);
    const uint64_t before = faulty.changes();
    faulty.FailFrom(n);
    is_finished = rig.store().Maintain().ok() && faulty.changes() - before < n;
    EXPECT_TRUE(keeps()) << n;
    rig.Close();
    disk.KillProcess();
    faulty.FailFrom(0);
    ASSERT_TRUE(rig.Open().ok()) << n;
    EXPECT_TRUE(keeps()) << n;
    ASSERT_TRUE(rig.store().Maintain().ok()) << n;
    EXPECT_TRUE(keeps()) << n;
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace orrery::traces
