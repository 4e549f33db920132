// SPDX-License-Identifier: Apache-2.0
// Append and Flush over traces of an LLM application: 13 spans in four services, a prompt each.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "fs/memory_file_system.h"
#include "model/span_batch.h"
#include "traces/trace_store.h"
#include "wire/otlp_traces_decode.h"
#include "wire/otlp_traces_encode.h"

namespace orrery::traces {
namespace {

using model::SpanBatch;
using model::Value;

constexpr uint32_t kTracesPerRequest = 40;
constexpr uint32_t kSpansPerTrace = 13;
constexpr uint64_t kSpansPerRequest = uint64_t{kTracesPerRequest} * kSpansPerTrace;

class NoDecoder final : public contracts::SpanDecoder {
 public:
  Result<SpanBatch> Decode(std::shared_ptr<const std::string>) const override {
    return Internal("nothing to replay");
  }
};

// Text that lives as long as the requests that view into it.
class Words {
 public:
  std::string_view Prompt(std::mt19937_64& random) {
    auto text = std::make_unique<std::string>();
    while (text->size() < 120 + random() % 600) {
      *text += "word" + std::to_string(random() % 64) + " ";
    }
    texts_.push_back(std::move(text));
    return *texts_.back();
  }

 private:
  std::vector<std::unique_ptr<std::string>> texts_;
};

void AddTrace(SpanBatch& batch, Words& words, std::mt19937_64& random) {
  const uint64_t high = random();
  const uint64_t low = random();
  const std::string_view prompt = words.Prompt(random);
  uint64_t parent = 0;
  uint64_t start = 1'763'900'000'000'000'000 + random() % 3'600'000'000'000;
  for (uint32_t i = 0; i < kSpansPerTrace; ++i) {
    model::Span& span = batch.spans.emplace_back();
    std::memcpy(span.trace_id.bytes.data(), &high, 8);
    std::memcpy(span.trace_id.bytes.data() + 8, &low, 8);
    std::memcpy(span.parent_span_id.bytes.data(), &parent, 8);
    parent = random();
    std::memcpy(span.span_id.bytes.data(), &parent, 8);
    span.start = start += random() % 1'000'000;
    span.end = start + random() % 2'000'000'000;
    constexpr std::string_view kNames[] = {"GET", "call_llm", "GET /calculate", "chat gpt-4o"};
    span.name = kNames[i % 4];
    span.kind = static_cast<int32_t>(1 + i % 3);
    span.resource = i % 4;
    const auto begin = static_cast<uint32_t>(batch.attributes.size());
    if (i == 6) batch.attributes.push_back({"gen_ai.input.messages", Value::String(prompt)});
    if (i % 4 == 3) {
      batch.attributes.push_back({"gen_ai.request.model", Value::String("gpt-4o")});
      batch.attributes.push_back(
          {"gen_ai.usage.input_tokens", Value::Int(static_cast<int64_t>(random() % 900))});
    }
    batch.attributes.push_back({"http.request.method", Value::String("POST")});
    batch.attributes.push_back({"url.path", Value::String("/v1/chat/completions")});
    batch.attributes.push_back({"http.response.status_code", Value::Int(200)});
    span.attributes = {begin, static_cast<uint32_t>(batch.attributes.size()) - begin};
  }
}

std::vector<contracts::SpanIngest> Requests(uint64_t count) {
  std::mt19937_64 random(1);
  std::vector<contracts::SpanIngest> requests;
  for (uint64_t i = 0; i < count; ++i) {
    SpanBatch batch;
    Words words;
    batch.scopes.emplace_back().name = "demo";
    for (const std::string_view service : {"client", "server-api", "mock-llm", "openai"}) {
      const auto begin = static_cast<uint32_t>(batch.attributes.size());
      batch.attributes.push_back({"service.name", Value::String(service)});
      batch.resources.emplace_back().attributes = {begin, 1};
    }
    for (uint32_t t = 0; t < kTracesPerRequest; ++t) AddTrace(batch, words, random);
    const auto otlp = std::make_shared<const std::string>(wire::EncodeOtlpTraces(batch));
    auto decoded = wire::DecodeOtlpTraces(otlp);
    if (!decoded.ok()) std::abort();
    requests.push_back({std::move(decoded->batch), otlp});
  }
  return requests;
}

void Report(benchmark::State& state, uint64_t spans) {
  state.counters["spans_per_cpu_second"] = benchmark::Counter(
      static_cast<double>(state.iterations() * spans), benchmark::Counter::kIsRate);
}

void BM_AppendToTable(benchmark::State& state) {
  const auto requests = Requests(15);
  for (auto _ : state) {
    SpanAppender appender;
    for (const contracts::SpanIngest& request : requests) {
      appender.Begin(request.spans);
      for (const model::Span& span : request.spans.spans) appender.Append(span);
    }
    benchmark::DoNotOptimize(appender.Take());
  }
  Report(state, 15 * kSpansPerRequest);
}
BENCHMARK(BM_AppendToTable)->Unit(benchmark::kMillisecond);

// Log, head and block of 250,000 spans; the processor time of all threads.
void BM_AppendAndFlush(benchmark::State& state) {
  const auto requests = Requests(480);
  const uint64_t spans = 480 * kSpansPerRequest;
  SystemClock clock;
  const Logger logger(clock, 2, LogFormat::kLogfmt, LogLevel::kError);
  const NoDecoder decoder;
  double bytes = 0;
  for (auto _ : state) {
    fs::MemoryFileSystem fs;
    Telemetry telemetry;
    const StoreDeps deps{fs, clock, logger, telemetry, decoder, {}};
    auto store = TraceStore::Open(deps, "data/traces", {});
    if (!store.ok()) std::abort();
    for (const contracts::SpanIngest& request : requests) {
      if (!(*store)->Append(std::span(&request, 1)).ok()) std::abort();
    }
    if (!(*store)->Flush().ok()) std::abort();
    bytes = static_cast<double>((*store)->Stats().disk_bytes) / static_cast<double>(spans);
  }
  Report(state, spans);
  state.counters["bytes_per_span"] = bytes;
}
BENCHMARK(BM_AppendAndFlush)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace orrery::traces
