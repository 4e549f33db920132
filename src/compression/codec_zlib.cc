// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include "compression/codecs.h"

namespace orrery::compression {
namespace {

constexpr int kDefaultLevel = 6;

// RFC 1950: deflate with zlib's header and checksum.
class Zlib final : public Codec {
 public:
  CodecId id() const override { return CodecId::kZlib; }
  std::string_view name() const override { return "zlib"; }

  Status Compress(std::string_view input, int level, std::string& out) const override {
    const size_t before = out.size();
    uLongf length = compressBound(input.size());
    out.resize(before + length);
    const int code = compress2(reinterpret_cast<Bytef*>(out.data() + before), &length,
                               reinterpret_cast<const Bytef*>(input.data()), input.size(),
                               level == 0 ? kDefaultLevel : level);
    out.resize(before + (code == Z_OK ? length : 0));
    return code == Z_OK ? OkStatus() : Internal("zlib: cannot compress");
  }

  Status Decompress(std::string_view input, size_t size, std::string& out) const override {
    // A byte of input yields at most 1032; asked before memory is taken for a damaged size.
    if (size / 1032 > input.size()) return Corruption("zlib: recorded size cannot be");
    const size_t before = out.size();
    // One byte of room at least: zlib refuses an empty destination.
    out.resize(before + size + 1);
    uLongf length = size + 1;
    const int code = uncompress(reinterpret_cast<Bytef*>(out.data() + before), &length,
                                reinterpret_cast<const Bytef*>(input.data()), input.size());
    const bool whole = code == Z_OK && length == size;
    out.resize(whole ? before + size : before);
    return whole ? OkStatus() : Corruption("zlib: damaged stream");
  }
};

}  // namespace

const Codec& ZlibCodec() {
  static const Zlib kCodec;
  return kCodec;
}

}  // namespace orrery::compression
