// SPDX-License-Identifier: Apache-2.0
// OTLP over real sockets, from the bytes of a request to what the store gets and the sender hears.
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "compression/codec.h"
#include "compression/inflate.h"
#include "model/span_batch_testing.h"
#include "net/http_server.h"
#include "net/raw_client_testing.h"
#include "receivers/otlp/otlp_grpc.h"
#include "receivers/otlp/otlp_http.h"
#include "wire/otlp_traces_encode.h"
#include "wire/otlp_traces_json.h"

namespace orrery::receivers {
namespace {

using net::RawAnswer;
using net::RawClient;

constexpr char kProtobuf[] = "Content-Type: application/x-protobuf\r\n";
constexpr char kJson[] = "Content-Type: Application/JSON; charset=utf-8\r\n";

// Keeps batches, or refuses.
class KeepingSink final : public contracts::TraceSink {
 public:
  Status Append(std::span<const contracts::SpanIngest> requests) override {
    MutexLock lock(mutex_);
    if (!answer_.ok()) return answer_;
    for (const auto& request : requests) kept_.push_back(request);
    return OkStatus();
  }
  void Answer(Status status) {
    MutexLock lock(mutex_);
    answer_ = std::move(status);
  }
  std::vector<contracts::SpanIngest> kept() {
    MutexLock lock(mutex_);
    return kept_;
  }

 private:
  Mutex mutex_;
  Status answer_ ORRERY_GUARDED_BY(mutex_);
  std::vector<contracts::SpanIngest> kept_ ORRERY_GUARDED_BY(mutex_);
};

class OtlpTest : public testing::Test {
 protected:
  OtlpTest() {
    RegisterOtlpHttp(router_, intake_, {.max_request_bytes = 200'000});
    net::HttpServerOptions options;
    options.max_body_bytes = 200'000;
    auto server = net::HttpServer::Start(
        options, io_, telemetry_,
        [this](net::HttpRequest request, net::HttpResponder respond) {
          router_.Handle(std::move(request), std::move(respond));
        },
        RenderOtlpError);
    http_ = *std::move(server);
    client_ = std::make_unique<RawClient>(http_->port());
  }

  RawAnswer Post(std::string_view headers, std::string_view body) {
    return client_->Post("/v1/traces", headers, body);
  }
  net::GrpcAnswer Export(std::string message, const char* method =
                                                  "/opentelemetry.proto.collector.trace.v1."
                                                  "TraceService/Export") {
    std::promise<net::GrpcAnswer> answer;
    grpc_.at(method)(std::move(message),
                     [&](net::GrpcAnswer given) { answer.set_value(std::move(given)); });
    return answer.get_future().get();
  }
  bool Counted(const std::string& line) {
    return telemetry_.Render().find("\n" + line + "\n") != std::string::npos;
  }

  const std::string otlp_ = wire::EncodeOtlpTraces(model::RandomBatch(3));
  // In the order of the bytes.
  const model::SpanBatch batch_ =
      wire::DecodeOtlpTraces(std::make_shared<const std::string>(otlp_))->batch;
  // One good span, one without a trace id, one that starts at 0, one that ends before it starts.
  const std::string mixed_ = R"({"resourceSpans":[{"scopeSpans":[{"spans":[
      {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","startTimeUnixNano":"5","endTimeUnixNano":"9"},
      {"traceId":"01","spanId":"0102030405060709","startTimeUnixNano":"5"},
      {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"010203040506070a"},
      {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"010203040506070b","startTimeUnixNano":"5","endTimeUnixNano":"1"}
      ]}]}]})";

  Telemetry telemetry_;
  KeepingSink sink_;
  uint64_t resident_ = 0;
  ManualClock clock_{kNanosPerSecond};
  // Before the queue, whose thread may hold a responder until it has ended.
  net::IoThreads io_{1};
  pipeline::IngestQueue queue_{{}, sink_, telemetry_};
  pipeline::MemoryLimiter memory_{{.limit_bytes = 64 << 20, .soft_fraction = 0.8},
                                  {.resident_bytes = [this] { return resident_; }, .relieve = {}},
                                  clock_,
                                  telemetry_};
  pipeline::AttributeEditor editor_{{}, 1024, nullptr};
  TraceIntake intake_{
      queue_, memory_, editor_, {.attributes = 20, .value_bytes = 5'000}, telemetry_};
  net::HttpRouter router_{"otlp", telemetry_, nullptr, RenderOtlpError};
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<RawClient> client_;
  net::GrpcMethods grpc_ = OtlpGrpcMethods(intake_);
};

TEST_F(OtlpTest, ProtobufArrivesUnchangedInEveryCompression) {
  EXPECT_EQ(Post(kProtobuf, otlp_).status, 200);
  EXPECT_EQ(
      Post(std::string(kProtobuf) + "Content-Encoding: gzip\r\n", compression::Gzip(otlp_)).status,
      200);
  std::string zstd;
  ASSERT_TRUE(compression::FindCodec(compression::CodecId::kZstd)->Compress(otlp_, 3, zstd).ok());
  EXPECT_EQ(Post(std::string(kProtobuf) + "Content-Encoding: zstd\r\n", zstd).status, 200);
  EXPECT_EQ(Export(otlp_).code, 0);
  ASSERT_EQ(sink_.kept().size(), 4u);
  for (const auto& kept : sink_.kept()) {
    EXPECT_EQ(*kept.otlp, otlp_);
    EXPECT_TRUE(model::SameSpans(kept.spans, batch_));
  }
  EXPECT_TRUE(Counted("orrery_ingest_stored_spans_total{transport=\"http\"} 150"));
  EXPECT_TRUE(Counted("orrery_ingest_stored_spans_total{transport=\"grpc\"} 50"));
}

TEST_F(OtlpTest, JsonArrivesAsTheSameSpans) {
  const RawAnswer answer = Post(kJson, wire::EncodeOtlpTracesJson(batch_));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{}");
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  ASSERT_EQ(sink_.kept().size(), 1u);
  EXPECT_TRUE(model::SameSpans(sink_.kept()[0].spans, batch_));
}

TEST_F(OtlpTest, EmptyRequestsSucceed) {
  const RawAnswer protobuf = Post(kProtobuf, "");
  EXPECT_EQ(protobuf.status, 200);
  EXPECT_EQ(protobuf.body, "");
  EXPECT_EQ(protobuf.headers.at("content-type"), "application/x-protobuf");
  EXPECT_EQ(Post(kJson, "{}").body, "{}");
  EXPECT_EQ(Export("").code, 0);
  EXPECT_TRUE(sink_.kept().empty());
}

TEST_F(OtlpTest, BadSpansAreRefusedAloneAndTold) {
  const RawAnswer answer = Post(kJson, mixed_);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\"rejectedSpans\":\"2\""), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("2 of 4 spans refused: 1 with a trace_id"), std::string::npos)
      << answer.body;
  ASSERT_EQ(sink_.kept().size(), 1u);
  ASSERT_EQ(sink_.kept()[0].spans.spans.size(), 2u);
  EXPECT_EQ(sink_.kept()[0].spans.spans[1].duration_nanos(), 0u);
  EXPECT_TRUE(
      Counted("orrery_ingest_refused_spans_total{transport=\"http\",reason=\"zero_start\"} 1"));
  EXPECT_TRUE(
      Counted("orrery_ingest_refused_spans_total{transport=\"http\",reason=\"trace_id\"} 1"));
  EXPECT_TRUE(Counted("orrery_ingest_end_before_start_spans_total{transport=\"http\"} 1"));
  const auto grpc = Export(*sink_.kept()[0].otlp);
  EXPECT_EQ(grpc.code, 0);
  EXPECT_NE(grpc.message.find("2 of 4 spans refused"), std::string::npos);
}

