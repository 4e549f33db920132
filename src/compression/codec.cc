// SPDX-License-Identifier: Apache-2.0
#include "compression/codec.h"

#include <array>

#include "compression/codecs.h"

namespace orrery::compression {
namespace {

const std::array<const Codec*, 5>& Registry() {
  static const std::array<const Codec*, 5> kCodecs = {&NoneCodec(), &Lz4Codec(), &ZstdCodec(),
                                                      &SnappyCodec(), &ZlibCodec()};
  return kCodecs;
}

}  // namespace

const Codec* FindCodec(CodecId id) {
  for (const Codec* codec : Registry()) {
    if (codec->id() == id) return codec;
  }
  return nullptr;
}

const Codec* FindCodec(std::string_view name) {
  for (const Codec* codec : Registry()) {
    if (codec->name() == name) return codec;
  }
  return nullptr;
}

}  // namespace orrery::compression
