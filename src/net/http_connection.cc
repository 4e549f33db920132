// SPDX-License-Identifier: Apache-2.0
#include "net/http_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <limits>
#include <optional>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_encode.h"
#include "net/url.h"

namespace orrery::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;
using ErrorCode = boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr size_t kReadBytes = 8 * 1024;
// A body grows in steps, so that a Content-Length alone takes no memory.
constexpr size_t kFirstBodyStep = 16 * 1024;
constexpr size_t kBodyStep = 256 * 1024;
// An answer of less is always sent: it may be the one that tells a peer to slow down.
constexpr size_t kSmallAnswer = 16 * 1024;
constexpr size_t kWriteStep = 256 * 1024;
// How long and how much of what a refused sender still sends is read, so that it gets to see the
// answer instead of a reset.
constexpr std::chrono::milliseconds kLingerTime{3000};
constexpr size_t kLingerBytes = size_t{128} << 20;
// Of "PRI * HTTP/2.0", with which a client that knows the server speaks HTTP/2 begins. No method of
// HTTP/1 begins so, and none is shorter.
constexpr std::string_view kHttp2Start = "PRI";
using ReceiveLowWater = asio::detail::socket_option::integer<SOL_SOCKET, SO_RCVLOWAT>;

class Connection;

// The right and the duty to answer one request.
class Reply {
 public:
  explicit Reply(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply() { Answer(HttpResponse::Text(500, "the request was dropped without an answer\n")); }

  void Answer(HttpResponse response);

 private:
  const std::shared_ptr<Connection> connection_;
  std::atomic<bool> answered_{false};
};

class Connection final : public HttpConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<HttpShared> shared, asio::io_context& context)
      : shared_(std::move(shared)),
        options_(shared_->options),
        socket_(asio::make_strand(context)),
        body_share_(options_.body_budget.get()),
        answer_share_(options_.answer_budget.get()) {
    shared_->counters.connections.Add(1);
  }

  ~Connection() override {
    shared_->counters.connections.Add(-1);
    MutexLock lock(shared_->mutex);
    shared_->connections.erase(this);
    shared_->gone.NotifyAll();
  }

  void Start(int fd) {
    asio::dispatch(socket_.get_executor(), [self = shared_from_this(), fd] {
      ErrorCode ec;
      sockaddr_storage name{};
      socklen_t size = sizeof(name);
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
      self->socket_.assign(name.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), fd, ec);
      if (ec) {
        ::close(fd);
        return;
      }
      self->socket_.set_option(tcp::no_delay(true), ec);
      const auto local = self->socket_.local_endpoint(ec);
      if (!ec) self->local_address_ = local.address().to_string();
      if (self->shared_->http2) return self->LookAtProtocol();
      self->WaitForRequest();
    });
  }

  void CloseWhenIdle() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (self->idle_) self->Close();
    });
  }

  std::optional<Clock::time_point> IdleSince() const override {
    const Clock::rep since = idle_since_.load(std::memory_order_relaxed);
    if (since == kBusy) return std::nullopt;
    return Clock::time_point(Clock::duration(since));
  }

  void CloseNow() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->Close(); });
  }

  void CloseIfLate(Clock::time_point now) override {
    if (now.time_since_epoch().count() < deadline_.load(std::memory_order_relaxed)) return;
    NoDeadline();
    shared_->counters.timeouts.Add();
    CloseNow();
  }

  // Any thread, once a request.
  void Answer(HttpResponse response) {
    if (accepts_gzip_) CompressBody(response);
    if (response.body.size() > kSmallAnswer && !answer_share_.Take(response.body.size())) {
      shared_->counters.refused_answers.Add();
      response = shared_->render_error(
          request_, 503, "too many answers wait to be read by slow clients; try again");
      response.headers.emplace_back("Retry-After", "1");
    }
    if (response.status >= 400) shared_->counters.CountError(response.status);
    const bool close = close_ || shared_->draining.load(std::memory_order_relaxed);
    std::string head = EncodeHead(response, close);
    if (is_head_ || !StatusHasBody(response.status)) {
      response.body.clear();
      if (response.pipe != nullptr) response.pipe->Leave();
      response.pipe.reset();
    }
    asio::dispatch(socket_.get_executor(), [self = shared_from_this(), head = std::move(head),
                                            body = std::move(response.body),
                                            pipe = std::move(response.pipe), close]() mutable {
      self->close_ = close;
      self->pipe_ = std::move(pipe);
      if (self->pipe_ == nullptr) self->client_left_.reset();
      self->head_ = std::move(head);
      self->StartWriting(std::move(body));
    });
  }

 private:
  using HeadParser = http::request_parser<http::empty_body>;
  using ChunkedParser = http::request_parser<http::string_body>;

  void SetDeadline(Clock::time_point when) {
    deadline_.store(when.time_since_epoch().count(), std::memory_order_relaxed);
  }
  void NoDeadline() { SetDeadline(Clock::time_point::max()); }
  // For a peer that moves bytes: what it gets anyway, and more for what it has moved, but never a
  // long rest.
  void SetDeadline(std::chrono::milliseconds base, size_t moved_bytes) {
    SetDeadline(std::min(
        Clock::now() + options_.stall_timeout,
        phase_start_ + base +
            std::chrono::milliseconds(moved_bytes * 1000 / options_.min_bytes_per_second)));
  }

  void Close() {
    ClientLeft();
    if (pipe_ != nullptr) pipe_->Leave();
    pipe_.reset();
    idle_since_.store(kBusy, std::memory_order_relaxed);
    ErrorCode ec;
    socket_.shutdown(tcp::socket::shutdown_both, ec);
    socket_.close(ec);
  }

  // Waits for the first bytes and looks whether they are HTTP/2's, without taking them.
  void LookAtProtocol() {
    idle_ = true;
    idle_since_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    SetDeadline(Clock::now() + options_.header_timeout);
    // Readable is what has as many bytes as it takes to tell.
    ErrorCode ec;
    socket_.set_option(ReceiveLowWater(kHttp2Start.size()), ec);
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](ErrorCode failed) {
      self->idle_ = false;
      if (failed) return self->Close();
      std::array<char, kHttp2Start.size()> start{};
      const ssize_t bytes = ::recv(self->socket_.native_handle(), start.data(), start.size(),
                                   MSG_PEEK | MSG_DONTWAIT);
      ErrorCode ignored;
      self->socket_.set_option(ReceiveLowWater(1), ignored);
      if (bytes < static_cast<ssize_t>(start.size()) ||
          std::string_view(start.data(), start.size()) != kHttp2Start) {
        return self->WaitForRequest();
      }
      self->NoDeadline();
      const int fd = self->socket_.release(ignored);
      if (!ignored) self->shared_->http2(fd);
    });
  }

  void WaitForRequest() {
    if (shared_->draining.load(std::memory_order_relaxed) && buffer_.size() == 0) return Close();
    if (buffer_.size() > 0) return ReadHead();  // Pipelined.
    idle_ = true;
    idle_since_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    SetDeadline(Clock::now() + options_.idle_timeout);
    socket_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](ErrorCode ec, size_t bytes) {
                              self->idle_ = false;
                              self->idle_since_.store(kBusy, std::memory_order_relaxed);
                              if (ec) return self->Close();
                              self->buffer_.commit(bytes);
                              self->ReadHead();
                            });
  }

  void ReadHead() {
    request_ = HttpRequest();
    accepts_gzip_ = false;
    is_head_ = false;
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(options_.max_header_bytes));
    parser_->body_limit(boost::none);  // Looked at below, where it can be answered.
    SetDeadline(Clock::now() + options_.header_timeout);
    http::async_read_header(socket_, buffer_, *parser_,
                            [self = shared_from_this()](ErrorCode ec, size_t /*bytes*/) {
                              if (ec) return self->RefuseHead(ec);
                              self->TakeHead();
                            });
  }

  void RefuseHead(ErrorCode ec) {
    if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
      return Refuse(431, "the request's head is larger than " +
                             std::to_string(options_.max_header_bytes) + " bytes");
    }
    if (ec.category() == http::make_error_code(http::error::bad_method).category() &&
        ec != http::error::end_of_stream && ec != http::error::partial_message) {
      return Refuse(400, "not an HTTP request: " + ec.message());
    }
    Close();
  }

  void TakeHead() {
    shared_->counters.requests.Add();
    FillRequest();
    close_ = !parser_->keep_alive() || parser_->get().version() < 11;
    is_head_ = request_.method == "HEAD";
    accepts_gzip_ = AcceptsGzip(request_.Header("accept-encoding"));
    if (parser_->get().version() >= 11 && request_.Header("host").empty()) {
      return Refuse(400, "an HTTP/1.1 request needs a Host header");
    }
    if (auto reason = shared_->guard.Refuse(request_, local_address_)) {
      shared_->counters.refused_hosts.Add();
      return Refuse(403, *std::move(reason));
    }
    if (parser_->content_length().value_or(0) > options_.max_body_bytes) return RefuseTooLarge();
    const std::string_view expect = request_.Header("expect");
    if (expect.empty()) return ReadBody();
    if (!boost::beast::iequals(expect, "100-continue")) {
      return Refuse(417, "only \"Expect: 100-continue\" is understood");
    }
    SendContinue();
  }

  void FillRequest() {
    const auto& message = parser_->get();
    request_.method = std::string(message.method_string());
    request_.target = std::string(message.target());
    const size_t path_end = request_.target.find_first_of("?#");
    const std::string_view target = request_.target;
    request_.path = PercentDecode(target.substr(0, path_end));
    if (path_end != std::string::npos && target[path_end] == '?') {
      const std::string_view query = target.substr(path_end + 1);
      request_.query = ParseQuery(query.substr(0, query.find('#')));
    }
    for (const auto& field : message) {
      std::string name(field.name_string());
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      request_.headers.emplace_back(std::move(name), std::string(field.value()));
    }
  }

  void SendContinue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(kContinue.data(), kContinue.size()),
                      [self = shared_from_this()](ErrorCode ec, size_t /*bytes*/) {
                        if (ec) return self->Close();
                        self->ReadBody();
                      });
  }

  void ReadBody() {
    phase_start_ = Clock::now();
    SetDeadline(options_.read_timeout, 0);
    if (parser_->chunked()) {
      chunked_.emplace(std::move(*parser_));
      chunked_->body_limit(options_.max_body_bytes);
      return ReadChunked();
    }
    body_bytes_ = static_cast<size_t>(parser_->content_length().value_or(0));
    const size_t here = std::min(body_bytes_, buffer_.size());
    request_.body.assign(static_cast<const char*>(buffer_.data().data()), here);
    buffer_.consume(here);
    ReadFixed(here);
  }

  // Reads straight into the body; `done` bytes of it are there.
  void ReadFixed(size_t done) {
    if (done == body_bytes_) return Handle();
    if (done == request_.body.size()) {
      const size_t next = done < kBodyStep ? std::max(done * 4, kFirstBodyStep) : done * 2;
      const size_t size = std::min(body_bytes_, next);
      if (!body_share_.GrowTo(size)) return RefuseForNow();
      request_.body.resize(size);
    }
    SetDeadline(options_.read_timeout, done);
    socket_.async_read_some(asio::buffer(request_.body.data() + done, request_.body.size() - done),
                            [self = shared_from_this(), done](ErrorCode ec, size_t bytes) {
                              if (ec) return self->Close();
                              self->ReadFixed(done + bytes);
                            });
  }

  void ReadChunked() {
    if (chunked_->is_done()) {
      request_.body = std::move(chunked_->get().body());
      chunked_.reset();
      return Handle();
    }
    const size_t size = chunked_->get().body().size();
    if (!body_share_.GrowTo(size)) return RefuseForNow();
    SetDeadline(options_.read_timeout, size);
    http::async_read_some(socket_, buffer_, *chunked_,
                          [self = shared_from_this()](ErrorCode ec, size_t /*bytes*/) {
                            if (ec == http::error::body_limit) return self->RefuseTooLarge();
                            if (ec && ec != http::error::need_more) return self->RefuseHead(ec);
                            self->ReadChunked();
                          });
  }

  // While somebody works on the answer: whether the client is still there. What it sends meanwhile
  // are its next requests, which wait; from then on its end can't be seen.
  void WatchClient() {
    if (watching_) return;
    watching_ = true;
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](ErrorCode ec) {
      self->watching_ = false;
      if (ec || self->client_left_ == nullptr) return;
      char next = 0;
      const ssize_t bytes =
          ::recv(self->socket_.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
      if (bytes > 0) return;
      if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return self->WatchClient();
      }
      self->ClientLeft();
    });
  }

  void ClientLeft() {
    if (client_left_ == nullptr) return;
    shared_->counters.left.Add();
    std::exchange(client_left_, nullptr)->Fire();
  }

  void Handle() {
    NoDeadline();
    client_left_ = std::make_shared<CancelSignal>();
    request_.client_left = client_left_;
    WatchClient();
    auto reply = std::make_shared<Reply>(shared_from_this());
    try {
      shared_->handler(std::move(request_),
                       [reply](HttpResponse response) { reply->Answer(std::move(response)); });
    } catch (const std::exception& e) {
      shared_->counters.exceptions.Add();
      reply->Answer(HttpResponse::Text(500, std::string("internal error: ") + e.what() + "\n"));
    }
  }

  void RefuseTooLarge() {
    Refuse(413, "the request's body is larger than " + std::to_string(options_.max_body_bytes) +
                    " bytes; send smaller batches");
  }

  void RefuseForNow() {
    shared_->counters.refused_bodies.Add();
    request_.body = std::string();
    chunked_.reset();
    close_ = true;
    linger_ = true;
    HttpResponse response = shared_->render_error(
        request_, 503, "too many large requests are on their way; send again in a second");
    response.headers.emplace_back("Retry-After", "1");
    Answer(std::move(response));
  }

  // Answers instead of the handler. What the sender still sends is not a request any more.
  void Refuse(int status, std::string sentence) {
    shared_->counters.bad_requests.Add();
    close_ = true;
    linger_ = true;
    Answer(shared_->render_error(request_, status, std::move(sentence)));
  }

  // The head, when there is one, and a body or a piece of it.
  void StartWriting(std::string body) {
    body_ = std::move(body);
    written_ = 0;
    phase_start_ = Clock::now();
    if (pipe_ != nullptr && !attached_) {
      attached_ = true;
      pipe_->Attach([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self == nullptr) return;
        asio::post(self->socket_.get_executor(), [self] {
          if (self->waits_for_piece_) self->TakePiece();
        });
      });
    }
    WriteSome();
  }

  void TakePiece() {
    waits_for_piece_ = false;
    std::string piece;
    switch (pipe_->Take(piece)) {
      case HttpBodyPipe::State::kWaiting:
        waits_for_piece_ = true;
        return NoDeadline();
      case HttpBodyPipe::State::kPiece:
        if (!answer_share_.Take(piece.size())) {
          shared_->counters.refused_answers.Add();
          return Close();
        }
        return StartWriting(EncodeChunk(piece));
      case HttpBodyPipe::State::kFinished:
        pipe_.reset();
        return StartWriting(EncodeChunk(""));
      case HttpBodyPipe::State::kAborted:
        return Close();
    }
  }

  void WriteSome() {
    SetDeadline(options_.write_timeout, written_);
    const size_t in_head = std::min(written_, head_.size());
    const size_t in_body = written_ - in_head;
    const std::array<asio::const_buffer, 2> rest = {
        asio::buffer(head_.data() + in_head, head_.size() - in_head),
        asio::buffer(body_.data() + in_body, std::min(body_.size() - in_body, kWriteStep))};
    socket_.async_write_some(rest, [self = shared_from_this()](ErrorCode ec, size_t bytes) {
      if (ec) return self->Close();
      self->written_ += bytes;
      if (self->written_ < self->head_.size() + self->body_.size()) return self->WriteSome();
      self->FinishWriting();
    });
  }

  void FinishWriting() {
    head_.clear();
    body_ = std::string();
    if (pipe_ == nullptr) return FinishResponse();
    pipe_->Sent();
    answer_share_.GiveBack();
    TakePiece();
  }

  void FinishResponse() {
    client_left_.reset();
    attached_ = false;
    body_share_.GiveBack();
    answer_share_.GiveBack();
    if (linger_) {
      ErrorCode ec;
      socket_.shutdown(tcp::socket::shutdown_send, ec);
      SetDeadline(Clock::now() + kLingerTime);
      buffer_.clear();
      return Linger(0);
    }
    if (close_) return Close();
    WaitForRequest();
  }

  void Linger(size_t discarded) {
    socket_.async_read_some(buffer_.prepare(kReadBytes * 8),
                            [self = shared_from_this(), discarded](ErrorCode ec, size_t bytes) {
                              if (ec || discarded + bytes > kLingerBytes) return self->Close();
                              self->Linger(discarded + bytes);
                            });
  }

  const std::shared_ptr<HttpShared> shared_;
  const HttpServerOptions& options_;
  static constexpr Clock::rep kBusy = std::numeric_limits<Clock::rep>::max();
  std::atomic<Clock::rep> idle_since_{kBusy};
  std::atomic<Clock::rep> deadline_{Clock::time_point::max().time_since_epoch().count()};

  // Touched on the strand only, but for `close_`, `accepts_gzip_` and `is_head_`: they don't change
  // between the call of the handler and its answer, which reads them.
  tcp::socket socket_;
  std::string local_address_;
  boost::beast::flat_buffer buffer_;
  std::optional<HeadParser> parser_;
  std::optional<ChunkedParser> chunked_;
  HttpRequest request_;
  size_t body_bytes_ = 0;
  bool idle_ = false;
  bool close_ = false;
  bool linger_ = false;
  bool accepts_gzip_ = false;
  bool is_head_ = false;
  Clock::time_point phase_start_;
  std::string head_;
  std::string body_;  // Or the piece of it that is being sent.
  size_t written_ = 0;
  std::shared_ptr<HttpBodyPipe> pipe_;  // Until the last piece was taken.
  bool attached_ = false;
  bool waits_for_piece_ = false;
  std::shared_ptr<CancelSignal> client_left_;  // While there is a handler that could be told.
  bool watching_ = false;                      // A wait for the next bytes is under way.
  BudgetShare body_share_;                     // Of the request's body, until it was answered.
  // Taken by who answers, given back when the answer was written.
  BudgetShare answer_share_;
};

