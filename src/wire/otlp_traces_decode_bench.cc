// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "model/span_batch.h"
#include "wire/otlp_traces_decode.h"
#include "wire/otlp_traces_encode.h"
#include "wire/otlp_traces_json.h"

namespace orrery::wire {
namespace {

// 520 spans as the measured LLM traffic has them: four services, about ten attributes and 236 bytes
// a span on the wire.
std::string Request() {
  using model::Value;
  model::SpanBatch batch;
  const auto list = [&](std::initializer_list<model::Attribute> attributes) {
    const auto begin = static_cast<uint32_t>(batch.attributes.size());
    batch.attributes.insert(batch.attributes.end(), attributes);
    return model::IndexRange{begin, static_cast<uint32_t>(attributes.size())};
  };
  constexpr std::string_view kServices[] = {"client", "server-api", "mock-llm", "openai"};
  for (const std::string_view service : kServices) {
    batch.resources.emplace_back().attributes =
        list({{"service.name", Value::String(service)}, {"host.name", Value::String("machine")}});
  }
  batch.scopes.emplace_back().name = "demo";
  for (uint32_t i = 0; i < 520; ++i) {
    model::Span& span = batch.spans.emplace_back();
    span.trace_id.bytes[15] = static_cast<uint8_t>(i / 13 + 1);
    span.span_id.bytes[7] = static_cast<uint8_t>(i % 13 + 1);
    span.parent_span_id.bytes[7] = static_cast<uint8_t>(i % 13);
    span.start = 1'763'900'000'000'000'000 + i;
    span.end = span.start + 1'000'000;
    span.name = "POST /v1/chat";
    span.kind = model::kServer;
    span.resource = i / 130;
    span.attributes = list({{"http.method", Value::String("POST")},
                            {"http.route", Value::String("/calculate")},
                            {"http.status", Value::Int(200)},
                            {"user.id", Value::String("user-77")},
                            {"retry", Value::Bool(false)},
                            {"cost", Value::Double(0.25)},
                            {"model", Value::String("gpt-4o")},
                            {"tokens", Value::Int(812)}});
  }
  return EncodeOtlpTraces(batch);
}

void ReportSpans(benchmark::State& state, const std::string& request) {
  state.counters["bytes_per_span"] = static_cast<double>(request.size()) / 520;
  state.counters["spans_per_second"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * 520, benchmark::Counter::kIsRate);
}

void BM_DecodeOtlpTraces(benchmark::State& state) {
  const auto request = std::make_shared<const std::string>(Request());
  for (auto _ : state) benchmark::DoNotOptimize(DecodeOtlpTraces(request));
  ReportSpans(state, *request);
}
BENCHMARK(BM_DecodeOtlpTraces);

void BM_EncodeOtlpTraces(benchmark::State& state) {
  const auto request = std::make_shared<const std::string>(Request());
  const auto decoded = DecodeOtlpTraces(request);
  for (auto _ : state) benchmark::DoNotOptimize(EncodeOtlpTraces(decoded->batch));
  ReportSpans(state, *request);
}
BENCHMARK(BM_EncodeOtlpTraces);

void BM_TranscodeOtlpTracesJson(benchmark::State& state) {
  const auto request = std::make_shared<const std::string>(Request());
  const std::string json = EncodeOtlpTracesJson(DecodeOtlpTraces(request)->batch);
  for (auto _ : state) benchmark::DoNotOptimize(TranscodeOtlpTracesJson(json));
  ReportSpans(state, json);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * json.size()));
}
BENCHMARK(BM_TranscodeOtlpTracesJson);

}  // namespace
}  // namespace orrery::wire
