// SPDX-License-Identifier: Apache-2.0
#include "compression/inflate.h"

#include <string>

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include "compression/codec.h"

namespace orrery::compression {
namespace {

std::string Packed(CodecId id, std::string_view text) {
  std::string out;
  EXPECT_TRUE(FindCodec(id)->Compress(text, 0, out).ok());
  return out;
}

std::string Lz4Frame(std::string_view text) {
  std::string out(LZ4F_compressFrameBound(text.size(), nullptr), '\0');
  out.resize(LZ4F_compressFrame(out.data(), out.size(), text.data(), text.size(), nullptr));
  return out;
}

std::string RawDeflate(std::string_view text) {
  // zlib's form without its two bytes of header and four of checksum.
  const std::string whole = Packed(CodecId::kZlib, text);
  return whole.substr(2, whole.size() - 6);
}

// A body of every encoding that holds `text`.
std::vector<std::pair<ContentEncoding, std::string>> AllEncodings(std::string_view text) {
  return {{ContentEncoding::kIdentity, std::string(text)},
          {ContentEncoding::kGzip, Gzip(text)},
          {ContentEncoding::kDeflate, Packed(CodecId::kZlib, text)},
          {ContentEncoding::kDeflate, RawDeflate(text)},
          {ContentEncoding::kZstd, Packed(CodecId::kZstd, text)},
          {ContentEncoding::kLz4, Lz4Frame(text)},
          {ContentEncoding::kSnappy, Packed(CodecId::kSnappy, text)}};
}

TEST(Inflate, GivesTheTextBackUpToTheLimitExactly) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{63}, size_t{200'000}}) {
    const std::string text(size, 'z');
    for (const auto& [encoding, body] : AllEncodings(text)) {
      SCOPED_TRACE(static_cast<int>(encoding));
      const auto plain = Inflate(encoding, body, size);
      ASSERT_TRUE(plain.ok()) << plain.status().ToString();
      EXPECT_EQ(*plain, text);
    }
  }
}

TEST(Inflate, OneByteOverTheLimitIsResourceExhausted) {
  for (const size_t size : {size_t{1}, size_t{64}, size_t{65}, size_t{200'000}}) {
    for (const auto& [encoding, body] : AllEncodings(std::string(size, 'z'))) {
      SCOPED_TRACE(static_cast<int>(encoding));
      const auto plain = Inflate(encoding, body, size - 1);
      ASSERT_FALSE(plain.ok());
      EXPECT_EQ(plain.status().code(), StatusCode::kResourceExhausted);
      EXPECT_NE(plain.status().message().find(std::to_string(size - 1)), std::string_view::npos);
    }
  }
}

TEST(Inflate, TruncatedBodiesAreInvalid) {
  const std::string text = "some text that is long enough to be cut, some text that is long enough";
  for (const auto& [encoding, body] : AllEncodings(text)) {
    if (encoding == ContentEncoding::kIdentity) continue;
    for (size_t keep = 0; keep < body.size(); ++keep) {
      const auto plain = Inflate(encoding, std::string_view(body).substr(0, keep), 1000);
      ASSERT_FALSE(plain.ok()) << static_cast<int>(encoding) << " cut at " << keep;
      EXPECT_EQ(plain.status().code(), StatusCode::kInvalidArgument);
    }
  }
}

TEST(Inflate, SeveralMembersAndFramesAreOneBody) {
  EXPECT_EQ(*Inflate(ContentEncoding::kGzip, Gzip("one ") + Gzip("two"), 100), "one two");
  EXPECT_EQ(*Inflate(ContentEncoding::kZstd,
                     Packed(CodecId::kZstd, "one ") + Packed(CodecId::kZstd, "two"), 100),
            "one two");
  EXPECT_EQ(*Inflate(ContentEncoding::kLz4, Lz4Frame("one ") + Lz4Frame("two"), 100), "one two");
}

TEST(Inflate, BytesAfterTheEndAreInvalid) {
  for (const auto& [encoding, body] : AllEncodings("text")) {
    if (encoding == ContentEncoding::kIdentity) continue;
    const auto plain = Inflate(encoding, body + "more", 1000);
    ASSERT_FALSE(plain.ok()) << static_cast<int>(encoding);
    EXPECT_EQ(plain.status().code(), StatusCode::kInvalidArgument);
  }
}

TEST(Inflate, HugeZstdWindowIsRefused) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 26);
  const std::string text(1000, 'a');
  std::string body(ZSTD_compressBound(text.size()), '\0');
  // Streamed without a known size, so that the frame has to name its window.
  ZSTD_outBuffer out{body.data(), body.size(), 0};
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  body.resize(out.pos);
  const auto plain = Inflate(ContentEncoding::kZstd, body, size_t{1} << 30);
  ASSERT_FALSE(plain.ok());
  EXPECT_EQ(plain.status().code(), StatusCode::kInvalidArgument);
}

TEST(ParseContentEncoding, KnowsNamesOfAnyCase) {
  EXPECT_EQ(ParseContentEncoding(""), ContentEncoding::kIdentity);
  EXPECT_EQ(ParseContentEncoding("GZip"), ContentEncoding::kGzip);
  EXPECT_EQ(ParseContentEncoding("zstd"), ContentEncoding::kZstd);
  EXPECT_EQ(ParseContentEncoding("br"), std::nullopt);
  EXPECT_EQ(ParseContentEncoding("gzip, gzip"), std::nullopt);
}

}  // namespace
}  // namespace orrery::compression
