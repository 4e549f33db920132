// SPDX-License-Identifier: Apache-2.0
#include "sdk/genai/genai.h"

#include <atomic>
#include <chrono>
#include <typeinfo>
#include <utility>

#include <cxxabi.h>
#include <opentelemetry/nostd/span.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/scope.h>
#include <opentelemetry/trace/tracer.h>

#include "sdk/genai/names.h"

namespace orrery::genai {
namespace {

namespace otel = opentelemetry;
using Attributes = std::vector<std::pair<otel::nostd::string_view, otel::common::AttributeValue>>;
using Clock = std::chrono::steady_clock;

constexpr char kTracerName[] = "orrery.genai";
constexpr char kTracerVersion[] = "0.1.0";

otel::nostd::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string ClassName(const std::exception& error) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status), &std::free);
  return name ? name.get() : typeid(error).name();
}

const char* NameOf(InferenceRequest::Operation operation) {
  switch (operation) {
    case InferenceRequest::Operation::kChat:
      return "chat";
    case InferenceRequest::Operation::kTextCompletion:
      return "text_completion";
    case InferenceRequest::Operation::kGenerateContent:
      return "generate_content";
  }
  return "chat";
}

// `{operation} {subject}`, or the operation alone when there is none.
std::string SpanName(std::string_view operation, std::string_view subject) {
  std::string name(operation);
  if (!subject.empty()) name.append(" ").append(subject);
  return name;
}

// The attributes that samplers may decide by, known before the span starts.
Attributes AtStart(std::string_view operation, std::string_view provider, std::string_view model,
                   const Common& common) {
  Attributes out;
  out.emplace_back(names::kOperationName, View(operation));
  if (!provider.empty()) out.emplace_back(names::kProviderName, View(provider));
  if (!model.empty()) out.emplace_back(names::kRequestModel, View(model));
  if (!common.server_address.empty()) {
    out.emplace_back(names::kServerAddress, View(common.server_address));
    if (common.server_port != 0) out.emplace_back(names::kServerPort, common.server_port);
  }
  return out;
}

}  // namespace

struct Call::State {
  State(const std::string& span_name, otel::trace::SpanKind kind, const Attributes& attributes,
        const Common& common)
      : capture(common.capture),
        span(Start(span_name, kind, attributes)),
        active(span),
        started(Clock::now()),
        exceptions(std::uncaught_exceptions()) {
    Text(names::kConversationId, common.conversation_id);
  }

  static otel::nostd::shared_ptr<otel::trace::Span> Start(const std::string& name,
                                                          otel::trace::SpanKind kind,
                                                          const Attributes& attributes) {
    otel::trace::StartSpanOptions options;
    options.kind = kind;
    return otel::trace::Provider::GetTracerProvider()
        ->GetTracer(kTracerName, kTracerVersion)
        ->StartSpan(name, attributes, options);
  }

  void Text(const char* name, std::string_view value) {
    if (!value.empty()) span->SetAttribute(name, View(value));
  }

  template <typename Number>
  void Maybe(const char* name, const std::optional<Number>& value) {
    if (value) span->SetAttribute(name, *value);
  }

  void Texts(const char* name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    std::vector<otel::nostd::string_view> views;
    views.reserve(values.size());
    for (const std::string& value : values) views.push_back(View(value));
    span->SetAttribute(name, otel::nostd::span<const otel::nostd::string_view>(views));
  }

  bool captures() const { return capture != Capture::kNone; }

  // Keeps content where the user wants it; the event is sent with the span's end.
  void Content(const char* name, std::string value) {
    if (capture == Capture::kSpan || capture == Capture::kSpanAndEvent) Text(name, value);
    if (capture == Capture::kEvent || capture == Capture::kSpanAndEvent) {
      details.emplace_back(name, std::move(value));
    }
  }

  void End() {
    if (!details.empty()) {
      Attributes attributes;
      for (const auto& [name, value] : details) attributes.emplace_back(name, View(value));
      span->AddEvent(names::kDetailsEvent, attributes);
    }
    if (!failed && std::uncaught_exceptions() > exceptions) {
      span->SetAttribute(names::kErrorType, names::kOtherError);
      span->SetStatus(otel::trace::StatusCode::kError, "left by an exception");
    }
    span->End();
  }