TEST_F(OtlpTest, WhatLimitsTakeIsToldAndCounted) {
  std::string attributes;
  for (int i = 0; i < 23; ++i) {
    attributes += (i == 0 ? "" : ",") + (R"({"key":"k)" + std::to_string(i) + R"("})");
  }
  const std::string request =
      R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10",)"
      R"("spanId":"0102030405060708","startTimeUnixNano":"5","attributes":[)" +
      attributes + "]}]}]}]}";
  const RawAnswer answer = Post(kJson, request);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(
      answer.body,
      R"({"partialSuccess":{"errorMessage":"stored with less: 3 attributes left out, over the limit of 20"}})");
  ASSERT_EQ(sink_.kept().size(), 1u);
  EXPECT_EQ(sink_.kept()[0].spans.spans[0].attributes.count, 20u);
  EXPECT_EQ(sink_.kept()[0].spans.spans[0].dropped_attributes_count, 3u);
  EXPECT_TRUE(
      Counted("orrery_ingest_trimmed_total{transport=\"http\",reason=\"attribute_count\"} 3"));
}

TEST_F(OtlpTest, UndecodableRequestsAreBadForGood) {
  const RawAnswer protobuf = Post(kProtobuf, "\x0a\xff");
  EXPECT_EQ(protobuf.status, 400);
  EXPECT_EQ(protobuf.headers.at("content-type"), "application/x-protobuf");
  EXPECT_EQ(protobuf.headers.count("retry-after"), 0u);
  const RawAnswer json = Post(kJson, R"({"resourceSpans":[{"scopeSpans":7}]})");
  EXPECT_EQ(json.status, 400);
  EXPECT_NE(json.body.find("resourceSpans[0].scopeSpans"), std::string::npos) << json.body;
  EXPECT_EQ(Post(std::string(kProtobuf) + "Content-Encoding: gzip\r\n", "no gzip").status, 400);
  EXPECT_EQ(Export("\x0a\xff").code, 3);
  EXPECT_TRUE(
      Counted("orrery_ingest_refused_requests_total{transport=\"http\",reason=\"invalid\"} 3"));
}

