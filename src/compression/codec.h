// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace orrery::compression {

// Names a codec on disk: a number once given is never given to another.
enum class CodecId : uint8_t { kNone = 0, kLz4 = 1, kZstd = 2, kSnappy = 3, kZlib = 4 };

// Codec squeezes one run of bytes whose plain size the caller keeps.
//
// Life:    the codecs are constants of the program; see FindCodec.
// Threads: all methods may be called concurrently.
// Failure: Decompress answers Corruption for anything that Compress has not made, and never
//          writes more than it was told to.
// Cost:    lz4 and snappy some 500 MB/s to compress and 2 GB/s back, zstd (level 1) about half of
//          that and a third smaller; zlib is there to read what others wrote.
class Codec {
 public:
  virtual ~Codec() = default;

  virtual CodecId id() const = 0;
  virtual std::string_view name() const = 0;

  // Appends the compressed form of `input` to `out`. `level` 0 is the codec's default; codecs
  // without levels ignore it.
  virtual Status Compress(std::string_view input, int level, std::string& out) const = 0;

  // Appends exactly `size` plain bytes to `out`. After a failure `out` is as it was.
  virtual Status Decompress(std::string_view input, size_t size, std::string& out) const = 0;
};

// The codec with this number, or null when this version knows none.
const Codec* FindCodec(CodecId id);
// The codec with this name ("none", "lz4", "zstd", "snappy", "zlib"), or null.
const Codec* FindCodec(std::string_view name);

}  // namespace orrery::compression
