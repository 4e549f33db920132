// SPDX-License-Identifier: Apache-2.0
// orrery-demo-llm: a mock of a large language model's API, with the latency and the failures of
// one and none of its costs.
#include <atomic>
#include <ctime>
#include <thread>

#include "demo/common/failure.h"
#include "demo/common/flags.h"
#include "demo/common/http_server.h"
#include "demo/common/log.h"
#include "demo/common/stop_signal.h"
#include "demo/common/telemetry.h"
#include "demo/common/traced_routes.h"
#include "demo/llm/chat_api.h"
#include "demo/llm/mock_model.h"

// Not anonymous: the stack traces of failures need the names.
namespace demo::llm {

struct Settings {
  std::string host = "127.0.0.1";
  double port = 8001;
  double seed = 0;
  MockModel::Options model;
};

std::optional<int> ReadSettings(int argc, char** argv, Settings& settings) {
  Flags flags("orrery-demo-llm answers POST /v1/chat/completions as a model would.",
              "ORRERY_DEMO_LLM");
  flags.AddText("host", "address to listen on", &settings.host);
  flags.AddNumber("port", "port to listen on, 0 takes a free one", 0, 65535, &settings.port);
  flags.AddNumber("seed", "makes latencies, failures and texts repeatable, 0 is random", 0, 1e15,
                  &settings.seed);
  flags.AddNumber("failure-rate", "share of requests that fail", 0, 1,
                  &settings.model.failure_rate);
  flags.AddNumber("fast-min", "shortest answer in seconds", 0, 60, &settings.model.fast_min_s);
  flags.AddNumber("fast-max", "longest answer in seconds", 0, 60, &settings.model.fast_max_s);
  flags.AddNumber("slow-min", "the same for models named ...-slow", 0, 60,
                  &settings.model.slow_min_s);
  flags.AddNumber("slow-max", "the same for models named ...-slow", 0, 60,
                  &settings.model.slow_max_s);
  const auto exit_code = flags.Parse(argc, argv);
  settings.model.seed = static_cast<uint64_t>(settings.seed);
  return exit_code;
}

std::string GenerateMockResponse(MockModel& model, const ChatRequest& request) {
  InternalSpan span("generate_mock_response");
  return WithFailures([&] {
    const MockModel::Outcome outcome = model.Draw(request.model);
    span.SetAttribute("mock.model", request.model);
    span.SetAttribute("mock.latency_ms", static_cast<int64_t>(outcome.latency.count()));
    std::this_thread::sleep_for(outcome.latency);
    if (!outcome.failure_type.empty()) {
      throw Failure(outcome.failure_type, outcome.failure_message);
    }
    return outcome.text;
  });
}

HttpResponse Complete(MockModel& model, const HttpRequest& http_request) {
  static std::atomic<uint64_t> count{0};
  ChatRequest request;
  try {
    request = ParseChatRequest(http_request.body);
  } catch (const BadChatRequest& mistake) {
    return {400, "application/json",
            RenderError("invalid_request_error", mistake.what(), mistake.param(), "")};
  }
  const std::string text = GenerateMockResponse(model, request);
  const long now = std::time(nullptr);
  const std::string id = "chatcmpl-mock-" + std::to_string(now) + "-" + std::to_string(++count);
  return {200, "application/json", RenderCompletion(id, request, text, now)};
}

HttpResponse AnswerFailure(const std::exception& error) {
  const auto* failure = dynamic_cast<const Failure*>(&error);
  return {500, "application/json",
          RenderError("server_error", error.what(), "", failure != nullptr ? failure->type() : "")};
}

int Run(const Settings& settings) {
  const StopSignal stop;
  const Telemetry telemetry("mock-llm-backend");
  MockModel model(settings.model);
  TracedRoutes routes(&AnswerFailure);
  routes.Add("POST", "/v1/chat/completions",
             [&model](const HttpRequest& request) { return Complete(model, request); });
  const auto server =
      HttpServer::Start(settings.host, static_cast<uint16_t>(settings.port),
                        [&routes](const HttpRequest& request) { return routes.Answer(request); });
  LogInfo("listening", {{"address", settings.host + ":" + std::to_string(server->port())}});
  stop.Wait();
  server->Stop();
  return 0;
}

}  // namespace demo::llm

int main(int argc, char** argv) {
  demo::NameProgram("orrery-demo-llm");
  demo::llm::Settings settings;
  if (const auto exit_code = demo::llm::ReadSettings(argc, argv, settings)) return *exit_code;
  try {
    return demo::llm::Run(settings);
  } catch (const std::exception& error) {
    demo::LogError(error.what());
    return 1;
  }
}
