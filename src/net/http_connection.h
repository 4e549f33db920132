// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/mutex.h"
#include "base/telemetry.h"
#include "net/http_guard.h"
#include "net/http_message.h"
#include "net/options.h"

namespace boost::asio {
class io_context;
}

namespace orrery::net {

// What a server counts, labelled with its name.
class HttpCounters {
 public:
  HttpCounters(Telemetry& telemetry, const std::string& server);

  // An answer of 400 or more.
  void CountError(int status);

  Gauge& connections;
  Counter& refused_connections;
  Counter& evicted_connections;
  Counter& requests;
  Counter& refused_hosts;
  Counter& bad_requests;
  Counter& refused_bodies;
  Counter& refused_answers;
  Counter& timeouts;
  Counter& left;
  Counter& exceptions;

 private:
  Telemetry& telemetry_;
  const std::string server_;
  Mutex mutex_;
  std::unordered_map<int, Counter*> errors_ ORRERY_GUARDED_BY(mutex_);  // By status, once it was.
};

// One connection of an HttpServer, as the server sees it.
// Threads: all methods may be called concurrently.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  // Closes now when idle, else after the running request.
  virtual void CloseWhenIdle() = 0;
  // Since when it waits for a request; nothing while there is one.
  virtual std::optional<std::chrono::steady_clock::time_point> IdleSince() const = 0;
  virtual void CloseNow() = 0;
  // Closes when the phase that the connection is in has lasted too long.
  virtual void CloseIfLate(std::chrono::steady_clock::time_point now) = 0;
};

// What the connections of a server share.
// Life: shared by server and connections; the last of them frees it.
struct HttpShared {
  HttpShared(HttpServerOptions options, Telemetry& telemetry, HttpHandler handler,
             HttpErrorRenderer render_error, Http2Takeover http2);

  const HttpServerOptions options;
  const HttpHandler handler;
  const HttpErrorRenderer render_error;
  const Http2Takeover http2;  // Empty: HTTP/1.1 alone.
  const HttpGuard guard;
  HttpCounters counters;
  std::atomic<bool> draining{false};

  Mutex mutex;
  CondVar gone;  // Signalled when a connection has left.
  std::unordered_map<const HttpConnection*, std::weak_ptr<HttpConnection>> connections
      ORRERY_GUARDED_BY(mutex);
};

// Takes over the connected socket `fd` and serves it until either side closes.
void ServeHttpConnection(std::shared_ptr<HttpShared> shared, boost::asio::io_context& context,
                         int fd);

}  // namespace orrery::net
