// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/chat_api.h"

#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "demo/common/json_depth.h"

namespace demo {
namespace {

using nlohmann::json;

constexpr size_t kTokensPerMessage = 4;  // role and separators
constexpr char kFingerprint[] = "fp_orrery_mock";

std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Parsing ---------------------------------------------------------------------------------------

// The content of a message: a text, or parts of which the texts count; null beside a tool call.
std::string ContentText(const json& content, const std::string& place) {
  if (content.is_null()) return "";
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array()) {
    throw BadChatRequest(place, place + " has to be a text or an array of parts");
  }
  std::string text;
  for (const json& part : content) {
    if (part.is_object() && part.contains("text") && part["text"].is_string()) {
      text += part["text"].get_ref<const std::string&>();
    }
  }
  return text;
}

std::string MessageText(const json& message, size_t index) {
  static const std::set<std::string> kRoles = {"system", "developer", "user", "assistant", "tool"};
  const std::string place = "messages[" + std::to_string(index) + "]";
  if (!message.is_object()) throw BadChatRequest(place, place + " has to be an object");
  const auto role = message.find("role");
  if (role == message.end() || !role->is_string() || !kRoles.contains(role->get<std::string>())) {
    throw BadChatRequest(place + ".role",
                         place + ".role has to be one of assistant, developer, system, tool, user");
  }
  const auto calls = message.find("tool_calls");
  const auto content = message.find("content");
  std::string text = calls != message.end() ? Dump(*calls) : "";
  if (content == message.end()) {
    if (calls == message.end()) throw BadChatRequest(place, place + " has no content");
    return text;
  }
  return ContentText(*content, place + ".content") + text;
}

bool ReadFlag(const json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || found->is_null()) return false;
  if (!found->is_boolean()) {
    throw BadChatRequest(name, std::string(name) + " has to be true or false");
  }
  return found->get<bool>();
}

std::optional<uint64_t> ReadCount(const json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || found->is_null()) return std::nullopt;
  if (!found->is_number_unsigned()) {
    throw BadChatRequest(name, std::string(name) + " has to be a whole number, 0 or more");
  }
  return found->get<uint64_t>();
}

double ReadTemperature(const json& request) {
  const auto found = request.find("temperature");
  if (found == request.end() || found->is_null()) return 1;
  const double value = found->is_number() ? found->get<double>() : -1;
  if (!(value >= 0 && value <= 2)) {
    throw BadChatRequest("temperature", "temperature has to be a number from 0 to 2");
  }
  return value;
}

void ReadStream(const json& request, ChatRequest& parsed) {
  parsed.stream = ReadFlag(request, "stream");
  const auto options = request.find("stream_options");
  if (options == request.end() || options->is_null()) return;
  if (!options->is_object() || !parsed.stream) {
    throw BadChatRequest("stream_options",
                         "stream_options has to be an object, and needs \"stream\": true");
  }
  parsed.include_usage = ReadFlag(*options, "include_usage");
}

// An argument of the schema's type, so that a tool that checks its arguments takes the call.
json SampleArgument(const json& schema) {
  const std::string type = schema.is_object() ? schema.value("type", json("string")).dump() : "";
  if (type == "\"number\"" || type == "\"integer\"") return 1;
  if (type == "\"boolean\"") return true;
  if (type == "\"array\"") return json::array();
  if (type == "\"object\"") return json::object();
  return "Lund";
}

// The model calls the first tool that it is offered, once the user has spoken.
void ReadTools(const json& request, ChatRequest& parsed) {
  const auto tools = request.find("tools");
  if (tools == request.end() || tools->is_null()) return;
  const json::json_pointer name("/0/function/name");
  if (!tools->is_array() || !tools->contains(name) || !(*tools)[name].is_string()) {
    throw BadChatRequest("tools", "tools has to be an array of functions, each with a name");
  }
  const auto choice = request.find("tool_choice");
  const bool refused = choice != request.end() && *choice == json("none");
  if (refused || request["messages"].back()["role"] != "user") return;
  parsed.tool = (*tools)[name].get<std::string>();
  json arguments = json::object();
  const json::json_pointer properties("/0/function/parameters/properties");
  if (tools->contains(properties) && (*tools)[properties].is_object()) {
    for (const auto& [key, schema] : (*tools)[properties].items()) {
      arguments[key] = SampleArgument(schema);
    }
  }
  parsed.tool_arguments = Dump(arguments);
}

void ReadMessages(const json& request, const BytePairTokenizer& tokenizer, ChatRequest& parsed) {
  const auto messages = request.find("messages");
  if (messages == request.end() || !messages->is_array() || messages->empty()) {
    throw BadChatRequest("messages", "messages has to be an array with at least one message");
  }
  const auto read = [&](const std::string& text) {
    const std::vector<Token> tokens = tokenizer.Encode(text);
    parsed.prompt.insert(parsed.prompt.end(), tokens.begin(), tokens.end());
  };
  if (request.contains("tools")) read(Dump(request["tools"]));
  for (size_t i = 0; i < messages->size(); ++i) read(MessageText((*messages)[i], i));
  parsed.prompt_tokens = parsed.prompt.size() + kTokensPerMessage * messages->size();
}

