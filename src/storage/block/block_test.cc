// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "storage/block/block_directory.h"
#include "storage/block/manifest.h"

namespace orrery::block {
namespace {

Manifest Sample(uint64_t id) {
  Manifest manifest;
  manifest.kind = "traces";
  manifest.version = 1;
  manifest.id = id;
  manifest.wal_through = 12;
  manifest.replaces = {3, 5};
  manifest.files = {{"data", 1234}};
  manifest.numbers = {{"spans", 520}, {"min_start", 1'763'900'000'000'000'000}};
  return manifest;
}

class BlockDirectory : public ::testing::Test {
 protected:
  void Publish(uint64_t id) {
    ASSERT_TRUE(PrepareBlock(fs_, "blocks", id).ok());
    auto file = fs_.Create(PathOf("blocks", id) + "/data");
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->Append("x").ok());
    ASSERT_TRUE((*file)->Sync().ok());
    ASSERT_TRUE(PublishBlock(fs_, "blocks", Sample(id)).ok());
  }
  Scan MustScan() {
    Result<Scan> scan = ScanBlocks(fs_, "blocks");
    EXPECT_TRUE(scan.ok()) << scan.status().ToString();
    return *std::move(scan);
  }

  fs::MemoryFileSystem fs_;
};

TEST(Manifest, EverythingComesBack) {
  const auto back = ParseManifest(EncodeManifest(Sample(17)));
  ASSERT_TRUE(back.ok()) << back.status().ToString();
  EXPECT_EQ(EncodeManifest(*back), EncodeManifest(Sample(17)));
  EXPECT_EQ(back->number("spans"), 520u);
  EXPECT_EQ(back->number("absent"), 0u);
  EXPECT_EQ(back->replaces, (std::vector<uint64_t>{3, 5}));
}

TEST(Manifest, AnyFlippedBitIsFound) {
  const std::string text = EncodeManifest(Sample(17));
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(ParseManifest(damaged).ok()) << "bit " << bit;
  }
  EXPECT_FALSE(ParseManifest(text.substr(0, text.size() / 2)).ok());
  EXPECT_FALSE(ParseManifest("").ok());
}

TEST_F(BlockDirectory, APublishedBlockSurvivesALossOfPower) {
  ASSERT_TRUE(fs_.CreateDirectories("blocks").ok());
  ASSERT_TRUE(fs_.SyncDirectory("").ok());
  Publish(17);
  fs_.LosePower();
  const Scan scan = MustScan();
  ASSERT_EQ(scan.blocks.size(), 1u);
  EXPECT_EQ(scan.blocks[0].id, 17u);
  EXPECT_EQ(scan.next_id, 18u);
}

TEST_F(BlockDirectory, WithoutManifestItIsUnfinished) {
  ASSERT_TRUE(PrepareBlock(fs_, "blocks", 4).ok());
  const Scan scan = MustScan();
  EXPECT_TRUE(scan.blocks.empty());
  EXPECT_EQ(scan.unfinished, std::vector<uint64_t>{4});
  EXPECT_EQ(scan.next_id, 5u);
}

TEST_F(BlockDirectory, ADamagedManifestIsToldAndLeftAlone) {
  Publish(1);
  Publish(2);
  fs_.FlipBits(PathOf("blocks", 1) + "/manifest", 20, 1);
  const Scan scan = MustScan();
  ASSERT_EQ(scan.blocks.size(), 1u);
  EXPECT_EQ(scan.blocks[0].id, 2u);
  ASSERT_EQ(scan.damaged.size(), 1u);
  EXPECT_EQ(scan.damaged[0].id, 1u);
  EXPECT_EQ(scan.damaged[0].why.code(), StatusCode::kCorruption);
}

TEST_F(BlockDirectory, ARemovedBlockIsGone) {
  Publish(1);
  ASSERT_TRUE(RemoveBlock(fs_, "blocks", 1).ok());
  const Scan scan = MustScan();
  EXPECT_TRUE(scan.blocks.empty());
  EXPECT_TRUE(scan.unfinished.empty());
}

TEST_F(BlockDirectory, NumbersOfReplacedBlocksAreNotUsedAgain) {
  Publish(2);  // Replaces 3 and 5.
  EXPECT_EQ(MustScan().next_id, 6u);
}

TEST_F(BlockDirectory, NothingThereIsNoBlocks) { EXPECT_TRUE(MustScan().blocks.empty()); }

}  // namespace
}  // namespace orrery::block
