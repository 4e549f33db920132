// SPDX-License-Identifier: Apache-2.0
#include "compression/codecs.h"

namespace orrery::compression {
namespace {

class None final : public Codec {
 public:
  CodecId id() const override { return CodecId::kNone; }
  std::string_view name() const override { return "none"; }

  Status Compress(std::string_view input, int /*level*/, std::string& out) const override {
    out.append(input);
    return OkStatus();
  }

  Status Decompress(std::string_view input, size_t size, std::string& out) const override {
    if (input.size() != size) return Corruption("none: size differs from the one recorded");
    out.append(input);
    return OkStatus();
  }
};

}  // namespace

const Codec& NoneCodec() {
  static const None kCodec;
  return kCodec;
}

}  // namespace orrery::compression
