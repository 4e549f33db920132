// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace demo {

// An answer that is sent in pieces while the handler works. Valid until the handler returns.
class HttpStream {
 public:
  virtual ~HttpStream() = default;

  // Sends the head, with status 200. Call it once, before the first piece.
  virtual void Begin(const std::string& content_type) = 0;
  // Whether the piece was sent; false once the peer is gone.
  virtual bool Send(std::string_view piece) = 0;
};

struct HttpRequest {
  std::string method;
  std::string path;                            // without the query
  std::string query;                           // still percent-encoded, without '?'
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string client_address;
  uint16_t client_port = 0;
  HttpStream* stream = nullptr;  // set by HttpServer

  // The decoded value of one query parameter, or "".
  std::string Parameter(const std::string& name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;  // not sent when the handler has begun a stream
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// HttpServer answers HTTP/1.1 on one port with a thread per connection: little code, and a handler
// may sleep as long as it likes. Made for the few connections of a demo.
//
// Life:    Start, then Stop; Stop lets running requests finish.
// Streams: a handler may answer through HttpRequest::stream instead; once it has begun, any status
//          but 200 that it returns cuts the connection.
// Threads: the handler is called from many threads at once.
// Failure: Start throws Failure, with what to do about it.
class HttpServer {
 public:
  // Port 0 takes a free one.
  static std::unique_ptr<HttpServer> Start(const std::string& host, uint16_t port,
                                           HttpHandler handler);
  ~HttpServer();  // Stops.

  uint16_t port() const;
  void Stop();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace demo
