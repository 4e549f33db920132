// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/columnar/bytes.h"
#include "storage/columnar/frame.h"
#include "storage/columnar/integers.h"

namespace orrery::columnar {
namespace {

// Values of some width, some of them repeated, from a seed.
std::vector<uint64_t> RandomValues(uint32_t seed, size_t count) {
  std::mt19937_64 random(seed);
  const unsigned bits = 1 + seed % 64;
  std::vector<uint64_t> values(count);
  for (size_t i = 0; i < count; ++i) {
    const bool repeat = i > 0 && random() % 4 == 0;
    values[i] = repeat ? values[random() % i] : random() >> (64 - bits);
  }
  return values;
}

TEST(Integers, NumbersOfEveryWidthComeBack) {
  for (uint32_t seed = 0; seed < 640; ++seed) {
    const std::vector<uint64_t> values = RandomValues(seed, (seed * 37) % 700);
    std::string bytes;
    EncodeNumbers(values, bytes);
    ByteReader in(bytes);
    std::vector<uint64_t> back;
    ASSERT_TRUE(DecodeNumbers(in, values.size(), back)) << "seed " << seed;
    EXPECT_EQ(back, values) << "seed " << seed;
    EXPECT_TRUE(in.AtEnd()) << "seed " << seed;
  }
}

TEST(Integers, CodesOfEveryWidthComeBack) {
  for (uint32_t seed = 0; seed < 640; ++seed) {
    const std::vector<uint64_t> wide = RandomValues(seed % 32, (seed * 37) % 700);
    const std::vector<uint32_t> values(wide.begin(), wide.end());
    std::string bytes;
    EncodeCodes(values, bytes);
    ByteReader in(bytes);
    std::vector<uint32_t> back;
    ASSERT_TRUE(DecodeCodes(in, values.size(), uint64_t{1} << 32, back)) << "seed " << seed;
    EXPECT_EQ(back, values) << "seed " << seed;
    EXPECT_TRUE(in.AtEnd()) << "seed " << seed;
  }
}

TEST(Integers, ExtremesComeBack) {
  std::vector<uint64_t> values(300, 0);
  values[150] = std::numeric_limits<uint64_t>::max();
  for (size_t i = 160; i < 300; ++i) values[i] = i * i;
  std::string bytes;
  EncodeNumbers(values, bytes);
  ByteReader in(bytes);
  std::vector<uint64_t> back;
  ASSERT_TRUE(DecodeNumbers(in, values.size(), back));
  EXPECT_EQ(back, values);
}

TEST(Integers, RepeatingValuesTakeAByteEach) {
  std::vector<uint64_t> values(1280);
  for (size_t i = 0; i < values.size(); ++i) values[i] = uint64_t{1} << (40 + i % 3);
  std::string bytes;
  EncodeNumbers(values, bytes);
  EXPECT_LT(bytes.size(), values.size() + 32);
}

TEST(Integers, TooFewBytesAreRefused) {
  for (uint32_t seed = 0; seed < 64; ++seed) {
    const std::vector<uint64_t> values = RandomValues(seed, 300);
    std::string bytes;
    EncodeNumbers(values, bytes);
    for (size_t length = 0; length < bytes.size(); length += 7) {
      ByteReader in(std::string_view(bytes).substr(0, length));
      std::vector<uint64_t> back;
      EXPECT_FALSE(DecodeNumbers(in, values.size(), back)) << "seed " << seed << " at " << length;
    }
  }
}

TEST(Integers, ACodeAtTheLimitIsRefused) {
  const std::vector<uint32_t> values = {1, 2, 9};
  std::string bytes;
  EncodeCodes(values, bytes);
  std::vector<uint32_t> back;
  ByteReader below(bytes);
  EXPECT_TRUE(DecodeCodes(below, 3, 10, back));
  ByteReader at(bytes);
  EXPECT_FALSE(DecodeCodes(at, 3, 9, back));
}

TEST(Frame, ComesBackSmallerWhenItRepeats) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "the same words ";
  std::string bytes;
  const size_t length = AppendFrame(text, bytes);
  EXPECT_EQ(length, bytes.size());
  EXPECT_LT(length, text.size() / 10);
  const auto back = ReadFrame(bytes);
  ASSERT_TRUE(back.ok()) << back.status().ToString();
  EXPECT_EQ(*back, text);
}

TEST(Frame, ShortAndEmptyBytesComeBack) {
  for (const std::string text : {"", "x", "not worth a compressor"}) {
    std::string bytes;
    AppendFrame(text, bytes);
    const auto back = ReadFrame(bytes);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, text);
  }
}

TEST(Frame, AnyFlippedBitIsCorruption) {
  std::string bytes;
  AppendFrame(std::string(200, 'a') + "tail", bytes);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto back = ReadFrame(damaged);
    ASSERT_FALSE(back.ok()) << "bit " << bit;
    EXPECT_EQ(back.status().code(), StatusCode::kCorruption);
  }
}

TEST(ByteReader, ReadingPastTheEndSticks) {
  std::string bytes;
  PutVarint(300, bytes);
  ByteReader in(bytes);
  EXPECT_EQ(in.Varint(), 300u);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.Fixed32(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.Byte(), 0);
}

TEST(ByteReader, SignsSurviveZigZag) {
  const int64_t values[] = {
      0, 1, -1, 1234, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  for (const int64_t value : values) EXPECT_EQ(UnZigZag(ZigZag(value)), value);
}

}  // namespace
}  // namespace orrery::columnar
