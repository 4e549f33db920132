// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include <future>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "compression/inflate.h"
#include "net/raw_client_testing.h"

namespace orrery::net {
namespace {

using std::chrono::milliseconds;

// Serves /echo (the body), /big (much text), /late (answers when the gate opens), /drop (never),
// /pipe (what the test writes into pipe_).
class HttpServerTest : public testing::Test {
 protected:
  void Serve(HttpServerOptions options = {}) {
    auto server = HttpServer::Start(
        std::move(options), io_, telemetry_,
        [this](HttpRequest request, HttpResponder respond) {
          Handle(std::move(request), std::move(respond));
        },
        RenderErrorAsText, http2_);
    ASSERT_TRUE(server.ok()) << server.status().ToString();
    server_ = *std::move(server);
  }

  void Handle(HttpRequest request, HttpResponder respond) {
    if (request.path == "/big") return respond(HttpResponse::Text(200, big_));
    if (request.path == "/drop") return;
    if (request.path == "/pipe") {
      signal_ = request.client_left;
      respond(HttpResponse::Stream(200, "text/plain", pipe_));
      entered_.set_value();
      return;
    }
    if (request.path == "/throw") throw std::runtime_error("oops");
    if (request.path == "/late") {
      late_ = std::thread([this, respond] {
        gate_.get_future().wait();
        respond(HttpResponse::Text(200, "late"));
      });
      entered_.set_value();
      return;
    }
    respond(HttpResponse::Text(200, request.method + " " + request.path + " " + request.body));
  }

  void TearDown() override {
    if (late_.joinable()) late_.join();
    server_.reset();
  }

  uint64_t Counted(const std::string& name) {
    const std::string text = telemetry_.Render();
    const size_t at = text.find("\n" + name + "{");
    return at == std::string::npos ? 0 : std::stoull(text.substr(text.find("} ", at) + 2));
  }

  const std::string big_ = std::string(4 << 20, 'x');
  const std::shared_ptr<HttpBodyPipe> pipe_ = std::make_shared<HttpBodyPipe>();
  std::shared_ptr<CancelSignal> signal_;  // Of the request for /pipe.
  Http2Takeover http2_;
  std::promise<void> gate_;
  std::promise<void> entered_;
  std::thread late_;
  Telemetry telemetry_;
  IoThreads io_{2};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, KeepsTheConnectionForFurtherRequests) {
  Serve();
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    const RawAnswer answer = client.Post("/echo", "", std::to_string(i));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST /echo " + std::to_string(i));
  }
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  Serve();
  RawClient client(server_->port());
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += "POST /" + std::to_string(i) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc";
  }
  client.Send(all);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.Read().body, "POST /" + std::to_string(i) + " abc");
  }
}

TEST_F(HttpServerTest, BodiesArriveWholeHoweverTheyAreCutUp) {
  Serve();
  RawClient client(server_->port());
  const std::string body(3'000'000, 'b');
  EXPECT_EQ(client.Post("/echo", "", body).body, "POST /echo " + body);
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  client.Send("lo\r\n6;name=value\r\n world\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_EQ(client.Read().body, "POST /echo hello world");
  for (const char c : std::string("GET /slow%20path?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
    client.Send(std::string_view(&c, 1));
  }
  EXPECT_EQ(client.Read().body, "GET /slow path ");
}

TEST_F(HttpServerTest, TooLargeBodiesGet413EvenWhileTheSenderKeepsSending) {
  HttpServerOptions options;
  options.max_body_bytes = 1000;
  Serve(options);
  RawClient declared(server_->port());
  const RawAnswer answer = declared.Post("/echo", "", std::string(5'000'000, 'b'));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body, "the request's body is larger than 1000 bytes; send smaller batches\n");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  RawClient chunked(server_->port());
  chunked.Send("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
               std::string(2000, 'c') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.Read().status, 413);
  RawClient exact(server_->port());
  EXPECT_EQ(exact.Post("/echo", "", std::string(1000, 'b')).status, 200);
}

TEST_F(HttpServerTest, TooLargeHeadsGet431) {
  HttpServerOptions options;
  options.max_header_bytes = 2000;
  Serve(options);
  RawClient client(server_->port());
  EXPECT_EQ(client.Get("/", "X-Long: " + std::string(3000, 'x') + "\r\n").status, 431);
}

TEST_F(HttpServerTest, AQueryOf128KiBFitsThoughEachByteIsEscaped) {
  Serve();
  std::string target = "/echo?q=";
  for (int i = 0; i < 128 << 10; ++i) target += "%7B";
  RawClient client(server_->port());
  EXPECT_NE(client.Get(target).status, 431);
}

TEST_F(HttpServerTest, WhatIsNoHttpGets400) {
  Serve();
  RawClient client(server_->port());
  client.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_EQ(client.Read().status, 400);
  RawClient no_host(server_->port());
  no_host.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(no_host.Read().status, 400);
  RawClient smuggler(server_->port());
  smuggler.Send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"
      "\r\n0\r\n\r\n");
  EXPECT_EQ(smuggler.Read().status, 400);
}

