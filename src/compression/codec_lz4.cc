// SPDX-License-Identifier: Apache-2.0
#include <lz4.h>

#include "compression/codecs.h"

namespace orrery::compression {
namespace {

// LZ4 block format, without a frame around it.
class Lz4 final : public Codec {
 public:
  CodecId id() const override { return CodecId::kLz4; }
  std::string_view name() const override { return "lz4"; }

  // A higher level is faster here: it is LZ4's acceleration.
  Status Compress(std::string_view input, int level, std::string& out) const override {
    if (input.size() > LZ4_MAX_INPUT_SIZE) return InvalidArgument("lz4: input over 2 GB");
    const size_t before = out.size();
    const int bound = LZ4_compressBound(static_cast<int>(input.size()));
    out.resize(before + static_cast<size_t>(bound));
    const int written = LZ4_compress_fast(input.data(), out.data() + before,
                                          static_cast<int>(input.size()), bound, level);
    out.resize(before + static_cast<size_t>(written > 0 ? written : 0));
    return written > 0 ? OkStatus() : Internal("lz4: cannot compress");
  }

  Status Decompress(std::string_view input, size_t size, std::string& out) const override {
    if (input.size() > LZ4_MAX_INPUT_SIZE || size > LZ4_MAX_INPUT_SIZE) {
      return Corruption("lz4: recorded size over 2 GB");
    }
    // A byte of input yields at most 255; asked before memory is taken for a damaged size.
    if (size / 255 > input.size()) return Corruption("lz4: recorded size cannot be");
    const size_t before = out.size();
    // One byte of room at least: LZ4 refuses a null destination.
    out.resize(before + size + 1);
    const int read = LZ4_decompress_safe(input.data(), out.data() + before,
                                         static_cast<int>(input.size()), static_cast<int>(size));
    const bool whole = read >= 0 && static_cast<size_t>(read) == size;
    out.resize(whole ? before + size : before);
    return whole ? OkStatus() : Corruption("lz4: damaged block");
  }
};

}  // namespace

const Codec& Lz4Codec() {
  static const Lz4 kCodec;
  return kCodec;
}

}  // namespace orrery::compression
