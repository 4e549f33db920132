// SPDX-License-Identifier: Apache-2.0
// orrery-demo-server: an application's back end that answers prompts with the help of two models, a
// mock one for the draft and OpenAI's for the answer.
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "demo/common/failure.h"
#include "demo/common/flags.h"
#include "demo/common/http_client.h"
#include "demo/common/http_server.h"
#include "demo/common/log.h"
#include "demo/common/stop_signal.h"
#include "demo/common/telemetry.h"
#include "demo/common/traced_routes.h"
#include "demo/server/openai_chat.h"
#include "demo/server/openai_client.h"

// Not anonymous: the stack traces of failures need the names.
namespace demo::server {

using nlohmann::json;

constexpr char kDefaultModel[] = "mock-fast";

struct Settings {
  std::string host = "127.0.0.1";
  double port = 8000;
  std::string llm_url = "http://127.0.0.1:8001";
  double timeout_s = 30;
  double openai_timeout_s = 20;
  std::string openai_model = "gpt-4o-mini";
  OpenAiClient::Options openai;
};

// The settings of OpenAI's own clients, and the key, come from the environment alone: a command
// line is for everybody to see.
void ReadOpenAi(Settings& settings) {
  const auto take = [](const char* name, std::string& target) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') target = value;
  };
  take("OPENAI_API_KEY", settings.openai.key);
  take("OPENAI_BASE_URL", settings.openai.base_url);
  take("OPENAI_CA_FILE", settings.openai.ca_file);
  take("OPENAI_MODEL", settings.openai_model);
  settings.openai.timeout_ms = static_cast<int>(settings.openai_timeout_s * 1000);
  if (settings.openai.key.empty()) settings.openai.base_url = settings.llm_url + "/stand-in/v1";
}

void LogWhoAnswers(const OpenAiClient& client, const std::string& model) {
  const std::string address = client.host() + ":" + std::to_string(client.port());
  if (client.is_stand_in()) {
    LogInfo("no OPENAI_API_KEY: the mock LLM stands in for OpenAI", {{"address", address}});
  } else {
    LogInfo("OpenAI answers after the mock LLM", {{"address", address}, {"model", model}});
  }
}

std::optional<int> ReadSettings(int argc, char** argv, Settings& settings) {
  Flags flags(
      "orrery-demo-server answers GET /calculate?prompt=TEXT[&model=NAME], /test-openai, /ping and "
      "/.\n"
      "The environment's OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL and OPENAI_CA_FILE choose "
      "the OpenAI that\n"
      "answers after the mock LLM; without a key the mock LLM stands in for it.",
      "ORRERY_DEMO_SERVER");
  flags.AddText("host", "address to listen on", &settings.host);
  flags.AddNumber("port", "port to listen on, 0 takes a free one", 0, 65535, &settings.port);
  flags.AddText("llm-url", "address of the model's API", &settings.llm_url);
  flags.AddNumber("timeout", "seconds to wait for the model", 0.1, 600, &settings.timeout_s);
  flags.AddNumber("openai-timeout", "seconds to wait for OpenAI, a second try included", 0.1, 600,
                  &settings.openai_timeout_s);
  return flags.Parse(argc, argv);
}

std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

json CallMockLlm(const Settings& settings, const std::string& model, const std::string& prompt) {
  InternalSpan span("call_mock_llm");
  return WithFailures([&] {
    const json message = {{"role", "user"}, {"content", prompt}};
    const ClientAnswer answer = Send({
        .method = "POST",
        .url = settings.llm_url + "/v1/chat/completions",
        .body = Dump({{"model", model}, {"messages", json::array({message})}}),
        .peer_service = "mock-llm-backend",
        .timeout_ms = static_cast<int>(settings.timeout_s * 1000),
    });
    json completion = json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
    const json::json_pointer text("/choices/0/message/content");
    if (!completion.is_object() || !completion.contains(text) || !completion[text].is_string()) {
      throw Failure("bad_completion", "the model's answer holds no text");
    }
    return completion;
  });
}

// What the handlers need.
struct Backend {
  const Settings& settings;
  const OpenAiClient openai;
};

json Usage(const ChatAnswer& answer) {
  const auto count = [](const std::optional<int64_t>& tokens) {
    return tokens ? json(*tokens) : json(nullptr);
  };
  return {{"prompt_tokens", count(answer.input_tokens)},
          {"completion_tokens", count(answer.output_tokens)}};
}

