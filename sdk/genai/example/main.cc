// SPDX-License-Identifier: Apache-2.0
// orrery-genai-example: an agent answers a question with the help of a model and a tool. The model
// is a table in this file, so that the program runs without a key and without a network; the spans
// are what a real one would send, to OTEL_EXPORTER_OTLP_ENDPOINT (default http://localhost:4317).
//
//   OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=span_only orrery-genai-example
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_factory.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/simple_processor_factory.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/tracer.h>

#include "sdk/genai/genai.h"

namespace example {

namespace genai = orrery::genai;
namespace sdk = opentelemetry::sdk;

constexpr char kModel[] = "gpt-4o-mini";

std::shared_ptr<sdk::trace::TracerProvider> SetUpTelemetry() {
  auto exporter = opentelemetry::exporter::otlp::OtlpGrpcExporterFactory::Create();
  auto processor = sdk::trace::SimpleSpanProcessorFactory::Create(std::move(exporter));
  std::shared_ptr<sdk::trace::TracerProvider> provider = sdk::trace::TracerProviderFactory::Create(
      std::move(processor), sdk::resource::Resource::Create({{"service.name", "genai-example"}}));
  opentelemetry::trace::Provider::SetTracerProvider(
      std::shared_ptr<opentelemetry::trace::TracerProvider>(provider));
  return provider;
}

// A weather station; the tool.
std::string ReadThermometer(const std::string& city) {
  genai::ToolCall call({.name = "read_thermometer",
                        .description = "Reads the temperature in a city",
                        .call_id = "call_1",
                        .arguments = R"({"city":")" + city + R"("})"});
  std::string result = R"({"celsius":21.5})";
  call.SetResult(result);
  return result;
}

// The model decides to use the tool.
genai::Message Plan(const std::string& question) {
  genai::InferenceCall call(
      {.provider = "openai", .model = kModel, .max_tokens = 64, .temperature = 0.2});
  call.SetSystemInstructions({genai::Text("Answer with the help of your instruments.")});
  call.SetInput({genai::Say("user", question)});
  call.SetToolDefinitions(R"([{"type":"function","name":"read_thermometer"}])");

  genai::Message answer = {
      .role = "assistant",
      .parts = {genai::ToolCallPart("call_1", "read_thermometer", R"({"city":"Lund"})")}};
  call.SetResponse({.id = "chatcmpl-1",
                    .model = "gpt-4o-mini-2024-07-18",
                    .finish_reasons = {"tool_calls"},
                    .usage = {.input_tokens = 48, .output_tokens = 17}});
  return answer;
}

// The model answers, piece by piece, from a context that is partly cached.
std::string Answer(const std::string& question, const genai::Message& plan,
                   const std::string& reading) {
  genai::InferenceCall call({.provider = "openai", .model = kModel, .stream = true});
  const genai::Message tool = {.role = "tool",
                               .parts = {genai::ToolCallResponse("call_1", reading)}};
  call.SetInput({genai::Say("user", question), plan, tool});

  std::string text;
  for (const char* chunk : {"It is ", "21.5 degrees ", "in Lund."}) {
    call.ReceivedChunk();
    text += chunk;
  }
  const genai::Message message = {
      .role = "assistant",
      .parts = {genai::Reasoning("The thermometer has spoken."), genai::Text(text)}};
  call.SetResponse({.id = "chatcmpl-2",
                    .model = "gpt-4o-mini-2024-07-18",
                    .finish_reasons = {"stop"},
                    .usage = {.input_tokens = 81,
                              .output_tokens = 26,
                              .cache_read_input_tokens = 48,
                              .reasoning_output_tokens = 12},
                    .output = {message}});
  return text;
}

// The answer is kept for later; this service is having a bad day.
void Remember() {
  genai::EmbeddingsCall call(
      {.provider = "openai", .model = "text-embedding-3-small", .dimensions = 256});
  call.Fail({.type = "429", .message = "rate limit reached, try again in 20 s"});
}

void Run() {
  genai::AgentCall agent({.name = "weather", .id = "agent-7", .provider = "openai"});
  const std::string question = "How warm is it in Lund?";
  const genai::Message plan = Plan(question);
  const std::string reading = ReadThermometer("Lund");
  const std::string answer = Answer(question, plan, reading);
  Remember();

  char trace_id[33] = {};
  opentelemetry::trace::Tracer::GetCurrentSpan()->GetContext().trace_id().ToLowerBase16(
      opentelemetry::nostd::span<char, 32>(trace_id, 32));
  std::printf("%s\n%s\n", trace_id, answer.c_str());
}

}  // namespace example

int main() {
  const auto provider = example::SetUpTelemetry();
  example::Run();
  provider->Shutdown();
  return 0;
}
