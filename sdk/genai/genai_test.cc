// SPDX-License-Identifier: Apache-2.0
// Each case makes calls and compares the spans, as the OpenTelemetry SDK exports them, in text.
#include "sdk/genai/genai.h"

#include <map>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opentelemetry/exporters/memory/in_memory_span_data.h>
#include <opentelemetry/exporters/memory/in_memory_span_exporter_factory.h>
#include <opentelemetry/sdk/trace/simple_processor_factory.h>
#include <opentelemetry/sdk/trace/span_data.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/noop.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/tracer.h>

namespace orrery::genai {
namespace {

namespace otel = opentelemetry;
namespace sdk = opentelemetry::sdk;
using testing::HasSubstr;
using testing::Not;

Common Private() { return {.capture = Capture::kNone}; }

constexpr char kTimeToFirstChunk[] = "gen_ai.response.time_to_first_chunk";

struct PrintValue {
  std::ostream& out;

  void operator()(bool value) const { out << (value ? "true" : "false"); }
  void operator()(const std::string& value) const { out << value; }
  template <typename T>
  void operator()(const std::vector<T>& values) const {
    for (size_t i = 0; i < values.size(); ++i) out << (i == 0 ? "[" : ", ") << values[i];
    out << "]";
  }
  template <typename T>
  void operator()(const T& value) const {
    out << value;
  }
};

template <typename Holder>
std::string PrintAttributes(const Holder& holder) {
  std::ostringstream out;
  const auto& all = holder.GetAttributes();
  const std::map<std::string, sdk::common::OwnedAttributeValue> sorted(all.begin(), all.end());
  for (const auto& [name, value] : sorted) {
    out << "  " << name << " = ";
    otel::nostd::visit(PrintValue{out}, value);
    out << "\n";
  }
  return out.str();
}

std::string Print(const sdk::trace::SpanData& span) {
  static constexpr const char* kKinds[] = {"internal", "server", "client", "producer", "consumer"};
  std::string out = std::string(span.GetName()) + " " +
                    kKinds[static_cast<int>(span.GetSpanKind())] +
                    (span.GetStatus() == otel::trace::StatusCode::kError
                         ? " failed: " + std::string(span.GetDescription())
                         : "") +
                    "\n" + PrintAttributes(span);
  for (const auto& event : span.GetEvents()) {
    out += "  event " + event.GetName() + "\n" + PrintAttributes(event);
  }
  return out;
}

class GenAi : public testing::Test {
 protected:
  GenAi() {
    otel::trace::Provider::SetTracerProvider(std::shared_ptr<otel::trace::TracerProvider>(
        sdk::trace::TracerProviderFactory::Create(sdk::trace::SimpleSpanProcessorFactory::Create(
            otel::exporter::memory::InMemorySpanExporterFactory::Create(data_)))));
  }

  ~GenAi() override {
    otel::trace::Provider::SetTracerProvider(std::shared_ptr<otel::trace::TracerProvider>(
        std::make_shared<otel::trace::NoopTracerProvider>()));
  }

  // The spans that have ended since the last call, in the order of their ends.
  std::string Exported() {
    std::string out;
    for (const auto& span : data_->GetSpans()) out += Print(*span);
    return out;
  }