TEST_F(HttpServerTest, ForeignHostsAndForeignPagesGet403) {
  Serve();
  RawClient rebound(server_->port());
  rebound.Send("GET / HTTP/1.1\r\nHost: evil.example:4318\r\n\r\n");
  EXPECT_EQ(rebound.Read().status, 403);
  RawClient page(server_->port());
  EXPECT_EQ(page.Post("/", "Origin: http://evil.example\r\n", "x").status, 403);
  EXPECT_EQ(Counted("orrery_http_refused_origins_total"), 2u);
}

TEST_F(HttpServerTest, ExpectationsAreMetBeforeTheBody) {
  Serve();
  RawClient client(server_->port());
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100);
  client.Send("ok");
  EXPECT_EQ(client.Read().body, "POST /echo ok");
}

TEST_F(HttpServerTest, HeadHasTheLengthButNoBody) {
  Serve();
  RawClient client(server_->port());
  client.Send("HEAD /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const RawAnswer answer = client.Read(false);
  EXPECT_EQ(answer.headers.at("content-length"), "8");
  EXPECT_EQ(client.Get("/next").body, "GET /next ");
}

TEST_F(HttpServerTest, LargeAnswersAreCompressedForThoseWhoAccept) {
  Serve();
  RawClient client(server_->port());
  const RawAnswer packed = client.Get("/big", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), big_.size() / 10);
  const auto plain =
      compression::Inflate(compression::ContentEncoding::kGzip, packed.body, big_.size());
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(*plain, big_);
  EXPECT_EQ(client.Get("/small", "Accept-Encoding: gzip\r\n").headers.count("content-encoding"),
            0u);
}

TEST_F(HttpServerTest, SlowSendersAreCutOff) {
  HttpServerOptions options;
  options.header_timeout = milliseconds(50);
  options.read_timeout = milliseconds(50);
  options.idle_timeout = milliseconds(60);
  Serve(options);
  RawClient slow_head(server_->port());
  slow_head.Send("GET / HTTP/1.1\r\nHo");
  RawClient slow_body(server_->port());
  slow_body.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
  RawClient silent(server_->port());
  EXPECT_TRUE(slow_head.WaitForClose());
  EXPECT_TRUE(slow_body.WaitForClose());
  EXPECT_TRUE(silent.WaitForClose());
  EXPECT_EQ(Counted("orrery_http_timeouts_total"), 3u);
}

TEST_F(HttpServerTest, SlowReadersAreCutOff) {
  HttpServerOptions options;
  options.write_timeout = milliseconds(50);
  options.min_bytes_per_second = size_t{1} << 40;
  Serve(options);
  RawClient client(server_->port());
  for (int i = 0; i < 8; ++i) client.Send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
  while (Counted("orrery_http_timeouts_total") == 0) std::this_thread::yield();
  EXPECT_TRUE(server_->Drain(milliseconds(5000)));
}

TEST_F(HttpServerTest, TooManyConnectionsAreTurnedAway) {
  HttpServerOptions options;
  options.max_connections = 1;
  Serve(options);
  RawClient first(server_->port());
  ASSERT_EQ(first.Get("/").status, 200);
  RawClient second(server_->port());
  EXPECT_EQ(second.Read().status, 503);
  EXPECT_EQ(Counted("orrery_http_refused_connections_total"), 1u);
}

TEST_F(HttpServerTest, AnIdleConnectionMakesRoomForANewOne) {
  HttpServerOptions options;
  options.max_connections = 2;
  options.least_idle = milliseconds(0);
  Serve(options);
  RawClient oldest(server_->port());
  ASSERT_EQ(oldest.Get("/").status, 200);
  RawClient newer(server_->port());
  ASSERT_EQ(newer.Get("/").status, 200);
  RawClient late(server_->port());
  EXPECT_EQ(late.Get("/").status, 200);
  EXPECT_TRUE(oldest.WaitForClose());
  EXPECT_EQ(newer.Get("/").status, 200);
  EXPECT_EQ(Counted("orrery_http_evicted_connections_total"), 1u);
}

