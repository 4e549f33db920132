// SPDX-License-Identifier: Apache-2.0
// What survives kills, losses of power, full disks and damage.
#include <string>
#include <vector>

#include "fs/fault_file_system.h"
#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "storage/block/block_directory.h"
#include "traces/store_testing.h"

namespace orrery::traces {
namespace {

// Small requests, so that a run has many changes of the disk to die at.
model::RandomBatchOptions Small() {
  model::RandomBatchOptions options;
  options.spans = 12;
  options.traces = 3;
  return options;
}

void Configure(Options& options, wal::Durability durability) {
  options.row_group_spans = 16;
  options.head_age_nanos = UINT64_MAX;
  options.wal.durability = durability;
}

// Appends, flushes and merges until something fails; true when nothing did.
bool Run(StoreRig& rig) {
  if (!rig.Open().ok()) return false;
  for (uint64_t seed = 1; seed <= 9; ++seed) {
    if (!rig.Append(seed, Small()).ok()) return false;
    if (seed % 3 == 0 && !rig.store().Flush().ok()) return false;
  }
  return true;
}

enum class Death { kKill, kPowerLoss };

// Dies at every change of the disk in turn, reopens, and expects what was acknowledged.
void DieAtEveryChange(Death death, wal::Durability durability) {
  bool is_finished = false;
  for (uint64_t n = 1; !is_finished; ++n) {
    ASSERT_LT(n, 1000u);
    fs::MemoryFileSystem disk;
    ASSERT_TRUE(disk.CreateDirectories("data").ok());
    ASSERT_TRUE(disk.SyncDirectory("").ok());
    fs::FaultFileSystem faulty(disk);
    faulty.FailFrom(n);
    StoreRig rig(faulty);
    Configure(rig.options(), durability);
    is_finished = Run(rig);
    rig.Close();
    if (death == Death::kKill) {
      disk.KillProcess();
    } else {
      disk.LosePower(n);
    }
    faulty.FailFrom(0);
    const Status reopened = rig.Open();
    ASSERT_TRUE(reopened.ok()) << "change " << n << ": " << reopened.ToString();
    rig.ExpectAll(true);
    // It goes on as if nothing had happened.
    ASSERT_TRUE(rig.Append(1000 + n, Small()).ok()) << "change " << n;
    ASSERT_TRUE(rig.store().Flush().ok()) << "change " << n;
    ASSERT_TRUE(rig.Reopen().ok()) << "change " << n;
    rig.ExpectAll(true);
    if (::testing::Test::HasFailure()) {
      ADD_FAILURE() << "died at change " << n;
      return;
    }
  }
}

TEST(TraceStoreRecovery, KilledAtAnyChangeNothingAcknowledgedIsLost) {
  DieAtEveryChange(Death::kKill, wal::Durability::kProcess);
}

TEST(TraceStoreRecovery, WithFsyncALossOfPowerAtAnyChangeLosesNothingAcknowledged) {
  DieAtEveryChange(Death::kPowerLoss, wal::Durability::kFsync);
}

TEST(TraceStoreRecovery, AFullDiskRefusesAndLaterWorks) {
  fs::MemoryFileSystem disk;
  fs::FaultFileSystem full(disk);
  StoreRig rig(full);
  Configure(rig.options(), wal::Durability::kProcess);
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append(1, Small()).ok());
  full.SetFreeBytes(100);
  EXPECT_EQ(rig.Append(2, Small()).code(), StatusCode::kUnavailable);
  EXPECT_FALSE(rig.store().Flush().ok());
  rig.ExpectAll();
  full.SetFreeBytes(UINT64_MAX);
  ASSERT_TRUE(rig.Append(3, Small()).ok());
  ASSERT_TRUE(rig.store().Flush().ok());
  rig.ExpectAll();
  ASSERT_TRUE(rig.Reopen().ok());
  rig.ExpectAll();
}

TEST(TraceStoreRecovery, SpansAreRefusedWhileBlocksCannotBeWritten) {
  fs::MemoryFileSystem disk;
  StoreRig rig(disk);
  Configure(rig.options(), wal::Durability::kProcess);
  rig.options().head_bytes = 20'000;
  ASSERT_TRUE(rig.Open().ok());
  // A file where the blocks' directory should be.
  ASSERT_TRUE(disk.RemoveAll("data/traces/blocks").ok());
  ASSERT_TRUE(fs::WriteAtomically(disk, "data/traces/blocks", "in the way").ok());
  Status status;
  uint64_t seed = 1;
  for (; status.ok() && seed < 200; ++seed) status = rig.Append(seed);
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  rig.ExpectAll();
  ASSERT_TRUE(disk.Remove("data/traces/blocks").ok());
  ASSERT_TRUE(rig.store().Flush().ok());
  ASSERT_TRUE(rig.Append(seed).ok());
  rig.ExpectAll();
}

class DamagedBlock : public ::testing::Test {
 protected:
  void SetUp() override {
    Configure(rig_.options(), wal::Durability::kProcess);
    ASSERT_TRUE(rig_.Open().ok());
    for (uint64_t seed = 1; seed <= 4; ++seed) ASSERT_TRUE(rig_.Append(seed, Small()).ok());
    ASSERT_TRUE(rig_.store().Flush().ok());
    rig_.Close();
    path_ = block::PathOf("data/traces/blocks", 1);
  }