void Reply::Answer(HttpResponse response) {
  if (answered_.exchange(true)) return;
  connection_->Answer(std::move(response));
}

}  // namespace

HttpCounters::HttpCounters(Telemetry& telemetry, const std::string& server)
    : connections(telemetry.AddGauge("orrery_http_connections", "Open HTTP connections.",
                                     {{"server", server}})),
      refused_connections(telemetry.AddCounter(
          "orrery_http_refused_connections_total",
          "Connections closed at once because there were too many.", {{"server", server}})),
      evicted_connections(telemetry.AddCounter(
          "orrery_http_evicted_connections_total",
          "Connections closed while they waited for a request, to make room for others.",
          {{"server", server}})),
      requests(telemetry.AddCounter("orrery_http_requests_total", "HTTP requests begun.",
                                    {{"server", server}})),
      refused_hosts(telemetry.AddCounter(
          "orrery_http_refused_origins_total",
          "Requests answered 403 for a foreign Host or a write from a foreign origin.",
          {{"server", server}})),
      bad_requests(telemetry.AddCounter(
          "orrery_http_refused_requests_total",
          "Requests refused before a handler saw them: too large, malformed, foreign.",
          {{"server", server}})),
      refused_bodies(telemetry.AddCounter(
          "orrery_http_refused_bodies_total",
          "Requests answered 503 because the bodies under way held as much memory as they may.",
          {{"server", server}})),
      refused_answers(telemetry.AddCounter("orrery_http_refused_answers_total",
                                           "Requests answered 503 because answers that nobody "
                                           "reads held as much memory as they may.",
                                           {{"server", server}})),
      timeouts(telemetry.AddCounter("orrery_http_timeouts_total",
                                    "Connections closed because the peer was idle or too slow.",
                                    {{"server", server}})),
      left(telemetry.AddCounter("orrery_http_clients_left_total",
                                "Requests whose client went away before it was answered; work on "
                                "them was told to stop.",
                                {{"server", server}})),
      exceptions(telemetry.AddCounter("orrery_http_server_exceptions_total",
                                      "Requests answered 500 because a handler threw; a bug.",
                                      {{"server", server}})),
      telemetry_(telemetry),
      server_(server) {}

void HttpCounters::CountError(int status) {
  MutexLock lock(mutex_);
  Counter*& counter = errors_[status];
  if (counter == nullptr) {
    counter = &telemetry_.AddCounter("orrery_http_error_responses_total",
                                     "Requests answered with a status of 400 or more, by status.",
                                     {{"server", server_}, {"code", std::to_string(status)}});
  }
  counter->Add();
}

HttpShared::HttpShared(HttpServerOptions server_options, Telemetry& telemetry,
                       HttpHandler request_handler, HttpErrorRenderer error_renderer,
                       Http2Takeover http2_takeover)
    : options(std::move(server_options)),
      handler(std::move(request_handler)),
      render_error(std::move(error_renderer)),
      http2(std::move(http2_takeover)),
      guard(options.allowed_hosts),
      counters(telemetry, options.name) {}

void ServeHttpConnection(std::shared_ptr<HttpShared> shared, asio::io_context& context, int fd) {
  auto connection = std::make_shared<Connection>(shared, context);
  {
    MutexLock lock(shared->mutex);
    shared->connections.emplace(connection.get(), connection);
  }
  connection->Start(fd);
}

}  // namespace orrery::net
