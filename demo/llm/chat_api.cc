// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/chat_api.h"

#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "demo/llm/tokenizer.h"

namespace demo {
namespace {

using nlohmann::json;

constexpr size_t kTokensPerMessage = 4;  // role and separators

// The content of a message: a text, or parts of which the texts count.
size_t ContentTokens(const json& content, const std::string& place) {
  if (content.is_string()) return CountTokens(content.get_ref<const std::string&>());
  if (!content.is_array()) {
    throw BadChatRequest(place, place + " has to be a text or an array of parts");
  }
  size_t tokens = 0;
  for (const json& part : content) {
    if (part.is_object() && part.value("type", "") == "text" && part.contains("text") &&
        part["text"].is_string()) {
      tokens += CountTokens(part["text"].get_ref<const std::string&>());
    }
  }
  return tokens;
}

size_t MessageTokens(const json& message, size_t index) {
  static const std::set<std::string> kRoles = {"system", "developer", "user", "assistant", "tool"};
  const std::string place = "messages[" + std::to_string(index) + "]";
  if (!message.is_object()) throw BadChatRequest(place, place + " has to be an object");
  const auto role = message.find("role");
  if (role == message.end() || !role->is_string() || !kRoles.contains(role->get<std::string>())) {
    throw BadChatRequest(place + ".role",
                         place + ".role has to be one of assistant, developer, system, tool, user");
  }
  const auto content = message.find("content");
  if (content == message.end()) throw BadChatRequest(place, place + " has no content");
  return kTokensPerMessage + ContentTokens(*content, place + ".content");
}

json TextOrNull(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

}  // namespace

BadChatRequest::BadChatRequest(std::string field, const std::string& message)
    : std::runtime_error(message), param_(std::move(field)) {}

ChatRequest ParseChatRequest(const std::string& body) {
  const json request = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!request.is_object()) throw BadChatRequest("", "the body has to be a JSON object");
  const auto model = request.find("model");
  if (model == request.end() || !model->is_string() || model->get<std::string>().empty()) {
    throw BadChatRequest("model", "model has to name a model, such as mock-fast or mock-slow");
  }
  const auto stream = request.find("stream");
  if (stream != request.end() && *stream != json(false) && !stream->is_null()) {
    throw BadChatRequest("stream", "this mock does not stream; leave stream out");
  }
  const auto messages = request.find("messages");
  if (messages == request.end() || !messages->is_array() || messages->empty()) {
    throw BadChatRequest("messages", "messages has to be an array with at least one message");
  }
  ChatRequest parsed;
  parsed.model = model->get<std::string>();
  for (size_t i = 0; i < messages->size(); ++i) {
    parsed.prompt_tokens += MessageTokens((*messages)[i], i);
  }
  return parsed;
}

std::string RenderCompletion(const std::string& id, const ChatRequest& request,
                             const std::string& text, long created) {
  const size_t completion_tokens = CountTokens(text);
  const json choice = {{"index", 0},
                       {"message", {{"role", "assistant"}, {"content", text}}},
                       {"logprobs", nullptr},
                       {"finish_reason", "stop"}};
  const json answer = {{"id", id},
                       {"object", "chat.completion"},
                       {"created", created},
                       {"model", request.model},
                       {"choices", json::array({choice})},
                       {"usage",
                        {{"prompt_tokens", request.prompt_tokens},
                         {"completion_tokens", completion_tokens},
                         {"total_tokens", request.prompt_tokens + completion_tokens}}}};
  return answer.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string RenderError(const std::string& type, const std::string& message,
                        const std::string& param, const std::string& code) {
  const json answer = {{"error",
                        {{"message", message},
                         {"type", type},
                         {"param", TextOrNull(param)},
                         {"code", TextOrNull(code)}}}};
  return answer.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace demo
