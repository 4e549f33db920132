// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <zstd.h>

#include "compression/inflate_limits.h"

namespace orrery::compression {
namespace {

constexpr int kWindowLogMax = 23;  // 8 MiB, RFC 9659.

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Each thread keeps a context: making one costs more than inflating a small request.
ZSTD_DCtx* ThreadContext() {
  thread_local std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  return context.get();
}

size_t GuessSize(std::string_view input) {
  const unsigned long long size = ZSTD_getFrameContentSize(input.data(), input.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return input.size() * 4;
  return std::min<size_t>(size, input.size() * 16) + 1;
}

}  // namespace

Result<std::string> InflateZstd(std::string_view input, size_t max_bytes) {
  ZSTD_DCtx* context = ThreadContext();
  ZSTD_DCtx_reset(context, ZSTD_reset_session_and_parameters);
  ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, kWindowLogMax);
  BoundedOutput out(GuessSize(input), max_bytes);
  ZSTD_inBuffer in{input.data(), input.size(), 0};
  if (input.empty()) return InvalidArgument("zstd body ends early");
  while (true) {
    ZSTD_outBuffer piece{out.tail(), out.room(), 0};
    const size_t code = ZSTD_decompressStream(context, &piece, &in);
    if (ZSTD_isError(code) != 0) {
      return InvalidArgument("zstd body is damaged near byte " + std::to_string(in.pos) + ": " +
                             ZSTD_getErrorName(code));
    }
    out.Advance(piece.pos);
    if (out.over()) return OverLimit(max_bytes);
    if (in.pos == input.size()) {
      if (code == 0) return out.Take();  // A frame is whole, and nothing follows it.
      if (out.room() > 0) return InvalidArgument("zstd body ends early");
    }
    if (out.room() == 0) out.Grow();
  }
}

}  // namespace orrery::compression