  const Capture capture;
  const otel::nostd::shared_ptr<otel::trace::Span> span;
  const otel::trace::Scope active;
  const Clock::time_point started;
  const int exceptions;
  bool failed = false;
  bool has_chunk = false;
  std::vector<std::pair<const char*, std::string>> details;
};

Call::Call(std::unique_ptr<State> state) : state_(std::move(state)) {}

Call::~Call() { state_->End(); }

void Call::Fail(const Failure& failure) {
  state_->failed = true;
  state_->span->SetAttribute(names::kErrorType,
                             View(failure.type.empty() ? names::kOtherError : failure.type));
  state_->span->SetStatus(otel::trace::StatusCode::kError, failure.message);
  if (failure.exception.empty()) return;
  Attributes attributes = {{names::kExceptionType, View(failure.exception)},
                           {names::kExceptionMessage, View(failure.message)}};
  if (!failure.stacktrace.empty()) {
    attributes.emplace_back(names::kExceptionStacktrace, View(failure.stacktrace));
  }
  state_->span->AddEvent(names::kExceptionEvent, attributes);
}

void Call::Fail(const std::exception& error) {
  const std::string name = ClassName(error);
  Fail(Failure{.type = name, .message = error.what(), .exception = name});
}

void Call::SetAttribute(std::string_view name, std::string_view value) {
  state_->span->SetAttribute(View(name), View(value));
}

void Call::SetAttribute(std::string_view name, int64_t value) {
  state_->span->SetAttribute(View(name), value);
}

void Call::SetAttribute(std::string_view name, double value) {
  state_->span->SetAttribute(View(name), value);
}

void Call::SetFlag(std::string_view name, bool value) {
  state_->span->SetAttribute(View(name), value);
}

bool Call::captures_content() const { return state_->captures(); }

// Inference -------------------------------------------------------------------------------------

InferenceCall::InferenceCall(const InferenceRequest& request)
    : Call(std::make_unique<State>(
          SpanName(NameOf(request.operation), request.model),
          request.in_process ? otel::trace::SpanKind::kInternal : otel::trace::SpanKind::kClient,
          AtStart(NameOf(request.operation), request.provider, request.model, request.common),
          request.common)) {
  State& to = state();
  if (request.stream) to.span->SetAttribute(names::kRequestStream, true);
  to.Maybe(names::kRequestMaxTokens, request.max_tokens);
  if (request.choice_count != 1) to.Maybe(names::kRequestChoiceCount, request.choice_count);
  to.Maybe(names::kRequestSeed, request.seed);
  to.Maybe(names::kRequestTemperature, request.temperature);
  to.Maybe(names::kRequestTopP, request.top_p);
  to.Maybe(names::kRequestTopK, request.top_k);
  to.Maybe(names::kRequestFrequencyPenalty, request.frequency_penalty);
  to.Maybe(names::kRequestPresencePenalty, request.presence_penalty);
  to.Texts(names::kRequestStopSequences, request.stop_sequences);
  to.Text(names::kRequestReasoningLevel, request.reasoning_level);
  to.Text(names::kRequestPreviousResponseId, request.previous_response_id);
  to.Text(names::kOutputType, request.output_type);
  to.Text(names::kOpenaiRequestServiceTier, request.service_tier);
}

void InferenceCall::SetSystemInstructions(const std::vector<Part>& instructions) {
  if (captures_content()) state().Content(names::kSystemInstructions, ToJson(instructions));
}

void InferenceCall::SetInput(const std::vector<Message>& messages) {
  if (captures_content()) state().Content(names::kInputMessages, ToJson(messages));
}

void InferenceCall::SetToolDefinitions(std::string_view definitions) {
  if (captures_content()) state().Content(names::kToolDefinitions, std::string(definitions));
}

