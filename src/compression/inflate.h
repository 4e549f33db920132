// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orrery::compression {

// How a sender compressed a body; HTTP's content-encoding and gRPC's grpc-encoding share the names.
enum class ContentEncoding { kIdentity, kGzip, kDeflate, kZstd, kLz4, kSnappy };

// The encoding of a header value, any case: "", identity, gzip, x-gzip, deflate, zlib, zstd, lz4,
// snappy. Nothing for others, and for lists of several.
std::optional<ContentEncoding> ParseContentEncoding(std::string_view header);

// The plain bytes of `input`, never more than `max_bytes`.
//
//   gzip      one member or several in a row
//   deflate   with zlib's header, as RFC 9110 says, or without, as some send it
//   zstd      frames in a row, with a window of at most 8 MiB (RFC 9659)
//   lz4       frames in a row
//   snappy    one block
//
// ResourceExhausted: there is more than `max_bytes`; the message names the limit.
// InvalidArgument:   `input` is damaged, ends early, or goes on after its end.
// Cost: memory grows with what comes out, so a lie in a header cannot make it take more.
Result<std::string> Inflate(ContentEncoding encoding, std::string_view input, size_t max_bytes);

// `input` as one gzip member, for answers. Level 1 to 9; 1 takes a third of the time of 6.
std::string Gzip(std::string_view input, int level = 1);

}  // namespace orrery::compression
