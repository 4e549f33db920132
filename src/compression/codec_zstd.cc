// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <zstd.h>

#include "compression/codecs.h"

namespace orrery::compression {
namespace {

constexpr int kDefaultLevel = 1;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Contexts cost more to make than a small chunk costs to squeeze, so each thread keeps its own.
ZSTD_CCtx* ThreadCompressor() {
  thread_local std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  return context.get();
}

ZSTD_DCtx* ThreadDecompressor() {
  thread_local std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  return context.get();
}

// One zstd frame.
class Zstd final : public Codec {
 public:
  CodecId id() const override { return CodecId::kZstd; }
  std::string_view name() const override { return "zstd"; }

  Status Compress(std::string_view input, int level, std::string& out) const override {
    const size_t before = out.size();
    const size_t bound = ZSTD_compressBound(input.size());
    out.resize(before + bound);
    const size_t written =
        ZSTD_compressCCtx(ThreadCompressor(), out.data() + before, bound, input.data(),
                          input.size(), level == 0 ? kDefaultLevel : level);
    const bool failed = ZSTD_isError(written) != 0;
    out.resize(failed ? before : before + written);
    return failed ? Internal(std::string("zstd: ") + ZSTD_getErrorName(written)) : OkStatus();
  }

  Status Decompress(std::string_view input, size_t size, std::string& out) const override {
    // Asked before memory is taken for a size that the input may not have.
    if (ZSTD_getFrameContentSize(input.data(), input.size()) != size) {
      return Corruption("zstd: size differs from the one recorded");
    }
    const size_t before = out.size();
    out.resize(before + size);
    const size_t read = ZSTD_decompressDCtx(ThreadDecompressor(), out.data() + before, size,
                                            input.data(), input.size());
    if (read == size) return OkStatus();
    out.resize(before);
    return Corruption(ZSTD_isError(read) != 0 ? std::string("zstd: ") + ZSTD_getErrorName(read)
                                              : std::string("zstd: frame too short"));
  }
};

}  // namespace

const Codec& ZstdCodec() {
  static const Zstd kCodec;
  return kCodec;
}

}  // namespace orrery::compression
