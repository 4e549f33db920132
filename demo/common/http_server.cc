// SPDX-License-Identifier: Apache-2.0
#include "demo/common/http_server.h"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse_query.hpp>
#include <sys/socket.h>

#include "demo/common/failure.h"
#include "demo/common/log.h"

namespace demo {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr uint64_t kMaxBodyBytes = 1 << 20;

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

HttpRequest Translate(const http::request<http::string_body>& in, const tcp::endpoint& peer) {
  HttpRequest out;
  out.method = in.method_string();
  const std::string target = in.target();
  const size_t mark = target.find('?');
  out.path = target.substr(0, mark);
  if (mark != std::string::npos) out.query = target.substr(mark + 1);
  for (const auto& field : in) {
    out.headers[LowerCase(field.name_string())] = field.value();
  }
  out.body = in.body();
  out.client_address = peer.address().to_string();
  out.client_port = peer.port();
  return out;
}

class SocketStream : public HttpStream {
 public:
  SocketStream(tcp::socket& socket, unsigned version) : socket_(socket), version_(version) {}

  void Begin(const std::string& content_type) override {
    http::response<http::empty_body> head(http::status::ok, version_);
    head.set(http::field::content_type, content_type);
    head.set(http::field::cache_control, "no-store");
    // HTTP/1.0 knows no chunks: there the end of the connection is the end of the answer.
    head.chunked(version_ >= 11);
    head.keep_alive(version_ >= 11);
    http::response_serializer<http::empty_body> serializer(head);
    begun_ = true;
    http::write_header(socket_, serializer, error_);
  }

  bool Send(std::string_view piece) override {
    if (piece.empty() || error_) return !error_;
    const asio::const_buffer bytes(piece.data(), piece.size());
    if (version_ >= 11) {
      asio::write(socket_, http::make_chunk(bytes), error_);
    } else {
      asio::write(socket_, bytes, error_);
    }
    return !error_;
  }

  bool begun() const { return begun_; }

  // Whether another request may follow on the connection.
  bool End() {
    if (version_ >= 11 && !error_) asio::write(socket_, http::make_chunk_last(), error_);
    return version_ >= 11 && !error_;
  }

 private:
  tcp::socket& socket_;
  const unsigned version_;
  bool begun_ = false;
  beast::error_code error_;
};

}  // namespace

std::string HttpRequest::Parameter(const std::string& name) const {
  const auto parameters = boost::urls::parse_query(query);
  if (!parameters) return "";
  for (const auto& parameter : *parameters) {
    if (parameter.key.decode() != name) continue;
    boost::urls::encoding_opts form;
    form.space_as_plus = true;
    return parameter.value.decode(form);
  }
  return "";
}

struct HttpServer::State {
  explicit State(HttpHandler to_call) : handler(std::move(to_call)) {}

  void Accept();
  void Serve(tcp::socket socket);
  void Exchange(tcp::socket& socket);

  const HttpHandler handler;
  asio::io_context io;
  tcp::acceptor acceptor{io};
  std::thread accepting;

  std::mutex mutex;
  std::condition_variable all_closed;
  std::set<int> open;  // sockets with a thread; guarded by mutex, as is stopping
  bool stopping = false;
};

void HttpServer::State::Accept() {
  for (;;) {
    beast::error_code error;
    tcp::socket socket(io);
    acceptor.accept(socket, error);
    const std::lock_guard lock(mutex);
    if (stopping) return;
    if (error) continue;
    open.insert(socket.native_handle());
    std::thread(&State::Serve, this, std::move(socket)).detach();
  }
}

void HttpServer::State::Serve(tcp::socket socket) {
  try {
    Exchange(socket);
  } catch (const std::exception& error) {
    LogError("request without an answer", {{"reason", error.what()}});
  }
  const std::lock_guard lock(mutex);
  open.erase(socket.native_handle());
  beast::error_code ignored;
  socket.close(ignored);  // Under the lock: Stop must not touch a number that was reused.
  all_closed.notify_all();
}

void HttpServer::State::Exchange(tcp::socket& socket) {
  beast::flat_buffer buffer;
  beast::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kMaxBodyBytes);
    http::read(socket, buffer, parser, error);
    if (error) return;  // The peer has nothing more to say, or nothing that can be read.
    const auto request = parser.release();
    SocketStream stream(socket, request.version());
    HttpRequest translated = Translate(request, peer);
    translated.stream = &stream;
    const HttpResponse answer = handler(translated);
    if (stream.begun()) {
      if (answer.status != 200) return;  // It failed on its way: the missing end says so.
      if (!stream.End() || !request.keep_alive()) return;
      continue;
    }

    http::response<http::string_body> response(static_cast<http::status>(answer.status),
                                               request.version());
    response.set(http::field::content_type, answer.content_type);
    response.body() = answer.body;
    {
      const std::lock_guard lock(mutex);
      response.keep_alive(request.keep_alive() && !stopping);
    }
    response.prepare_payload();
    http::write(socket, response, error);
    if (error || !response.keep_alive()) return;
  }
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

std::unique_ptr<HttpServer> HttpServer::Start(const std::string& host, uint16_t port,
                                              HttpHandler handler) {
  const std::string place = host + ":" + std::to_string(port);
  beast::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) throw Failure("invalid_address", "host \"" + host + "\" is not an IP address");

  auto state = std::make_unique<State>(std::move(handler));
  const tcp::endpoint endpoint(address, port);
  state->acceptor.open(endpoint.protocol());
  state->acceptor.set_option(asio::socket_base::reuse_address(true));
  state->acceptor.bind(endpoint, error);
  if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    throw Failure("port_taken",
                  "port " + place +
                      " is taken by another process (ss -ltnp 'sport = :" + std::to_string(port) +
                      "' names it); stop it, or choose another port with --port");
  }
  if (error) throw Failure("listen", "listen on " + place + ": " + error.message());
  state->accepting = std::thread(&State::Accept, state.get());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

uint16_t HttpServer::port() const { return state_->acceptor.local_endpoint().port(); }

void HttpServer::Stop() {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return;
    state_->stopping = true;
    // Idle connections see an end of file; a running request can still write its answer.
    for (const int socket : state_->open) ::shutdown(socket, SHUT_RD);
  }
  ::shutdown(state_->acceptor.native_handle(), SHUT_RDWR);  // Wakes the thread in accept().
  state_->accepting.join();
  std::unique_lock lock(state_->mutex);
  state_->all_closed.wait(lock, [this] { return state_->open.empty(); });
}

HttpServer::~HttpServer() { Stop(); }

}  // namespace demo
