// SPDX-License-Identifier: Apache-2.0
#include "compression/codec.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace orrery::compression {
namespace {

constexpr CodecId kAll[] = {CodecId::kNone, CodecId::kLz4, CodecId::kZstd, CodecId::kSnappy,
                            CodecId::kZlib};

std::vector<std::string> Texts() {
  std::mt19937_64 random(7);
  std::string noise(70'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  return {"", "a", std::string(100'000, 'x'), "GET /calculate GET /calculate", noise};
}

TEST(Codec, RoundTripsAndAppends) {
  for (const CodecId id : kAll) {
    const Codec& codec = *FindCodec(id);
    SCOPED_TRACE(codec.name());
    for (const std::string& text : Texts()) {
      std::string packed = "before";
      ASSERT_TRUE(codec.Compress(text, 0, packed).ok());
      std::string plain = "kept ";
      const Status status =
          codec.Decompress(std::string_view(packed).substr(6), text.size(), plain);
      ASSERT_TRUE(status.ok()) << status.ToString();
      EXPECT_EQ(plain, "kept " + text);
    }
  }
}

TEST(Codec, WrongSizeIsCorruptionAndLeavesTheOutputAlone) {
  for (const CodecId id : kAll) {
    const Codec& codec = *FindCodec(id);
    SCOPED_TRACE(codec.name());
    const std::string text(5000, 'y');
    std::string packed;
    ASSERT_TRUE(codec.Compress(text, 0, packed).ok());
    for (const size_t size : {size_t{0}, text.size() - 1, text.size() + 1}) {
      std::string plain = "kept";
      EXPECT_EQ(codec.Decompress(packed, size, plain).code(), StatusCode::kCorruption) << size;
      EXPECT_EQ(plain, "kept");
    }
  }
}

TEST(Codec, DamageNeverCrashesAndTruncationIsSeen) {
  std::mt19937_64 random(11);
  const std::string text = Texts()[3];
  for (const CodecId id : kAll) {
    const Codec& codec = *FindCodec(id);
    SCOPED_TRACE(codec.name());
    std::string packed;
    ASSERT_TRUE(codec.Compress(text, 0, packed).ok());
    for (size_t i = 0; i < packed.size(); ++i) {
      std::string damaged = packed;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << (random() % 8)));
      std::string plain;
      const Status status = codec.Decompress(damaged, text.size(), plain);
      EXPECT_EQ(plain.size(), status.ok() ? text.size() : 0u);
    }
    std::string plain;
    EXPECT_FALSE(
        codec.Decompress(std::string_view(packed).substr(0, packed.size() / 2), text.size(), plain)
            .ok());
  }
}

TEST(Codec, NumbersOnDiskStayWhatTheyAre) {
  EXPECT_EQ(FindCodec("none")->id(), static_cast<CodecId>(0));
  EXPECT_EQ(FindCodec("lz4")->id(), static_cast<CodecId>(1));
  EXPECT_EQ(FindCodec("zstd")->id(), static_cast<CodecId>(2));
  EXPECT_EQ(FindCodec("snappy")->id(), static_cast<CodecId>(3));
  EXPECT_EQ(FindCodec("zlib")->id(), static_cast<CodecId>(4));
  EXPECT_EQ(FindCodec(static_cast<CodecId>(5)), nullptr);
  EXPECT_EQ(FindCodec("brotli"), nullptr);
}

}  // namespace
}  // namespace orrery::compression
