// SPDX-License-Identifier: Apache-2.0
#include "compression/inflate.h"

#include <array>
#include <utility>

#include <zlib.h>

#include "base/check.h"
#include "compression/inflate_limits.h"

namespace orrery::compression {
namespace {

constexpr std::array<std::pair<std::string_view, ContentEncoding>, 9> kNames = {{
    {"", ContentEncoding::kIdentity},
    {"identity", ContentEncoding::kIdentity},
    {"gzip", ContentEncoding::kGzip},
    {"x-gzip", ContentEncoding::kGzip},
    {"deflate", ContentEncoding::kDeflate},
    {"zlib", ContentEncoding::kDeflate},
    {"zstd", ContentEncoding::kZstd},
    {"lz4", ContentEncoding::kLz4},
    {"snappy", ContentEncoding::kSnappy},
}};

char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return LowerCase(x) == LowerCase(y); });
}

}  // namespace

Status OverLimit(size_t max_bytes) {
  return ResourceExhausted("decompressed body is over the limit of " + std::to_string(max_bytes) +
                           " bytes");
}

std::optional<ContentEncoding> ParseContentEncoding(std::string_view header) {
  for (const auto& [name, encoding] : kNames) {
    if (SameIgnoringCase(header, name)) return encoding;
  }
  return std::nullopt;
}

Result<std::string> Inflate(ContentEncoding encoding, std::string_view input, size_t max_bytes) {
  switch (encoding) {
    case ContentEncoding::kIdentity:
      if (input.size() > max_bytes) {
        return ResourceExhausted("body is over the limit of " + std::to_string(max_bytes) +
                                 " bytes");
      }
      return std::string(input);
    case ContentEncoding::kGzip:
      return InflateZlib(input, max_bytes, true);
    case ContentEncoding::kDeflate:
      return InflateZlib(input, max_bytes, false);
    case ContentEncoding::kZstd:
      return InflateZstd(input, max_bytes);
    case ContentEncoding::kLz4:
      return InflateLz4(input, max_bytes);
    case ContentEncoding::kSnappy:
      return InflateSnappy(input, max_bytes);
  }
  return Internal("unknown content encoding");
}

std::string Gzip(std::string_view input, int level) {
  constexpr int kGzipHeader = 16;
  z_stream stream{};
  ORRERY_CHECK(deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + kGzipHeader, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, input.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  ORRERY_CHECK(code == Z_STREAM_END);
  return out;
}

}  // namespace orrery::compression
