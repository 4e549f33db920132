// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include "compression/inflate_limits.h"

namespace orrery::compression {
namespace {

constexpr uInt kMostAtOnce = 1u << 30;  // zlib counts in 32 bits.

// A z_stream that is ended with its scope.
struct Inflater {
  explicit Inflater(int window_bits) { ready = inflateInit2(&stream, window_bits) == Z_OK; }
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
  bool ready = false;
};

// Whether two bytes can be zlib's header (RFC 1950, 2.2); raw deflate data rarely looks so.
bool HasZlibHeader(std::string_view input) {
  if (input.size() < 2) return true;
  const auto first = static_cast<uint8_t>(input[0]);
  const auto second = static_cast<uint8_t>(input[1]);
  return (first & 15) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
}

// The last four bytes of a gzip member are its plain size modulo 2^32. Believed only within what
// deflate can reach on the input at hand (a factor of 1032).
size_t GuessSize(std::string_view input, bool gzip) {
  if (!gzip || input.size() < 18) return input.size() * 4;
  uint32_t size = 0;
  for (size_t i = 0; i < 4; ++i) {
    size |= static_cast<uint32_t>(static_cast<uint8_t>(input[input.size() - 4 + i])) << (8 * i);
  }
  // One byte more, so that the end of the stream is seen without growing.
  return std::min<size_t>(size_t{size} + 1, input.size() * 16);
}

}  // namespace

Result<std::string> InflateZlib(std::string_view input, size_t max_bytes, bool gzip) {
  const char* format = gzip ? "gzip" : "deflate";
  const int window_bits = gzip ? MAX_WBITS + 16 : HasZlibHeader(input) ? MAX_WBITS : -MAX_WBITS;
  Inflater inflater(window_bits);
  if (!inflater.ready) return Internal("zlib: no memory");
  z_stream& stream = inflater.stream;
  BoundedOutput out(GuessSize(input, gzip), max_bytes);
  size_t position = 0;
  while (true) {
    const auto chunk = static_cast<uInt>(std::min<size_t>(input.size() - position, kMostAtOnce));
    const auto room = static_cast<uInt>(std::min<size_t>(out.room(), kMostAtOnce));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data() + position));
    stream.avail_in = chunk;
    stream.next_out = reinterpret_cast<Bytef*>(out.tail());
    stream.avail_out = room;
    const int code = inflate(&stream, Z_NO_FLUSH);
    position += chunk - stream.avail_in;
    out.Advance(room - stream.avail_out);
    if (out.over()) return OverLimit(max_bytes);
    if (code == Z_STREAM_END) {
      if (position == input.size()) return out.Take();
      if (!gzip) return InvalidArgument("deflate body goes on after its end");
      if (inflateReset(&stream) != Z_OK) return Internal("zlib: cannot reset");
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return InvalidArgument(std::string(format) + " body is damaged near byte " +
                             std::to_string(position));
    } else if (position == input.size() && stream.avail_out > 0) {
      return InvalidArgument(std::string(format) + " body ends early");
    }
    if (out.room() == 0) out.Grow();
  }
}

}  // namespace orrery::compression
