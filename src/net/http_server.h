// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "base/telemetry.h"
#include "net/http_message.h"
#include "net/io_threads.h"
#include "net/options.h"

namespace orrery::net {

// HttpServer speaks HTTP/1.1 on one address: keep-alive, pipelining (answers in order), bodies with
// a length or chunked, `Expect: 100-continue`, HEAD, gzip of answers.
//
// The handler gets whole requests within the limits of `options`. What breaks a limit or the
// grammar is answered here (400, 403, 408, 413, 417, 431, 503) through the error renderer. A
// request under a foreign host name, or a write from another origin's page, gets 403 (HttpGuard).
// A connection whose first bytes are those of HTTP/2 goes to `http2`, where there is one; from then
// on it is none of this server's.
//
// Life:    Start, then Drain, then destroy. IoThreads, the handler and Telemetry outlive it.
// Threads: the handler is called on the io threads, for several connections at once, and may
//          answer from any thread. Drain and port may be called from any thread, not from handlers.
// Failure: Unavailable when the address is taken: no second process can share it.
class HttpServer {
 public:
  static Result<std::unique_ptr<HttpServer>> Start(
      HttpServerOptions options, IoThreads& io, Telemetry& telemetry, HttpHandler handler,
      HttpErrorRenderer render_error = RenderErrorAsText, Http2Takeover http2 = {});

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // Drains without patience.

  uint16_t port() const { return port_; }

  // Stops accepting, closes idle connections, waits for running requests up to `patience`, then
  // cuts the rest off. False when something had to be cut off.
  bool Drain(std::chrono::milliseconds patience);

 private:
  class Listener;

  HttpServer(std::shared_ptr<Listener> listener, uint16_t port);

  const std::shared_ptr<Listener> listener_;
  const uint16_t port_;
};

}  // namespace orrery::net