TEST_F(OtlpTest, UnknownTypesAre415InTheFormOfAStatus) {
  const RawAnswer answer = Post("Content-Type: text/plain\r\n", "x");
  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(
      answer.body,
      R"({"code":3,"message":"content-type is \"text/plain\"; send application/x-protobuf or application/json"})");
  EXPECT_EQ(Post(std::string(kProtobuf) + "Content-Encoding: br\r\n", "x").status, 415);
}

TEST_F(OtlpTest, TooLargeIs413BeforeAndAfterInflating) {
  const std::string large(300'000, '\0');
  const RawAnswer inflated =
      Post(std::string(kProtobuf) + "Content-Encoding: gzip\r\n", compression::Gzip(large));
  EXPECT_EQ(inflated.status, 413);
  EXPECT_EQ(inflated.headers.count("retry-after"), 0u);
  const RawAnswer plain = Post(kProtobuf, large);
  EXPECT_EQ(plain.status, 413);
  EXPECT_EQ(plain.headers.at("content-type"), "application/x-protobuf");
  EXPECT_NE(plain.body.find("larger than 200000 bytes"), std::string::npos);
}

TEST_F(OtlpTest, WrongMethodsAndPathsAreAnsweredInTheRequestsEncoding) {
  const RawAnswer method = client_->Get("/v1/traces");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.at("allow"), "POST");
  const RawAnswer path = client_->Post("/v1/trace", kProtobuf, otlp_);
  EXPECT_EQ(path.status, 404);
  EXPECT_EQ(path.headers.at("content-type"), "application/x-protobuf");
}

TEST_F(OtlpTest, OtherSignalsAreRefusedWithOneSentenceAndCounted) {
  const RawAnswer logs = client_->Post("/v1/logs", kJson, "{}");
  EXPECT_EQ(logs.status, 404);
  EXPECT_NE(logs.body.find("orrery stores traces, metrics and profiles, no logs"),
            std::string::npos);
  EXPECT_EQ(client_->Post("/v1/metrics", kProtobuf, "").status, 404);
  EXPECT_EQ(client_->Post("/v1development/profiles", kProtobuf, "").status, 404);
  EXPECT_EQ(Export("", "/opentelemetry.proto.collector.logs.v1.LogsService/Export").code, 12);
  EXPECT_TRUE(
      Counted("orrery_ingest_refused_requests_total{transport=\"http\",reason=\"logs\"} 1"));
  EXPECT_TRUE(
      Counted("orrery_ingest_refused_requests_total{transport=\"grpc\",reason=\"logs\"} 1"));
  EXPECT_TRUE(
      Counted("orrery_ingest_refused_requests_total{transport=\"http\",reason=\"metrics\"} 1"));
}

TEST_F(OtlpTest, WithoutMemorySendersAreToldToWait) {
  resident_ = 60 << 20;
  const RawAnswer answer = Post(kJson, mixed_);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  EXPECT_NE(answer.body.find("google.rpc.RetryInfo"), std::string::npos) << answer.body;
  const auto grpc = Export(otlp_);
  EXPECT_EQ(grpc.code, 8);
  EXPECT_NE(grpc.details.find("google.rpc.RetryInfo"), std::string::npos);
  EXPECT_TRUE(Counted(
      "orrery_ingest_refused_requests_total{transport=\"grpc\",reason=\"memory_limit\"} 1"));
  clock_.Advance(kNanosPerSecond);
  resident_ = 0;
  EXPECT_EQ(Post(kProtobuf, otlp_).status, 200);
}

TEST_F(OtlpTest, WhatTheStoreSaysDecidesWhetherToRetry) {
  sink_.Answer(Unavailable("disk is full"));
  const RawAnswer full = Post(kJson, mixed_);
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(full.headers.at("retry-after"), "5");
  EXPECT_EQ(Export(otlp_).code, 14);
  sink_.Answer(ResourceExhausted("the head is full"));
  EXPECT_EQ(Post(kProtobuf, otlp_).status, 429);
  sink_.Answer(Internal("bug"));
  EXPECT_EQ(Post(kProtobuf, otlp_).status, 500);
  const auto grpc = Export(otlp_);
  EXPECT_EQ(grpc.code, 13);
  EXPECT_EQ(grpc.details, "");
  EXPECT_TRUE(
      Counted("orrery_ingest_refused_spans_total{transport=\"grpc\",reason=\"internal\"} 50"));
}

}  // namespace
}  // namespace orrery::receivers
