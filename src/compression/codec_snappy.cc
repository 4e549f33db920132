// SPDX-License-Identifier: Apache-2.0
#include <snappy-c.h>

#include "compression/codecs.h"

namespace orrery::compression {
namespace {

// Snappy block format.
class Snappy final : public Codec {
 public:
  CodecId id() const override { return CodecId::kSnappy; }
  std::string_view name() const override { return "snappy"; }

  Status Compress(std::string_view input, int /*level*/, std::string& out) const override {
    const size_t before = out.size();
    size_t length = snappy_max_compressed_length(input.size());
    out.resize(before + length);
    const snappy_status status =
        snappy_compress(input.data(), input.size(), out.data() + before, &length);
    out.resize(before + (status == SNAPPY_OK ? length : 0));
    return status == SNAPPY_OK ? OkStatus() : Internal("snappy: cannot compress");
  }

  Status Decompress(std::string_view input, size_t size, std::string& out) const override {
    size_t length = 0;
    if (snappy_uncompressed_length(input.data(), input.size(), &length) != SNAPPY_OK ||
        length != size) {
      return Corruption("snappy: size differs from the one recorded");
    }
    const size_t before = out.size();
    out.resize(before + size);
    if (snappy_uncompress(input.data(), input.size(), out.data() + before, &length) == SNAPPY_OK) {
      return OkStatus();
    }
    out.resize(before);
    return Corruption("snappy: damaged block");
  }
};

}  // namespace

const Codec& SnappyCodec() {
  static const Snappy kCodec;
  return kCodec;
}

}  // namespace orrery::compression
