// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "net/http_message.h"

namespace orrery::net {

// "OK", "Not Found", ...; "Unknown" for numbers without a name.
std::string_view HttpReason(int status);

// False for 1xx, 204 and 304, which are heads alone.
bool StatusHasBody(int status);

// Whether an Accept-Encoding header takes gzip.
bool AcceptsGzip(std::string_view accept_encoding);

// Compresses the body when that is worth while: more than 1 KiB, compressible, and not encoded yet.
void CompressBody(HttpResponse& response);

// Status line, headers and Content-Length, up to the empty line; a body through a pipe is chunked.
// Line breaks in headers become spaces, so that
// no value can smuggle a header in.
std::string EncodeHead(const HttpResponse& response, bool close);

// `piece` as one chunk of a chunked body; an empty one ends the body.
std::string EncodeChunk(std::string_view piece);

}  // namespace orrery::net
