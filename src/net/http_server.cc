// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "net/http_connection.h"
#include "net/listen_error.h"

namespace orrery::net {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using tcp = asio::ip::tcp;
using std::chrono::milliseconds;

// How often deadlines are looked at: a quarter of the shortest, within reason.
milliseconds TickOf(const HttpServerOptions& options) {
  const milliseconds shortest =
      std::min({options.idle_timeout, options.header_timeout, options.read_timeout,
                options.write_timeout, options.stall_timeout});
  return std::clamp(shortest / 4, milliseconds(5), milliseconds(1000));
}

}  // namespace

// Accepts connections and watches over their deadlines.
class HttpServer::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(std::shared_ptr<HttpShared> shared, IoThreads& io)
      : shared_(std::move(shared)),
        context_(io.context()),
        acceptor_(asio::make_strand(context_)),
        ticker_(acceptor_.get_executor()),
        tick_(TickOf(shared_->options)) {}

  Result<uint16_t> Open() {
    const HttpServerOptions& options = shared_->options;
    ErrorCode ec;
    const auto address = asio::ip::make_address(options.address, ec);
    if (ec) {
      return InvalidArgument("\"" + options.address + "\" is not an IP address; set " +
                             options.setting + " to one such as 127.0.0.1");
    }
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), ec);
    // A restarted server may take its port back while old connections linger; the option does not
    // let two listeners share it.
    if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) return ListenError(options.address, options.port, options.setting, ec.value());
    return acceptor_.local_endpoint().port();
  }

  void Run() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      self->Accept();
      self->Tick();
    });
  }

  bool Drain(milliseconds patience) {
    shared_->draining.store(true);
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      self->stopped_ = true;
      ErrorCode ec;
      self->acceptor_.close(ec);
      self->ticker_.cancel();
    });
    for (const auto& connection : Connections()) connection->CloseWhenIdle();
    if (WaitUntilEmpty(patience)) return true;
    for (const auto& connection : Connections()) connection->CloseNow();
    // What is left now waits for its handler; it answers into a closed socket.
    WaitUntilEmpty(milliseconds(200));
    return false;
  }

 private:
  void Accept() {
    acceptor_.async_accept(context_, [self = shared_from_this()](ErrorCode ec, tcp::socket socket) {
      if (self->stopped_) return;
      if (!ec) {
        self->Serve(std::move(socket));
        return self->Accept();
      }
      // Out of descriptors, most likely: the next tick tries again instead of spinning.
      self->accept_later_ = true;
    });
  }

  void Serve(tcp::socket socket) {
    ErrorCode ec;
    if (static_cast<size_t>(shared_->counters.connections.value()) >=
            shared_->options.max_connections &&
        !MakeRoom()) {
      static constexpr std::string_view kFull =
          "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
          "Connection: close\r\n\r\n";
      shared_->counters.refused_connections.Add();
      socket.non_blocking(true, ec);
      socket.write_some(asio::buffer(kFull.data(), kFull.size()), ec);
      return;
    }
    const int fd = socket.release(ec);
    if (!ec) ServeHttpConnection(shared_, context_, fd);
  }

  // Closes the connection that has waited longest for a request, so that a crowd that says nothing
  // does not keep others out. False when all of them are busy or new.
  bool MakeRoom() {
    std::shared_ptr<HttpConnection> longest;
    auto since = std::chrono::steady_clock::now() - shared_->options.least_idle;
    for (auto& connection : Connections()) {
      const auto idle = connection->IdleSince();
      if (!idle.has_value() || *idle >= since) continue;
      since = *idle;
      longest = std::move(connection);
    }
    if (longest == nullptr) return false;
    shared_->counters.evicted_connections.Add();
    longest->CloseWhenIdle();
    return true;
  }

  void Tick() {
    if (stopped_) return;
    ticker_.expires_after(tick_);
    ticker_.async_wait([self = shared_from_this()](ErrorCode ec) {
      if (ec || self->stopped_) return;
      const auto now = std::chrono::steady_clock::now();
      for (const auto& connection : self->Connections()) connection->CloseIfLate(now);
      if (std::exchange(self->accept_later_, false)) self->Accept();
      self->Tick();
    });
  }

  std::vector<std::shared_ptr<HttpConnection>> Connections() {
    std::vector<std::shared_ptr<HttpConnection>> out;
    MutexLock lock(shared_->mutex);
    for (const auto& [key, weak] : shared_->connections) {
      if (auto connection = weak.lock()) out.push_back(std::move(connection));
    }
    return out;
  }

  bool WaitUntilEmpty(milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    MutexLock lock(shared_->mutex);
    while (!shared_->connections.empty()) {
      const auto left = end - std::chrono::steady_clock::now();
      if (left <= std::chrono::nanoseconds(0)) return false;
      shared_->gone.WaitFor(shared_->mutex, left);
    }
    return true;
  }

  const std::shared_ptr<HttpShared> shared_;
  asio::io_context& context_;
  // The acceptor's strand guards what follows.
  tcp::acceptor acceptor_;
  asio::steady_timer ticker_;
  const milliseconds tick_;
  bool stopped_ = false;
  bool accept_later_ = false;
};

Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options, IoThreads& io,
                                                      Telemetry& telemetry, HttpHandler handler,
                                                      HttpErrorRenderer render_error,
                                                      Http2Takeover http2) {
  auto shared = std::make_shared<HttpShared>(std::move(options), telemetry, std::move(handler),
                                             std::move(render_error), std::move(http2));
  auto listener = std::make_shared<Listener>(std::move(shared), io);
  ORRERY_ASSIGN_OR_RETURN(const uint16_t port, listener->Open());
  listener->Run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener), port));
}

HttpServer::HttpServer(std::shared_ptr<Listener> listener, uint16_t port)
    : listener_(std::move(listener)), port_(port) {}

HttpServer::~HttpServer() { listener_->Drain(std::chrono::milliseconds(0)); }

bool HttpServer::Drain(std::chrono::milliseconds patience) { return listener_->Drain(patience); }

}  // namespace orrery::net