  // Reads all that can be read. Each span is an acknowledged one, unchanged; when one is missing,
  // the block was set aside or the query says that a part of it is damaged.
  void ReadEverything() {
    SystemClock clock;
    contracts::QueryContext context(clock, {});
    const auto found = rig_.store().FindTraces({}, {}, context);
    ASSERT_TRUE(found.ok()) << found.status().ToString();
    std::vector<model::TraceId> ids;
    for (const auto& candidate : *found) ids.push_back(candidate.id);
    size_t there = 0;
    const Status read =
        rig_.store().ReadTraces(ids, {}, context, [&](const model::SpanBatch& trace) {
          for (size_t i = 0; i < trace.spans.size(); ++i) EXPECT_TRUE(IsAcknowledged(trace, i));
          there += trace.spans.size();
          return true;
        });
    ASSERT_TRUE(read.ok()) << read.ToString();
    size_t expected = 0;
    for (const model::SpanBatch& batch : rig_.acknowledged()) expected += batch.spans.size();
    const bool is_told = rig_.store().Stats().blocks == 0 || !context.damage().ok();
    EXPECT_TRUE(there == expected || is_told) << there << " of " << expected;
  }

  bool IsAcknowledged(const model::SpanBatch& trace, size_t i) {
    for (const model::SpanBatch& batch : rig_.acknowledged()) {
      for (size_t j = 0; j < batch.spans.size(); ++j) {
        if (model::SameSpan(batch, j, trace, i)) return true;
      }
    }
    return false;
  }

  fs::MemoryFileSystem disk_;
  StoreRig rig_{disk_};
  std::string path_;
};

TEST_F(DamagedBlock, OfADamagedRowGroupTheOthersAreAnswered) {
  disk_.FlipBits(path_ + "/data", 300, 1);
  ASSERT_TRUE(rig_.Open().ok());
  size_t there = 0;
  for (const model::SpanBatch& batch : rig_.acknowledged()) there += rig_.Found(batch);
  EXPECT_GE(there, 4u * 12 - 16);
  EXPECT_LT(there, 4u * 12);
  EXPECT_EQ(rig_.telemetry().Render().find("orrery_traces_damaged_reads_total 0"),
            std::string::npos);
}

TEST_F(DamagedBlock, WithoutItsIndexABlockIsStillReadWhole) {
  // The index lies behind the row groups, before the footer; a bit of each byte there in turn.
  const uint64_t size = *disk_.Size(path_ + "/data");
  size_t readable = 0;
  for (uint64_t offset = size - 400; offset < size; offset += 7) {
    disk_.FlipBits(path_ + "/data", offset, 1);
    ASSERT_TRUE(rig_.Open().ok());
    if (rig_.store().Stats().blocks == 1) {
      rig_.ExpectAll();
      ++readable;
    }
    rig_.Close();
    disk_.FlipBits(path_ + "/data", offset, 1);
  }
  EXPECT_GT(readable, 0u);
}

TEST_F(DamagedBlock, AFlippedBitAnywhereIsNoticedAndNeverAWrongAnswer) {
  for (const std::string name : {"/data", "/manifest"}) {
    const uint64_t size = *disk_.Size(path_ + name);
    // Some 300 places, spread over head, chunks, directories, index, footer and trailer.
    for (uint64_t offset = 0; offset < size; offset += 1 + size / 300) {
      const auto mask = static_cast<uint8_t>(1 << (offset % 8));
      disk_.FlipBits(path_ + name, offset, mask);
      const Status opened = rig_.Open();
      ASSERT_TRUE(opened.ok()) << opened.ToString();
      ReadEverything();
      rig_.Close();
      disk_.FlipBits(path_ + name, offset, mask);
      if (HasFailure()) FAIL() << name << " at " << offset;
    }
  }
  ASSERT_TRUE(rig_.Open().ok());
  rig_.ExpectAll();
}

TEST_F(DamagedBlock, ATruncatedFileIsSetAsideAndTheRestGoesOn) {
  const uint64_t size = *disk_.Size(path_ + "/data");
  for (const uint64_t keep : {size - 1, size / 2, uint64_t{7}, uint64_t{0}}) {
    ASSERT_TRUE(disk_.Truncate(path_ + "/data", keep).ok());
    ASSERT_TRUE(rig_.Open().ok());
    EXPECT_EQ(rig_.store().Stats().blocks, 0u);
    ASSERT_TRUE(rig_.Append(77, Small()).ok());
    rig_.Close();
    EXPECT_TRUE(*disk_.Exists(path_ + "/manifest"));
  }
}

TEST_F(DamagedBlock, BlocksThatAMergeLeftBehindAreRemoved) {
  // As if the process had died between publishing the merged block and removing its sources.
  ASSERT_TRUE(rig_.Open().ok());
  ASSERT_TRUE(rig_.Append(5, Small()).ok());
  const std::string data = *fs::ReadWhole(disk_, path_ + "/data");
  const std::string manifest = *fs::ReadWhole(disk_, path_ + "/manifest");
  ASSERT_TRUE(rig_.store().Flush().ok());
  rig_.Close();
  ASSERT_FALSE(*disk_.Exists(path_));
  ASSERT_TRUE(disk_.CreateDirectories(path_).ok());
  for (const auto& [name, bytes] : {std::pair{"/data", data}, std::pair{"/manifest", manifest}}) {
    ASSERT_TRUE(fs::WriteAtomically(disk_, path_ + name, bytes).ok());
  }
  ASSERT_TRUE(rig_.Open().ok());
  EXPECT_EQ(rig_.store().Stats().blocks, 1u);
  EXPECT_EQ(rig_.store().Stats().spans, 5u * 12);
  EXPECT_FALSE(*disk_.Exists(path_));
  rig_.ExpectAll();
}

}  // namespace
}  // namespace orrery::traces