TEST_F(HttpServerTest, BodiesTogetherHoldNoMoreThanTheirBudget) {
  HttpServerOptions options;
  options.body_budget = std::make_shared<ByteBudget>(120'000);
  Serve(options);
  const std::string start =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n";
  RawClient slow(server_->port());
  slow.Send(start + std::string(40'000, 'x'));
  while (options.body_budget->used() < 60'000) std::this_thread::yield();
  RawClient second(server_->port());
  const RawAnswer refused = second.Post("/echo", "", std::string(60'000, 'y'));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  EXPECT_EQ(Counted("orrery_http_refused_bodies_total"), 1u);
  EXPECT_EQ(RawClient(server_->port()).Post("/echo", "", "small").status, 200);
  slow.Send(std::string(20'000, 'x'));
  EXPECT_EQ(slow.Read().status, 200);
  EXPECT_EQ(slow.Post("/echo", "", std::string(60'000, 'z')).status, 200);
  while (options.body_budget->used() > 0) std::this_thread::yield();
}

TEST_F(HttpServerTest, ChunkedBodiesCountInTheBudget) {
  HttpServerOptions options;
  options.body_budget = std::make_shared<ByteBudget>(100'000);
  Serve(options);
  RawClient client(server_->port());
  client.Send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 30; ++i) client.Send("1388\r\n" + std::string(0x1388, 'x') + "\r\n");
  client.Send("0\r\n\r\n");
  EXPECT_EQ(client.Read().status, 503);
}

TEST_F(HttpServerTest, AnswersThatNobodyReadsHoldNoMoreThanTheirBudget) {
  HttpServerOptions options;
  options.answer_budget = std::make_shared<ByteBudget>(5 << 20);
  Serve(options);
  RawClient slow(server_->port());
  // More than the sockets between hold, so that the answer is still being written.
  for (int i = 0; i < 8; ++i) slow.Send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
  while (options.answer_budget->used() == 0) std::this_thread::yield();
  RawClient second(server_->port());
  RawAnswer answer;
  do {
    answer = second.Get("/big");
  } while (answer.status == 200);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  EXPECT_EQ(second.Get("/small").status, 200);
  EXPECT_GE(Counted("orrery_http_refused_answers_total"), 1u);
  EXPECT_GE(Counted("orrery_http_error_responses_total"), 1u);
}

TEST_F(HttpServerTest, ALongRestIsTheEndWhateverWasSentBefore) {
  HttpServerOptions options;
  options.stall_timeout = milliseconds(60);
  options.min_bytes_per_second = 1;
  Serve(options);
  RawClient client(server_->port());
  client.Send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n" +
              std::string(50'000, 'x'));
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(Counted("orrery_http_timeouts_total"), 1u);
}

TEST_F(HttpServerTest, ADroppedOrThrowingRequestIsAnsweredWith500) {
  Serve();
  RawClient client(server_->port());
  EXPECT_EQ(client.Get("/drop").status, 500);
  EXPECT_EQ(client.Get("/throw").status, 500);
  EXPECT_EQ(client.Get("/fine").status, 200);
}

TEST_F(HttpServerTest, ATakenPortIsNamed) {
  Serve();
  HttpServerOptions options;
  options.port = server_->port();
  options.setting = "--tempo.address";
  const auto second = HttpServer::Start(options, io_, telemetry_, nullptr);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().ToString(),
            "unavailable: address 127.0.0.1:" + std::to_string(server_->port()) +
                " is taken by another process; stop it or set --tempo.address to another one");
}

TEST_F(HttpServerTest, DrainFinishesRunningRequestsAndClosesIdleConnections) {
  Serve();
  RawClient idle(server_->port());
  ASSERT_EQ(idle.Get("/").status, 200);
  RawClient running(server_->port());
  running.Send("GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n");
  entered_.get_future().wait();
  auto drained =
      std::async(std::launch::async, [&] { return server_->Drain(milliseconds(20'000)); });
  EXPECT_TRUE(idle.WaitForClose());
  gate_.set_value();
  const RawAnswer answer = running.Read();
  EXPECT_EQ(answer.body, "late");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  EXPECT_TRUE(drained.get());
  EXPECT_FALSE(RawClient(server_->port()).connected());
}

TEST_F(HttpServerTest, DrainCutsOffWhatOutlastsItsPatience) {
  Serve();
  RawClient running(server_->port());
  running.Send("GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n");
  entered_.get_future().wait();
  EXPECT_FALSE(server_->Drain(milliseconds(20)));
  EXPECT_TRUE(running.WaitForClose());
  gate_.set_value();
}

TEST_F(HttpServerTest, ABodyThroughAPipeIsSentAsItIsWritten) {
  Serve();
  RawClient client(server_->port());
  pipe_->Write("one ");
  client.Send("GET /pipe HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
  RawAnswer answer = client.Read(false);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers["transfer-encoding"], "chunked");
  std::string body;
  ASSERT_TRUE(client.ReadChunk(body));
  EXPECT_EQ(body, "one ");
  pipe_->Write("two ");
  ASSERT_TRUE(client.ReadChunk(body));
  pipe_->Write("three");
  pipe_->Finish();
  while (client.ReadChunk(body)) {
  }
  EXPECT_EQ(body, "one two three");
  EXPECT_EQ(client.Get("/echo").body, "GET /echo ");
}

TEST_F(HttpServerTest, AnAbortedPipeCutsTheConnectionOff) {
  Serve();
  RawClient client(server_->port());
  pipe_->Write("half");
  client.Send("GET /pipe HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.Read(false);
  std::string body;
  ASSERT_TRUE(client.ReadChunk(body));
  pipe_->Abort();
  EXPECT_FALSE(client.ReadChunk(body));
  EXPECT_EQ(body, "half(cut off)");
}

TEST_F(HttpServerTest, AClientThatLeavesIsTold) {
  Serve();
  auto client = std::make_unique<RawClient>(server_->port());
  client->Send("GET /pipe HTTP/1.1\r\nHost: localhost\r\n\r\n");
  entered_.get_future().wait();
  std::promise<void> left;
  const auto watch = CancelSignal::OnFire(signal_, [&] { left.set_value(); });
  EXPECT_FALSE(signal_->fired());
  client.reset();
  left.get_future().wait();
  EXPECT_EQ(Counted("orrery_http_clients_left_total"), 1U);
  pipe_->Write("for nobody");  // Does nothing.
}

TEST_F(HttpServerTest, ASlowReaderLeavesThePipeBusyAndIsCutOff) {
  HttpServerOptions options;
  options.stall_timeout = milliseconds(200);
  options.write_timeout = milliseconds(200);
  Serve(options);
  RawClient client(server_->port());
  client.Send("GET /pipe HTTP/1.1\r\nHost: localhost\r\n\r\n");
  entered_.get_future().wait();
  EXPECT_TRUE(pipe_->idle());
  pipe_->Write(std::string(64 << 20, 'x'));
  EXPECT_FALSE(pipe_->idle());
  while (!pipe_->left()) std::this_thread::yield();
  EXPECT_EQ(Counted("orrery_http_timeouts_total"), 1U);
}

TEST_F(HttpServerTest, ConnectionsThatSpeakHttp2AreHandedOver) {
  std::promise<int> handed_over;
  http2_ = [&](int fd) { handed_over.set_value(fd); };
  Serve();
  RawClient http1(server_->port());
  for (const char c : std::string("P")) http1.Send(std::string_view(&c, 1));
  EXPECT_EQ(http1.Send("OST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx"),
            true);
  EXPECT_EQ(http1.Read().body, "POST /echo x");
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  RawClient http2(server_->port());
  http2.Send(preface.substr(0, 2));
  http2.Send(preface.substr(2));
  const int fd = handed_over.get_future().get();
  std::string read(preface.size(), ' ');
  for (size_t done = 0; done < read.size();) {
    const ssize_t n = ::recv(fd, read.data() + done, read.size() - done, 0);
    if (n > 0) done += static_cast<size_t>(n);
  }
  EXPECT_EQ(read, preface);
  ::close(fd);
}

TEST_F(HttpServerTest, AFirstByteThatIsNotFollowedIsCutOff) {
  HttpServerOptions options;
  options.header_timeout = milliseconds(100);
  http2_ = [](int fd) { ::close(fd); };
  Serve(options);
  RawClient client(server_->port());
  client.Send("P");
  EXPECT_TRUE(client.WaitForClose());
}

}  // namespace
}  // namespace orrery::net
