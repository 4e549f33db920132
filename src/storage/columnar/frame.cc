// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/frame.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/check.h"
#include "compression/codec.h"
#include "storage/columnar/bytes.h"

namespace orrery::columnar {
namespace {

using compression::CodecId;

constexpr size_t kChecksumBytes = 8;
// Below this a compressor's own header eats what it saves.
constexpr size_t kLeastToCompress = 48;

}  // namespace

size_t AppendFrame(std::string_view plain, std::string& out) {
  ORRERY_CHECK(plain.size() <= kMaxFrameBytes);
  const size_t begin = out.size();
  out.append(kChecksumBytes, '\0');
  CodecId codec = CodecId::kNone;
  if (plain.size() >= kLeastToCompress) {
    out.push_back(static_cast<char>(CodecId::kZstd));
    PutVarint(plain.size(), out);
    const size_t body = out.size();
    const Status compressed = compression::FindCodec(CodecId::kZstd)->Compress(plain, 0, out);
    if (compressed.ok() && out.size() - body < plain.size()) {
      codec = CodecId::kZstd;
    } else {
      out.resize(begin + kChecksumBytes);
    }
  }
  if (codec == CodecId::kNone) {
    out.push_back(static_cast<char>(CodecId::kNone));
    PutVarint(plain.size(), out);
    out.append(plain);
  }
  uint64_t checksum =
      XXH3_64bits(out.data() + begin + kChecksumBytes, out.size() - begin - kChecksumBytes);
  for (size_t i = 0; i < kChecksumBytes; ++i, checksum >>= 8) {
    out[begin + i] = static_cast<char>(checksum);
  }
  return out.size() - begin;
}

Result<std::string> ReadFrame(std::string_view bytes) {
  ByteReader in(bytes);
  const uint64_t checksum = in.Fixed64();
  if (!in.ok()) return Corruption("frame of fewer than 8 bytes");
  const std::string_view checked = bytes.substr(kChecksumBytes);
  if (XXH3_64bits(checked.data(), checked.size()) != checksum) {
    return Corruption("checksum mismatch");
  }
  const auto id = static_cast<CodecId>(in.Byte());
  const uint64_t size = in.Varint();
  if (!in.ok() || size > kMaxFrameBytes) return Corruption("frame header does not decode");
  const compression::Codec* codec = compression::FindCodec(id);
  if (codec == nullptr) return Corruption("frame with an unknown codec");
  std::string plain;
  ORRERY_RETURN_IF_ERROR(codec->Decompress(in.Bytes(in.remaining()), size, plain));
  return plain;
}

}  // namespace orrery::columnar