  std::shared_ptr<otel::exporter::memory::InMemorySpanData> data_;
};

TEST_F(GenAi, ChatCarriesRequestAndResponse) {
  {
    InferenceCall call({.provider = "openai",
                        .model = "gpt-4o-mini",
                        .max_tokens = 100,
                        .choice_count = 2,
                        .seed = 7,
                        .temperature = 0.5,
                        .top_p = 0.25,
                        .top_k = 40,
                        .frequency_penalty = 0.125,
                        .presence_penalty = -0.125,
                        .stop_sequences = {"END", "\n"},
                        .reasoning_level = "low",
                        .output_type = "json",
                        .previous_response_id = "resp-0",
                        .service_tier = "auto",
                        .common = {.server_address = "api.openai.com",
                                   .server_port = 443,
                                   .conversation_id = "conv-1",
                                   .capture = Capture::kNone}});
    call.SetResponse({.id = "chatcmpl-1",
                      .model = "gpt-4o-mini-2024-07-18",
                      .finish_reasons = {"stop", "length"},
                      .usage = {.input_tokens = 12,
                                .output_tokens = 34,
                                .cache_read_input_tokens = 5,
                                .cache_write_input_tokens = 0,
                                .reasoning_output_tokens = 8},
                      .service_tier = "default",
                      .system_fingerprint = "fp_1"});
  }
  EXPECT_EQ(Exported(),
            "chat gpt-4o-mini client\n"
            "  gen_ai.conversation.id = conv-1\n"
            "  gen_ai.operation.name = chat\n"
            "  gen_ai.output.type = json\n"
            "  gen_ai.provider.name = openai\n"
            "  gen_ai.request.choice.count = 2\n"
            "  gen_ai.request.frequency_penalty = 0.125\n"
            "  gen_ai.request.max_tokens = 100\n"
            "  gen_ai.request.model = gpt-4o-mini\n"
            "  gen_ai.request.presence_penalty = -0.125\n"
            "  gen_ai.request.previous_response.id = resp-0\n"
            "  gen_ai.request.reasoning.level = low\n"
            "  gen_ai.request.seed = 7\n"
            "  gen_ai.request.stop_sequences = [END, \n]\n"
            "  gen_ai.request.temperature = 0.5\n"
            "  gen_ai.request.top_k = 40\n"
            "  gen_ai.request.top_p = 0.25\n"
            "  gen_ai.response.finish_reasons = [stop, length]\n"
            "  gen_ai.response.id = chatcmpl-1\n"
            "  gen_ai.response.model = gpt-4o-mini-2024-07-18\n"
            "  gen_ai.usage.cache_read.input_tokens = 5\n"
            "  gen_ai.usage.cache_write.input_tokens = 0\n"
            "  gen_ai.usage.input_tokens = 12\n"
            "  gen_ai.usage.output_tokens = 34\n"
            "  gen_ai.usage.reasoning.output_tokens = 8\n"
            "  openai.request.service_tier = auto\n"
            "  openai.response.service_tier = default\n"
            "  openai.response.system_fingerprint = fp_1\n"
            "  server.address = api.openai.com\n"
            "  server.port = 443\n");
}

TEST_F(GenAi, WhatIsNotSaidIsNotRecorded) {
  {
    InferenceCall call({.provider = "openai", .model = "m", .choice_count = 1});
  }
  EXPECT_EQ(Exported(),
            "chat m client\n"
            "  gen_ai.operation.name = chat\n"
            "  gen_ai.provider.name = openai\n"
            "  gen_ai.request.model = m\n");
}

TEST_F(GenAi, OperationsNameTheSpan) {
  using Operation = InferenceRequest::Operation;
  {
    InferenceCall({.provider = "x", .model = "m", .operation = Operation::kTextCompletion});
  }
  {
    InferenceCall({.provider = "x", .model = "m", .operation = Operation::kGenerateContent});
  }
  {
    InferenceCall({.provider = "x", .model = "m", .in_process = true});
  }
  {
    InferenceCall({.provider = "x", .model = ""});
  }
  const std::string spans = Exported();
  EXPECT_THAT(spans, HasSubstr("text_completion m client\n"));
  EXPECT_THAT(spans, HasSubstr("generate_content m client\n"));
  EXPECT_THAT(spans, HasSubstr("chat m internal\n"));
  EXPECT_THAT(spans, HasSubstr("chat client\n"));
}

TEST_F(GenAi, OnlyTheFirstChunkIsTimed) {
  {
    InferenceCall call({.provider = "x", .model = "m", .stream = true});
    call.ReceivedChunk();
    call.ReceivedChunk();
  }
  const auto spans = data_->GetSpans();
  ASSERT_EQ(spans.size(), 1u);
  const auto& attributes = spans[0]->GetAttributes();
  EXPECT_TRUE(otel::nostd::get<bool>(attributes.at("gen_ai.request.stream")));
  const double seconds = otel::nostd::get<double>(attributes.at(kTimeToFirstChunk));
  EXPECT_GT(seconds, 0);
  EXPECT_LE(seconds, std::chrono::duration<double>(spans[0]->GetDuration()).count());
}

TEST_F(GenAi, ContentIsLeftOutUnlessAskedFor) {
  {
    InferenceCall call({.provider = "x", .model = "m", .common = Private()});
    EXPECT_FALSE(call.captures_content());
    call.SetSystemInstructions({Text("secret")});
    call.SetInput({Say("user", "secret")});
    call.SetToolDefinitions(R"(["secret"])");
    call.SetResponse({.output = {Say("assistant", "secret")}});
    ToolCall tool({.name = "t", .arguments = R"("secret")", .common = Private()});
    tool.SetResult(R"("secret")");
    AgentCall agent({.name = "a", .common = Private()});
    agent.SetInput({Say("user", "secret")});
    agent.SetOutput({Say("assistant", "secret")});
  }
  EXPECT_THAT(Exported(), Not(HasSubstr("secret")));
}

void TalkOnce(Capture capture) {
  InferenceCall call({.provider = "x", .model = "m", .common = {.capture = capture}});
  call.SetSystemInstructions({Text("be kind")});
  call.SetInput({Say("user", "hi")});
  call.SetToolDefinitions("[]");
  call.SetResponse({.output = {Say("assistant", "hello")}});
}

constexpr char kTalk[] =
    "  gen_ai.input.messages = "
    "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"hi\"}]}]\n";

TEST_F(GenAi, ContentStandsOnTheSpan) {
  TalkOnce(Capture::kSpan);
  const std::string span = Exported();
  EXPECT_THAT(span, HasSubstr(kTalk));
  EXPECT_THAT(span,
              HasSubstr("  gen_ai.output.messages = [{\"role\":\"assistant\",\"parts\":[{\"type\":"
                        "\"text\",\"content\":\"hello\"}]}]\n"));
  EXPECT_THAT(
      span,
      HasSubstr("  gen_ai.system_instructions = [{\"type\":\"text\",\"content\":\"be kind\"}]\n"));
  EXPECT_THAT(span, HasSubstr("  gen_ai.tool.definitions = []\n"));
  EXPECT_THAT(span, Not(HasSubstr("event")));
}

TEST_F(GenAi, ContentStandsInAnEvent) {
  TalkOnce(Capture::kEvent);
  const std::string span = Exported();
  const size_t event = span.find("  event gen_ai.client.inference.operation.details\n");
  ASSERT_NE(event, std::string::npos);
  EXPECT_GT(span.find(kTalk), event);
  EXPECT_GT(span.find("gen_ai.output.messages"), event);
}

TEST_F(GenAi, ContentStandsInBoth) {
  TalkOnce(Capture::kSpanAndEvent);
  const std::string span = Exported();
  const size_t event = span.find("  event gen_ai.client.inference.operation.details\n");
  ASSERT_NE(event, std::string::npos);
  EXPECT_LT(span.find(kTalk), event);
  EXPECT_GT(span.rfind(kTalk), event);
}

TEST_F(GenAi, FailureIsTypedAndTold) {
  {
    InferenceCall call({.provider = "x", .model = "m"});
    call.Fail({.type = "429", .message = "slow down"});
  }
  EXPECT_EQ(Exported(),
            "chat m client failed: slow down\n"
            "  error.type = 429\n"
            "  gen_ai.operation.name = chat\n"
            "  gen_ai.provider.name = x\n"
            "  gen_ai.request.model = m\n");
}

TEST_F(GenAi, ExceptionsBecomeEvents) {
  {
    ToolCall call({.name = "t"});
    call.Fail(std::out_of_range("too far"));
  }
  EXPECT_EQ(Exported(),
            "execute_tool t internal failed: too far\n"
            "  error.type = std::out_of_range\n"
            "  gen_ai.operation.name = execute_tool\n"
            "  gen_ai.tool.name = t\n"
            "  gen_ai.tool.type = function\n"
            "  event exception\n"
            "  exception.message = too far\n"
            "  exception.type = std::out_of_range\n");
}

TEST_F(GenAi, AScopeThatAnExceptionLeavesHasFailed) {
  const auto ask = [](bool tell) {
    InferenceCall call({.provider = "x", .model = "m"});
    if (tell) call.Fail({.type = "timeout", .message = "no answer"});
    throw std::runtime_error("no answer");
  };
  EXPECT_THROW(ask(false), std::runtime_error);
  EXPECT_THAT(Exported(), HasSubstr("  error.type = _OTHER\n"));
  EXPECT_THROW(ask(true), std::runtime_error);
  EXPECT_THAT(Exported(), HasSubstr("  error.type = timeout\n"));
}

TEST_F(GenAi, ACallMadeWhileAnExceptionUnwindsIsNoFailureItself) {
  struct CallsInDestructor {
    ~CallsInDestructor() { InferenceCall({.provider = "x", .model = "clean-up"}); }
  };
  EXPECT_THROW(
      {
        const CallsInDestructor last;
        throw std::runtime_error("unrelated");
      },
      std::runtime_error);
  EXPECT_THAT(Exported(), HasSubstr("chat clean-up client\n"));
}

TEST_F(GenAi, CallsNestByScope) {
  {
    AgentCall agent({.name = "weather",
                     .id = "a-1",
                     .description = "looks out of the window",
                     .version = "2",
                     .provider = "openai",
                     .model = "m"});
    {
      InferenceCall call({.provider = "openai", .model = "m"});
    }
    {
      ToolCall tool({.name = "window", .description = "looks", .call_id = "c-1"});
    }
    agent.SetFinishReasons({"stop"});
  }
  const auto spans = data_->GetSpans();
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0]->GetParentSpanId(), spans[2]->GetSpanId());
  EXPECT_EQ(spans[1]->GetParentSpanId(), spans[2]->GetSpanId());
  EXPECT_EQ(Print(*spans[2]),
            "invoke_agent weather internal\n"
            "  gen_ai.agent.description = looks out of the window\n"
            "  gen_ai.agent.id = a-1\n"
            "  gen_ai.agent.name = weather\n"
            "  gen_ai.agent.version = 2\n"
            "  gen_ai.operation.name = invoke_agent\n"
            "  gen_ai.provider.name = openai\n"
            "  gen_ai.request.model = m\n"
            "  gen_ai.response.finish_reasons = [stop]\n");
}

