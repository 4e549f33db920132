// SPDX-License-Identifier: Apache-2.0
#include "demo/server/openai_chat.h"

#include <utility>

#include <boost/core/demangle.hpp>
#include <nlohmann/json.hpp>
#include <opentelemetry/trace/tracer.h>

#include "demo/common/failure.h"
#include "demo/common/json_depth.h"
#include "demo/common/telemetry.h"
#include "sdk/genai/genai.h"

namespace demo {
namespace {

namespace genai = orrery::genai;
using nlohmann::json;

constexpr int64_t kMaxTokens = 120;
constexpr double kTemperature = 0.7;

std::string RequestBody(const ChatQuestion& question) {
  const json request = {{"model", question.model},
                        {"max_completion_tokens", kMaxTokens},
                        {"temperature", kTemperature},
                        {"messages",
                         {{{"role", "system"}, {"content", question.instructions}},
                          {{"role", "user"}, {"content", question.text}}}}};
  return request.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string TextAt(const json& answer, const char* pointer) {
  const json::json_pointer place(pointer);
  return answer.contains(place) && answer[place].is_string() ? answer[place].get<std::string>()
                                                             : "";
}

std::optional<int64_t> CountAt(const json& answer, const char* pointer) {
  const json::json_pointer place(pointer);
  if (!answer.contains(place) || !answer[place].is_number_integer()) return std::nullopt;
  return answer[place].get<int64_t>();
}

json ParseAnswer(const std::string& body) {
  json answer = NestsTooDeep(body) ? json() : json::parse(body, nullptr, false);
  const json::json_pointer text("/choices/0/message/content");
  if (!answer.is_object() || !answer.contains(text) || !answer[text].is_string()) {
    throw Failure("bad_completion", "openai's answer holds no text");
  }
  return answer;
}

genai::InferenceResponse Describe(const json& answer) {
  genai::InferenceResponse response = {
      .id = TextAt(answer, "/id"),
      .model = TextAt(answer, "/model"),
      .usage = {.input_tokens = CountAt(answer, "/usage/prompt_tokens"),
                .output_tokens = CountAt(answer, "/usage/completion_tokens"),
                .cache_read_input_tokens =
                    CountAt(answer, "/usage/prompt_tokens_details/cached_tokens"),
                .reasoning_output_tokens =
                    CountAt(answer, "/usage/completion_tokens_details/reasoning_tokens")},
      .output = {genai::Say("assistant", TextAt(answer, "/choices/0/message/content"))},
      .service_tier = TextAt(answer, "/service_tier"),
      .system_fingerprint = TextAt(answer, "/system_fingerprint")};
  const std::string reason = TextAt(answer, "/choices/0/finish_reason");
  if (!reason.empty()) response.finish_reasons = {reason};
  return response;
}

void TellOfRetry(const OpenAiClient::Retry& retry) {
  opentelemetry::trace::Tracer::GetCurrentSpan()->AddEvent(
      "retry", {{"http.response.status_code", retry.status}, {"retry.wait_ms", retry.wait_ms}});
  opentelemetry::trace::Tracer::GetCurrentSpan()->SetAttribute("http.request.resend_count", 1);
}

void Record(genai::Call& call, const std::exception& error) {
  const auto* failure = dynamic_cast<const Failure*>(&error);
  const std::string exception = boost::core::demangle(typeid(error).name());
  call.Fail({.type = failure != nullptr ? failure->type() : exception,
             .message = error.what(),
             .exception = exception,
             .stacktrace = failure != nullptr ? failure->stack() : ""});
  call.SetAttribute("error.message", error.what());
  if (const auto* http = dynamic_cast<const HttpFailure*>(&error)) {
    call.SetAttribute("http.response.status_code", int64_t{http->status()});
  }
}

// The `chat {model}` span: the only one of the trace with GenAI attributes.
json Chat(const OpenAiClient& client, const ChatQuestion& question) {
  genai::InferenceCall call(
      {.provider = "openai",
       .model = question.model,
       .max_tokens = kMaxTokens,
       .temperature = kTemperature,
       .common = {.server_address = client.host(), .server_port = client.port()}});
  call.SetAttribute("peer.service", "openai");
  if (client.is_stand_in()) call.SetFlag("demo.stand_in", true);
  call.SetSystemInstructions({genai::Text(question.instructions)});
  call.SetInput({genai::Say("user", question.text)});
  try {
    const OpenAiClient::Answer answer =
        client.Post("/chat/completions", RequestBody(question), &TellOfRetry);
    call.SetAttribute("http.response.status_code", int64_t{answer.status});
    json parsed = ParseAnswer(answer.body);
    call.SetResponse(Describe(parsed));
    return parsed;
  } catch (const std::exception& error) {
    Record(call, error);
    throw;
  }
}

}  // namespace

ChatAnswer CallOpenAiChat(const OpenAiClient& client, const ChatQuestion& question) {
  InternalSpan span("call_openai_chat");
  return WithFailures([&] {
    const json answer = Chat(client, question);
    return ChatAnswer{.model = TextAt(answer, "/model"),
                      .text = TextAt(answer, "/choices/0/message/content"),
                      .input_tokens = CountAt(answer, "/usage/prompt_tokens"),
                      .output_tokens = CountAt(answer, "/usage/completion_tokens")};
  });
}

}  // namespace demo