json ProcessPrompt(const Backend& backend, const std::string& model, const std::string& prompt) {
  InternalSpan span("process_prompt");
  span.SetAttribute("prompt.length", static_cast<int64_t>(prompt.size()));
  return WithFailures([&] {
    const json completion = CallMockLlm(backend.settings, model, prompt);
    const std::string draft = completion["choices"][0]["message"]["content"];
    const ChatAnswer answer = CallOpenAiChat(
        backend.openai, {.model = backend.settings.openai_model,
                         .instructions = "Answer in two sentences. Use the draft where it helps.",
                         .text = prompt + "\n\nDraft: " + draft});
    return json{
        {"prompt", prompt},
        {"model", model},
        {"draft", draft},
        {"answer", answer.text},
        {"answered_by", answer.model},
        {"usage",
         {{"draft", completion.value("usage", json::object())}, {"answer", Usage(answer)}}}};
  });
}

json TestOpenAi(const Backend& backend) {
  InternalSpan span("test_sync_openai_call");
  return WithFailures([&] {
    const ChatAnswer answer =
        CallOpenAiChat(backend.openai, {.model = backend.settings.openai_model,
                                        .instructions = "You are asked whether you are there.",
                                        .text = "Say hello in one sentence."});
    return json{{"answer", answer.text},
                {"answered_by", answer.model},
                {"stand_in", backend.openai.is_stand_in()},
                {"usage", Usage(answer)}};
  });
}

HttpResponse Calculate(const Backend& backend, const HttpRequest& request) {
  const std::string prompt = request.Parameter("prompt");
  if (prompt.empty()) {
    return {400, "application/json",
            Dump({{"error", "prompt is missing; write /calculate?prompt=TEXT"}})};
  }
  std::string model = request.Parameter("model");
  if (model.empty()) model = kDefaultModel;
  return {200, "application/json", Dump(ProcessPrompt(backend, model, prompt))};
}

HttpResponse Describe(const HttpRequest&) {
  return {200, "application/json",
          Dump({{"service", "server-api"},
                {"endpoints",
                 {"/", "/ping", "/calculate?prompt=TEXT&model=mock-fast", "/test-openai"}}})};
}

HttpResponse Ping(const HttpRequest&) { return {200, "text/plain; charset=utf-8", "pong\n"}; }

// What is behind this server has failed, not the server itself.
HttpResponse AnswerFailure(const std::exception& error) {
  const auto* failure = dynamic_cast<const Failure*>(&error);
  return {502, "application/json",
          Dump({{"error", std::string("the model could not answer: ") + error.what()},
                {"type", failure != nullptr ? failure->type() : "internal"}})};
}

int Run(const Settings& settings) {
  const StopSignal stop;
  const OneCurl curl;
  const Backend backend{settings, OpenAiClient(settings.openai)};
  LogWhoAnswers(backend.openai, settings.openai_model);
  const Telemetry telemetry("server-api");
  TracedRoutes routes(&AnswerFailure);
  routes.Add("GET", "/", &Describe);
  routes.Add("GET", "/ping", &Ping);
  routes.Add("GET", "/calculate",
             [&backend](const HttpRequest& request) { return Calculate(backend, request); });
  routes.Add("GET", "/test-openai", [&backend](const HttpRequest&) {
    return HttpResponse{200, "application/json", Dump(TestOpenAi(backend))};
  });
  const auto server =
      HttpServer::Start(settings.host, static_cast<uint16_t>(settings.port),
                        [&routes](const HttpRequest& request) { return routes.Answer(request); });
  LogInfo("listening", {{"address", settings.host + ":" + std::to_string(server->port())},
                        {"llm", settings.llm_url}});
  stop.Wait();
  server->Stop();
  return 0;
}

}  // namespace demo::server

int main(int argc, char** argv) {
  demo::NameProgram("orrery-demo-server");
  demo::server::Settings settings;
  if (const auto exit_code = demo::server::ReadSettings(argc, argv, settings)) return *exit_code;
  demo::server::ReadOpenAi(settings);
  try {
    return demo::server::Run(settings);
  } catch (const std::exception& error) {
    demo::LogError(error.what());
    return 1;
  }
}