TEST_F(GenAi, RemoteAndCreatedAgentsAreClients) {
  {
    AgentCall({.name = "a", .remote = true});
  }
  {
    AgentCall({.name = "b", .create = true});
  }
  const std::string spans = Exported();
  EXPECT_THAT(spans, HasSubstr("invoke_agent a client\n"));
  EXPECT_THAT(spans, HasSubstr("create_agent b client\n"));
}

TEST_F(GenAi, EmbeddingsCountInputAlone) {
  {
    EmbeddingsCall call({.provider = "openai",
                         .model = "text-embedding-3-small",
                         .dimensions = 256,
                         .encoding_formats = {"base64"}});
    call.SetResponse("text-embedding-3-small", 9);
  }
  EXPECT_EQ(Exported(),
            "embeddings text-embedding-3-small client\n"
            "  gen_ai.embeddings.dimension.count = 256\n"
            "  gen_ai.operation.name = embeddings\n"
            "  gen_ai.provider.name = openai\n"
            "  gen_ai.request.encoding_formats = [base64]\n"
            "  gen_ai.request.model = text-embedding-3-small\n"
            "  gen_ai.response.model = text-embedding-3-small\n"
            "  gen_ai.usage.input_tokens = 9\n");
}

TEST_F(GenAi, OwnAttributesKeepTheirTypes) {
  {
    ToolCall call({.name = "t"});
    call.SetAttribute("peer.service", "openai");
    call.SetAttribute("n", int64_t{3});
    call.SetAttribute("x", 0.5);
    call.SetFlag("cached", true);
  }
  const std::string span = Exported();
  for (const char* line :
       {"  peer.service = openai\n", "  n = 3\n", "  x = 0.5\n", "  cached = true\n"}) {
    EXPECT_THAT(span, HasSubstr(line));
  }
}

TEST(GenAiWithoutSdk, NothingHappens) {
  InferenceCall call({.provider = "x", .model = "m", .common = {.capture = Capture::kSpan}});
  call.SetInput({Say("user", "hi")});
  call.ReceivedChunk();
  call.SetResponse({.finish_reasons = {"stop"}, .output = {Say("assistant", "hello")}});
  call.Fail(std::runtime_error("no luck"));
  EXPECT_TRUE(call.captures_content());
}

}  // namespace
}  // namespace orrery::genai
