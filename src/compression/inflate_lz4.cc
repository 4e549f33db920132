// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <lz4frame.h>

#include "compression/inflate_limits.h"

namespace orrery::compression {
namespace {

struct FreeContext {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};

}  // namespace

Result<std::string> InflateLz4(std::string_view input, size_t max_bytes) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION)) != 0) {
    return Internal("lz4: no memory");
  }
  const std::unique_ptr<LZ4F_dctx, FreeContext> context(raw);
  BoundedOutput out(input.size() * 4, max_bytes);
  size_t position = 0;
  if (input.empty()) return InvalidArgument("lz4 body ends early");
  while (true) {
    size_t produced = out.room();
    size_t consumed = input.size() - position;
    const size_t code =
        LZ4F_decompress(raw, out.tail(), &produced, input.data() + position, &consumed, nullptr);
    if (LZ4F_isError(code) != 0) {
      return InvalidArgument("lz4 body is damaged near byte " + std::to_string(position));
    }
    position += consumed;
    out.Advance(produced);
    if (out.over()) return OverLimit(max_bytes);
    if (position == input.size()) {
      if (code == 0) return out.Take();  // A frame is whole, and nothing follows it.
      if (out.room() > 0) return InvalidArgument("lz4 body ends early");
    }
    if (out.room() == 0) out.Grow();
  }
}

}  // namespace orrery::compression