void InferenceCall::ReceivedChunk() {
  if (std::exchange(state().has_chunk, true)) return;
  state().span->SetAttribute(names::kResponseTimeToFirstChunk,
                             std::chrono::duration<double>(Clock::now() - state().started).count());
}

void InferenceCall::SetResponse(const InferenceResponse& response) {
  State& to = state();
  to.Text(names::kResponseId, response.id);
  to.Text(names::kResponseModel, response.model);
  to.Texts(names::kResponseFinishReasons, response.finish_reasons);
  to.Maybe(names::kUsageInputTokens, response.usage.input_tokens);
  to.Maybe(names::kUsageOutputTokens, response.usage.output_tokens);
  to.Maybe(names::kUsageCacheReadInputTokens, response.usage.cache_read_input_tokens);
  to.Maybe(names::kUsageCacheWriteInputTokens, response.usage.cache_write_input_tokens);
  to.Maybe(names::kUsageReasoningOutputTokens, response.usage.reasoning_output_tokens);
  to.Text(names::kOpenaiResponseServiceTier, response.service_tier);
  to.Text(names::kOpenaiResponseSystemFingerprint, response.system_fingerprint);
  if (captures_content() && !response.output.empty()) {
    to.Content(names::kOutputMessages, ToJson(response.output));
  }
}

// Embeddings ------------------------------------------------------------------------------------

EmbeddingsCall::EmbeddingsCall(const EmbeddingsRequest& request)
    : Call(std::make_unique<State>(
          SpanName("embeddings", request.model), otel::trace::SpanKind::kClient,
          AtStart("embeddings", request.provider, request.model, request.common), request.common)) {
  state().Maybe(names::kEmbeddingsDimensionCount, request.dimensions);
  state().Texts(names::kRequestEncodingFormats, request.encoding_formats);
}

void EmbeddingsCall::SetResponse(std::string_view model, std::optional<int64_t> input_tokens) {
  state().Text(names::kResponseModel, model);
  state().Maybe(names::kUsageInputTokens, input_tokens);
}

// Tools -----------------------------------------------------------------------------------------

ToolCall::ToolCall(const ToolRequest& request)
    : Call(std::make_unique<State>(
          SpanName("execute_tool", request.name), otel::trace::SpanKind::kInternal,
          AtStart("execute_tool", "", "", request.common), request.common)) {
  state().Text(names::kToolName, request.name);
  state().Text(names::kToolType, request.type);
  state().Text(names::kToolDescription, request.description);
  state().Text(names::kToolCallId, request.call_id);
  if (captures_content() && !request.arguments.empty()) {
    state().Content(names::kToolCallArguments, request.arguments);
  }
}

void ToolCall::SetResult(std::string_view result) {
  if (captures_content()) state().Content(names::kToolCallResult, std::string(result));
}

// Agents ----------------------------------------------------------------------------------------

namespace {

Attributes AgentAtStart(const AgentRequest& request) {
  Attributes out = AtStart(request.create ? "create_agent" : "invoke_agent", request.provider,
                           request.model, request.common);
  if (!request.name.empty()) out.emplace_back(names::kAgentName, View(request.name));
  return out;
}

}  // namespace

AgentCall::AgentCall(const AgentRequest& request)
    : Call(std::make_unique<State>(
          SpanName(request.create ? "create_agent" : "invoke_agent", request.name),
          request.create || request.remote ? otel::trace::SpanKind::kClient
                                           : otel::trace::SpanKind::kInternal,
          AgentAtStart(request), request.common)) {
  state().Text(names::kAgentId, request.id);
  state().Text(names::kAgentDescription, request.description);
  state().Text(names::kAgentVersion, request.version);
}

void AgentCall::SetInput(const std::vector<Message>& messages) {
  if (captures_content()) state().Content(names::kInputMessages, ToJson(messages));
}

void AgentCall::SetOutput(const std::vector<Message>& messages) {
  if (captures_content()) state().Content(names::kOutputMessages, ToJson(messages));
}

void AgentCall::SetFinishReasons(const std::vector<std::string>& reasons) {
  state().Texts(names::kResponseFinishReasons, reasons);
}

}  // namespace orrery::genai
