// SPDX-License-Identifier: Apache-2.0
// The way in, without a store: sockets, decoding, queue, answer. CPU is the whole process's, so the
// client that sends is in it.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "model/span_batch_testing.h"
#include "net/http_server.h"
#include "net/raw_client_testing.h"
#include "receivers/otlp/otlp_http.h"
#include "wire/otlp_traces_encode.h"

namespace orrery::receivers {
namespace {

class ForgettingSink final : public contracts::TraceSink {
 public:
  Status Append(std::span<const contracts::SpanIngest> /*requests*/) override { return OkStatus(); }
};

void BM_HttpTraces(benchmark::State& state) {
  Telemetry telemetry;
  ForgettingSink sink;
  SystemClock clock;
  pipeline::IngestQueue queue({}, sink, telemetry);
  pipeline::MemoryLimiter memory({.limit_bytes = uint64_t{1} << 40, .soft_fraction = 0.8},
                                 {.resident_bytes = [] { return uint64_t{0}; }, .relieve = {}},
                                 clock, telemetry);
  const pipeline::AttributeEditor editor({}, 1024, nullptr);
  TraceIntake intake(queue, memory, editor, {}, telemetry);
  net::HttpRouter router("otlp", telemetry, nullptr, RenderOtlpError);
  RegisterOtlpHttp(router, intake, {});
  net::IoThreads io(2);
  auto server = net::HttpServer::Start(
      {}, io, telemetry,
      [&router](net::HttpRequest request, net::HttpResponder respond) {
        router.Handle(std::move(request), std::move(respond));
      },
      RenderOtlpError);
  net::RawClient client((*server)->port());
  model::RandomBatchOptions options;
  options.spans = 520;
  options.max_depth = 1;
  const std::string body = wire::EncodeOtlpTraces(model::RandomBatch(1, options));
  for (auto _ : state) {
    const auto answer = client.Post("/v1/traces", "Content-Type: application/x-protobuf\r\n", body);
    if (answer.status != 200) state.SkipWithError("refused");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 520);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * body.size()));
}
BENCHMARK(BM_HttpTraces)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace orrery::receivers
