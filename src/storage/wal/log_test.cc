// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fs/fault_file_system.h"
#include "fs/memory_file_system.h"
#include "storage/wal/log_reader.h"
#include "storage/wal/log_writer.h"
#include "storage/wal/segment.h"

namespace orrery::wal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDir[] = "/wal";

class LogTest : public testing::Test {
 protected:
  LogTest() {
    EXPECT_TRUE(memory_.CreateDirectories(kDir).ok());
    EXPECT_TRUE(memory_.SyncDirectory("/").ok());
  }
  Status Open(uint64_t after_segment = 0) {
    writer_.reset();
    auto writer = LogWriter::Open(fs_, kDir, options_, after_segment);
    if (!writer.ok()) return writer.status();
    writer_ = *std::move(writer);
    return OkStatus();
  }
  Status Write(const std::vector<std::string_view>& records) { return writer_->Append(records); }
  // Records above `after_segment`, and the damages that Replay told.
  std::vector<std::string> Read(uint64_t after_segment = 0) {
    std::vector<std::string> records;
    auto result = Replay(memory_, kDir, after_segment, [&](std::string record, uint64_t) {
      records.push_back(std::move(record));
      return OkStatus();
    });
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    damages_ = result->damages;
    return records;
  }
  std::vector<uint64_t> Segments() { return *ListSegments(memory_, kDir); }
  std::string Path(uint64_t segment) { return std::string(kDir) + "/" + SegmentName(segment); }

  Options options_;
  fs::MemoryFileSystem memory_;
  fs::FaultFileSystem fs_{memory_};
  std::unique_ptr<LogWriter> writer_;
  std::vector<Damage> damages_;
};

TEST_F(LogTest, RecordsComeBackInOrderAcrossRestarts) {
  EXPECT_THAT(Read(), IsEmpty());
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({"a", "b"}).ok());
  ASSERT_TRUE(Write({"c"}).ok());
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({std::string(1 << 20, 'd')}).ok());
  EXPECT_THAT(Read(), ElementsAre("a", "b", "c", std::string(1 << 20, 'd')));
  EXPECT_THAT(damages_, IsEmpty());
}

TEST_F(LogTest, AFullSegmentIsFollowedByTheNext) {
  options_.segment_bytes = 64;
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(Write({"0123456789"}).ok());
  EXPECT_THAT(Segments(), ElementsAre(1, 2, 3));
  EXPECT_EQ(Read().size(), 6u);
}

TEST_F(LogTest, RollNamesWhatHoldsEverythingBefore) {
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(*writer_->Roll(), 0u);
  ASSERT_TRUE(Write({"old"}).ok());
  EXPECT_EQ(*writer_->Roll(), 1u);
  EXPECT_EQ(*writer_->Roll(), 1u);
  ASSERT_TRUE(Write({"new"}).ok());
  EXPECT_THAT(Read(1), ElementsAre("new"));
  ASSERT_TRUE(writer_->DropThrough(1).ok());
  EXPECT_THAT(Read(), ElementsAre("new"));
}

TEST_F(LogTest, NumbersNeverComeBack) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({"a"}).ok());
  ASSERT_EQ(*writer_->Roll(), 1u);
  ASSERT_TRUE(writer_->DropThrough(99).ok());
  EXPECT_THAT(Segments(), ElementsAre(2));
  ASSERT_TRUE(memory_.RemoveAll(kDir).ok());
  ASSERT_TRUE(Open(17).ok());
  EXPECT_THAT(Segments(), ElementsAre(18));
}

TEST_F(LogTest, DiskBytesAreThoseOnDisk) {
  options_.segment_bytes = 64;
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(Write({"0123456789"}).ok());
  EXPECT_EQ(writer_->disk_bytes(), *BytesAfter(memory_, kDir, 0));
  ASSERT_TRUE(writer_->DropThrough(2).ok());
  EXPECT_EQ(writer_->disk_bytes(), *BytesAfter(memory_, kDir, 0));
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(writer_->disk_bytes(), *BytesAfter(memory_, kDir, 0));
}

TEST_F(LogTest, AFullDiskTakesNothingAndLaterAppendsWork) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({"before"}).ok());
  fs_.SetFreeBytes(30);
  EXPECT_EQ(Write({"half of this", "fits"}).code(), StatusCode::kUnavailable);
  EXPECT_THAT(Read(), ElementsAre("before"));
  fs_.SetFreeBytes(UINT64_MAX);
  ASSERT_TRUE(Write({"after"}).ok());
  EXPECT_THAT(Read(), ElementsAre("before", "after"));
  EXPECT_THAT(damages_, IsEmpty());
}

TEST_F(LogTest, AFullDiskLetsTheLogOpen) {
  fs_.SetFreeBytes(5);
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Write({"no"}).code(), StatusCode::kUnavailable);
  EXPECT_EQ(*writer_->Roll(), 0u);
  fs_.SetFreeBytes(UINT64_MAX);
  ASSERT_TRUE(Write({"yes"}).ok());
  EXPECT_THAT(Read(), ElementsAre("yes"));
}