// Rendering -------------------------------------------------------------------------------------

json TextOrNull(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json Usage(const Completion& completion) {
  return {{"prompt_tokens", completion.prompt_tokens},
          {"completion_tokens", completion.completion_tokens},
          {"total_tokens", completion.prompt_tokens + completion.completion_tokens},
          {"prompt_tokens_details", {{"cached_tokens", 0}, {"audio_tokens", 0}}},
          {"completion_tokens_details", {{"reasoning_tokens", 0}, {"audio_tokens", 0}}}};
}

json ToolCalls(const Completion& completion) {
  return json::array(
      {{{"id", "call_" + completion.id},
        {"type", "function"},
        {"function", {{"name", completion.tool}, {"arguments", completion.tool_arguments}}}}});
}

json Envelope(const Completion& completion, const char* object) {
  return {{"id", completion.id},           {"object", object},
          {"created", completion.created}, {"model", completion.model},
          {"service_tier", "default"},     {"system_fingerprint", kFingerprint}};
}

}  // namespace

BadChatRequest::BadChatRequest(std::string field, const std::string& message)
    : std::runtime_error(message), param_(std::move(field)) {}

ChatRequest ParseChatRequest(const std::string& body, const BytePairTokenizer& tokenizer) {
  if (NestsTooDeep(body)) throw BadChatRequest("", "the body nests too deep");
  const json request = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!request.is_object()) throw BadChatRequest("", "the body has to be a JSON object");
  const auto model = request.find("model");
  if (model == request.end() || !model->is_string() || model->get<std::string>().empty()) {
    throw BadChatRequest("model", "model has to name a model, such as mock-fast or mock-slow");
  }
  if (ReadCount(request, "n").value_or(1) != 1) {
    throw BadChatRequest("n", "this mock gives one choice; leave n out");
  }
  ChatRequest parsed;
  parsed.model = model->get<std::string>();
  parsed.temperature = ReadTemperature(request);
  parsed.seed = ReadCount(request, "seed");
  parsed.max_tokens = ReadCount(request, "max_completion_tokens");
  if (!parsed.max_tokens) parsed.max_tokens = ReadCount(request, "max_tokens");
  ReadStream(request, parsed);
  ReadMessages(request, tokenizer, parsed);
  ReadTools(request, parsed);
  return parsed;
}

std::string RenderCompletion(const Completion& completion) {
  std::string text;
  for (const std::string& piece : completion.pieces) text += piece;
  json message = {{"role", "assistant"}, {"content", text}, {"refusal", nullptr}};
  if (!completion.tool.empty()) {
    message["content"] = nullptr;
    message["tool_calls"] = ToolCalls(completion);
  }
  json answer = Envelope(completion, "chat.completion");
  answer["choices"] = json::array({{{"index", 0},
                                    {"message", std::move(message)},
                                    {"logprobs", nullptr},
                                    {"finish_reason", completion.finish_reason}}});
  answer["usage"] = Usage(completion);
  return Dump(answer) + "\n";
}

std::vector<std::string> RenderStream(const Completion& completion, bool include_usage) {
  std::vector<std::string> events;
  json chunk = Envelope(completion, "chat.completion.chunk");
  if (include_usage) chunk["usage"] = nullptr;
  const auto emit = [&] { events.push_back("data: " + Dump(chunk) + "\n\n"); };
  const auto emit_delta = [&](json delta, const json& finish_reason) {
    chunk["choices"] = json::array({{{"index", 0},
                                     {"delta", std::move(delta)},
                                     {"logprobs", nullptr},
                                     {"finish_reason", finish_reason}}});
    emit();
  };
  if (completion.tool.empty()) {
    emit_delta({{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}}, nullptr);
  } else {
    json calls = ToolCalls(completion);
    calls[0]["index"] = 0;
    emit_delta({{"role", "assistant"}, {"content", nullptr}, {"tool_calls", calls}}, nullptr);
  }
  for (const std::string& piece : completion.pieces) emit_delta({{"content", piece}}, nullptr);
  emit_delta(json::object(), completion.finish_reason);
  if (include_usage) {
    chunk["choices"] = json::array();
    chunk["usage"] = Usage(completion);
    emit();
  }
  events.emplace_back("data: [DONE]\n\n");
  return events;
}

std::string RenderError(const std::string& type, const std::string& message,
                        const std::string& param, const std::string& code) {
  const json answer = {{"error",
                        {{"message", message},
                         {"type", type},
                         {"param", TextOrNull(param)},
                         {"code", TextOrNull(code)}}}};
  return Dump(answer) + "\n";
}

}  // namespace demo
