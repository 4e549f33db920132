// SPDX-License-Identifier: Apache-2.0
#include "traces/pins.h"

#include "fs/fault_file_system.h"
#include "fs/memory_file_system.h"
#include "gtest/gtest.h"

namespace orrery::traces {
namespace {

class PinsTest : public ::testing::Test {
 protected:
  PinsTest() {
    EXPECT_TRUE(disk_.CreateDirectories("data").ok());
    EXPECT_TRUE(disk_.SyncDirectory("").ok());
  }

  void Open() {
    auto pins = Pins::Open(fs_, "data/pins");
    ASSERT_TRUE(pins.ok()) << pins.status().ToString();
    pins_ = *std::move(pins);
  }
  static model::TraceId Id(uint8_t last) {
    model::TraceId id;
    id.bytes[15] = last;
    return id;
  }

  fs::MemoryFileSystem disk_;
  fs::FaultFileSystem fs_{disk_};
  std::unique_ptr<Pins> pins_;
};

TEST_F(PinsTest, PinsAreThereAfterAReopen) {
  Open();
  EXPECT_TRUE(pins_->List().empty());
  for (const uint8_t i : {3, 1, 2, 1}) ASSERT_TRUE(pins_->Add(Id(i)).ok());
  ASSERT_TRUE(pins_->Remove(Id(2)).ok());
  EXPECT_EQ(pins_->Remove(Id(2)).code(), StatusCode::kNotFound);
  disk_.LosePower();
  Open();
  EXPECT_EQ(pins_->List(), std::vector({Id(1), Id(3)}));
  EXPECT_EQ(pins_->damaged_lines(), 0u);
}

TEST_F(PinsTest, AChangeThatCannotBeWrittenIsNotMade) {
  Open();
  ASSERT_TRUE(pins_->Add(Id(1)).ok());
  fs_.SetFreeBytes(10);
  EXPECT_EQ(pins_->Add(Id(2)).code(), StatusCode::kUnavailable);
  EXPECT_EQ(pins_->List(), std::vector({Id(1)}));
  fs_.SetFreeBytes(UINT64_MAX);
  Open();
  EXPECT_EQ(pins_->List(), std::vector({Id(1)}));
}

TEST_F(PinsTest, AFlippedBitCostsOneLine) {
  Open();
  for (const uint8_t i : {1, 2, 3}) ASSERT_TRUE(pins_->Add(Id(i)).ok());
  const uint64_t size = *disk_.Size("data/pins");
  for (uint64_t offset = std::string_view("orrery-pins 1\n").size(); offset < size; ++offset) {
    disk_.FlipBits("data/pins", offset, 1);
    Open();
    // A damaged line end joins two lines.
    EXPECT_GE(pins_->List().size(), 1u) << offset;
    EXPECT_LT(pins_->List().size(), 3u) << offset;
    EXPECT_GE(pins_->damaged_lines(), 1u) << offset;
    disk_.FlipBits("data/pins", offset, 1);
  }
}

TEST_F(PinsTest, ALaterVersionIsRefused) {
  ASSERT_TRUE(fs::WriteAtomically(disk_, "data/pins", "orrery-pins 2\n").ok());
  EXPECT_EQ(Pins::Open(fs_, "data/pins").status().code(), StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace orrery::traces