TEST_F(LogTest, AFailedSyncSticks) {
  options_.durability = Durability::kFsync;
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({"a"}).ok());
  fs_.FailSync(1);
  EXPECT_FALSE(writer_->Sync().ok());
  EXPECT_FALSE(writer_->Sync().ok());
  EXPECT_FALSE(Write({"b"}).ok());
}

TEST_F(LogTest, SyncCostsNothingWithoutFsync) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({"a"}).ok());
  const uint64_t before = fs_.changes();
  ASSERT_TRUE(writer_->Sync().ok());
  EXPECT_EQ(fs_.changes(), before);
}

TEST_F(LogTest, AnErrorOfTheTakerEndsReplay) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({"a", "b"}).ok());
  int taken = 0;
  const auto result = Replay(memory_, kDir, 0, [&](std::string, uint64_t) {
    ++taken;
    return Cancelled("enough");
  });
  EXPECT_EQ(result.status().code(), StatusCode::kCancelled);
  EXPECT_EQ(taken, 1);
}

TEST_F(LogTest, ForeignFilesAreLeftAlone) {
  ASSERT_TRUE(memory_.Create("/wal/17.wal").ok());
  ASSERT_TRUE(memory_.Create("/wal/000000.wal").ok());
  ASSERT_TRUE(memory_.Create("/wal/000009.wal.bak").ok());
  EXPECT_THAT(Segments(), IsEmpty());
}

// Every change to the disk in turn is the last one before the power goes: what Sync has confirmed
// is there afterwards, whole and in order, and the log can be written on.
TEST_F(LogTest, NothingSyncedIsLostWhereverThePowerGoes) {
  options_.durability = Durability::kFsync;
  options_.segment_bytes = 100;
  bool has_finished = false;
  for (uint64_t n = 1; !has_finished; ++n) {
    ASSERT_LT(n, 200u);
    ASSERT_TRUE(memory_.RemoveAll(kDir).ok());
    ASSERT_TRUE(memory_.CreateDirectories(kDir).ok());
    ASSERT_TRUE(memory_.SyncDirectory("/").ok());
    ASSERT_TRUE(memory_.SyncDirectory(kDir).ok());
    writer_.reset();
    fs_.FailFrom(n);
    std::vector<std::string> confirmed;
    if (Open().ok()) {
      for (int i = 0; i < 8; ++i) {
        const std::string record = "record " + std::to_string(i);
        if (!Write({record}).ok() || !writer_->Sync().ok()) break;
        confirmed.push_back(record);
      }
    }
    has_finished = confirmed.size() == 8;
    fs_.FailFrom(0);
    memory_.LosePower(n);
    ASSERT_TRUE(Open().ok()) << n;
    ASSERT_TRUE(Write({"later"}).ok()) << n;
    std::vector<std::string> found = Read();
    EXPECT_THAT(damages_, IsEmpty()) << n;
    ASSERT_GE(found.size(), confirmed.size() + 1) << n;
    EXPECT_EQ(found.back(), "later");
    found.resize(confirmed.size());
    EXPECT_EQ(found, confirmed) << n;
  }
}

// What happened to the files, and which of the five records come back. Segment 1 holds "one", "two"
// and "three" (16 bytes each of header, then 3, 3 and 5), segment 2 "four" and "five".
struct DamageCase {
  const char* name;
  std::function<void(fs::MemoryFileSystem&)> damage;
  std::vector<std::string> survivors;
  std::vector<std::string> told;               // Part of each message.
  std::vector<std::string> after_reopen = {};  // Told again by the next replay.
};

constexpr char kFirst[] = "/wal/000001.wal";
constexpr char kSecond[] = "/wal/000002.wal";

void Extend(fs::MemoryFileSystem& fs, const char* path, const std::string& bytes) {
  ASSERT_TRUE((*fs.OpenAppend(path))->Append(bytes).ok());
}

