// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/cancel_signal.h"
#include "net/http_body_pipe.h"

namespace orrery::net {

// A request as a handler sees it: read whole, within the server's limits.
struct HttpRequest {
  std::string method;  // Upper case.
  std::string target;  // As sent: path and query, still percent-encoded.
  std::string path;    // Decoded, without the query; a mount prefix is already stripped.
  std::vector<std::pair<std::string, std::string>> query;        // Decoded, in order.
  std::vector<std::pair<std::string, std::string>> headers;      // Names in lower case.
  std::vector<std::pair<std::string, std::string>> path_params;  // Decoded, set by Router.
  std::string body;  // As sent; `content-encoding` is the handler's matter.
  // Fires when the client goes away before it was answered; null when nobody watches.
  std::shared_ptr<CancelSignal> client_left;

  // First value with this name (lower case), or empty.
  std::string_view Header(std::string_view name) const;
  // First query parameter with this name; nothing when absent. Empty values are returned as such.
  std::optional<std::string_view> Param(std::string_view name) const;
  // What the route's `{name}` caught, or empty.
  std::string_view PathParam(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // Content-Length is the server's.
  std::string body;
  // The server compresses a body of this kind when the client accepts it (gzip).
  bool compressible = true;
  // The rest of the body, which is still being made; null when `body` is all of it.
  std::shared_ptr<HttpBodyPipe> pipe;

  static HttpResponse Text(int status, std::string body);  // text/plain; charset=utf-8
  static HttpResponse Json(int status, std::string body);  // application/json
  // A body that comes through `pipe`, sent in chunks and uncompressed.
  static HttpResponse Stream(int status, std::string content_type,
                             std::shared_ptr<HttpBodyPipe> pipe);
};

// Answers one request; call it exactly once, from any thread. Destroyed uncalled, it answers 500.
using HttpResponder = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(HttpRequest request, HttpResponder respond)>;

// Turns an error that no handler saw (no such path, body too large, ...) into an answer. `sentence`
// says what is wrong; the request may be there only in part.
using HttpErrorRenderer =
    std::function<HttpResponse(const HttpRequest& request, int status, std::string sentence)>;

// Takes over the connected socket of a client that begins to speak HTTP/2, of which nothing has
// been read yet.
using Http2Takeover = std::function<void(int fd)>;

// The sentence as plain text.
HttpResponse RenderErrorAsText(const HttpRequest& request, int status, std::string sentence);

}  // namespace orrery::net