std::vector<DamageCase> DamageTable() {
  const std::vector<std::string> all = {"one", "two", "three", "four", "five"};
  const std::vector<std::string> no_five = {"one", "two", "three", "four"};
  return {
      {"nothing", [](auto&) {}, all, {}},
      {"last record torn in its payload",
       [](auto& fs) { (void)fs.Truncate(kSecond, 16 + 20 + 18).ok(); },
       no_five,
       {"segment 000002 at byte 36: ends inside a record; 1 record kept, the unfinished end"}},
      {"last record torn in its header",
       [](auto& fs) { (void)fs.Truncate(kSecond, 16 + 20 + 7).ok(); },
       no_five,
       {"segment 000002 at byte 36: ends inside a record"}},
      {"last record torn, right length, wrong bytes",
       [](auto& fs) { fs.FlipBits(kSecond, 16 + 20 + 17, 0xff); },
       no_five,
       {"segment 000002 at byte 36: checksum mismatch; 1 record kept, the unfinished end"}},
      {"zeros behind the last record",
       [](auto& fs) { Extend(fs, kSecond, std::string(4096, '\0')); },
       all,
       {"segment 000002 at byte 56: bad record length; 2 records kept, the unfinished end"}},
      {"newest segment without a whole header",
       [](auto& fs) { (void)fs.Truncate(kSecond, 9).ok(); },
       {"one", "two", "three"},
       {"segment 000002 at byte 0: shorter than a segment's header"}},
      {"newest segment of zeros",
       [](auto& fs) {
         (void)fs.Truncate(kSecond, 0).ok();
         Extend(fs, kSecond, std::string(64, '\0'));
       },
       {"one", "two", "three"},
       {"segment 000002 at byte 0: does not begin like a segment"}},
      {"bit flipped in a payload of the newest segment",
       [](auto& fs) { fs.FlipBits(kSecond, 16 + 17, 1); },
       {"one", "two", "three", "five"},
       {"segment 000002 at byte 16: checksum mismatch; 0 records kept, this record dropped"},
       {"segment 000002 at byte 16"}},
      {"bit flipped in a length of the newest segment",
       [](auto& fs) { fs.FlipBits(kSecond, 16, 1); },
       {"one", "two", "three"},
       {"segment 000002 at byte 16: bad record length; 0 records kept, the rest of this segment"},
       {"segment 000002 at byte 16"}},
      {"bit flipped in a payload of an old segment",
       [](auto& fs) { fs.FlipBits(kFirst, 16 + 19 + 16, 0x80); },
       {"one", "three", "four", "five"},
       {"segment 000001 at byte 35: checksum mismatch; 1 record kept, this record dropped"},
       {"segment 000001 at byte 35"}},
      {"bit flipped in the last payload of an old segment",
       [](auto& fs) { fs.FlipBits(kFirst, 16 + 38 + 16, 0x80); },
       {"one", "two", "four", "five"},
       {"segment 000001 at byte 54: checksum mismatch; 2 records kept, this record dropped"},
       {"segment 000001 at byte 54"}},
      {"bit flipped in a length of an old segment",
       [](auto& fs) { fs.FlipBits(kFirst, 16 + 19 + 3, 0x40); },
       {"one", "four", "five"},
       {"segment 000001 at byte 35: bad record length; 1 record kept, the rest of this segment"},
       {"segment 000001 at byte 35"}},
      {"old segment cut short",
       [](auto& fs) { (void)fs.Truncate(kFirst, 16 + 19 + 19 + 2).ok(); },
       {"one", "two", "four", "five"},
       {"segment 000001 at byte 54: ends inside a record; 2 records kept, the rest of this"},
       {"segment 000001 at byte 54"}},
      {"old segment with a foreign beginning",
       [](auto& fs) { fs.FlipBits(kFirst, 0, 1); },
       {"four", "five"},
       {"segment 000001 at byte 0: does not begin like a segment; 0 records kept, the rest"},
       {"segment 000001 at byte 0"}},
      {"old segment of a later version",
       [](auto& fs) { fs.FlipBits(kFirst, 8, 2); },
       {"four", "five"},
       {"segment 000001 at byte 0: written by a version unknown to this one"},
       {"segment 000001 at byte 0"}},
      {"segment under another number",
       [](auto& fs) { (void)fs.Rename(kFirst, "/wal/000003.wal").ok(); },
       {"four", "five"},
       {"segment 000003 at byte 0: belongs to another segment"},
       {"segment 000003 at byte 0"}},
      {"old segment missing", [](auto& fs) { (void)fs.Remove(kFirst).ok(); }, {"four", "five"}, {}},
  };
}

class DamageTest : public LogTest, public testing::WithParamInterface<DamageCase> {
 protected:
  void ExpectTold(const std::vector<std::string>& told) {
    ASSERT_EQ(damages_.size(), told.size());
    for (size_t i = 0; i < told.size(); ++i)
      EXPECT_THAT(damages_[i].ToString(), HasSubstr(told[i]));
  }
};

INSTANTIATE_TEST_SUITE_P(Table, DamageTest, testing::ValuesIn(DamageTable()),
                         [](const testing::TestParamInfo<DamageCase>& info) {
                           std::string name = info.param.name;
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return !std::isalnum(static_cast<uint8_t>(c)); }, '_');
                           return name;
                         });

TEST_P(DamageTest, WhatIsWholeSurvivesAndTheRestIsTold) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({"one", "two", "three"}).ok());
  ASSERT_EQ(*writer_->Roll(), 1u);
  ASSERT_TRUE(Write({"four", "five"}).ok());
  writer_.reset();
  GetParam().damage(memory_);
  EXPECT_EQ(Read(), GetParam().survivors);
  ExpectTold(GetParam().told);

  // The log can be written on, and a torn tail is gone for good.
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Write({"later"}).ok());
  std::vector<std::string> expected = GetParam().survivors;
  expected.push_back("later");
  EXPECT_EQ(Read(), expected);
  ExpectTold(GetParam().after_reopen);
}

}  // namespace
}  // namespace orrery::wal
