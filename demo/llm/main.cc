// SPDX-License-Identifier: Apache-2.0
// orrery-demo-llm: a mock of a large language model's API, with the latency and the failures of
// one, a little of its arithmetic, and none of its costs.
#include <algorithm>
#include <atomic>
#include <chrono>
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
#include "demo/llm/tokenizer.h"
#include "demo/llm/toy_model.h"
#include "demo/llm/training_text.h"

// Not anonymous: the stack traces of failures need the names.
namespace demo::llm {

using Clock = std::chrono::steady_clock;

constexpr size_t kMerges = 512;
constexpr size_t kMaxTokens = 160;

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

// What answers requests: the luck of the draw, and the text.
struct Mind {
  explicit Mind(const MockModel::Options& options)
      : draws(options), tokenizer(TrainingText(), kMerges), model(tokenizer, TrainingText()) {}

  MockModel draws;
  const BytePairTokenizer tokenizer;
  const ToyModel model;
  std::atomic<uint64_t> answers{0};
};

// The model's own work: all of an answer's CPU time.
Completion Compute(Mind& mind, const ChatRequest& request, uint64_t seed) {
  Completion completion{.model = request.model, .created = std::time(nullptr)};
  completion.id =
      "chatcmpl-mock-" + std::to_string(completion.created) + "-" + std::to_string(++mind.answers);
  completion.prompt_tokens = request.prompt_tokens;
  if (!request.tool.empty()) {
    completion.tool = request.tool;
    completion.tool_arguments = request.tool_arguments;
    completion.completion_tokens =
        mind.tokenizer.Encode(request.tool + request.tool_arguments).size();
    completion.finish_reason = "tool_calls";
    return completion;
  }
  const ToyModel::Answer answer = mind.model.Generate(
      request.prompt,
      {.seed = request.seed.value_or(seed),
       .temperature = request.temperature,
       .max_tokens = std::min(request.max_tokens.value_or(kMaxTokens), kMaxTokens)});
  for (const Token token : answer.tokens) {
    completion.pieces.push_back(mind.tokenizer.TextOf(token));
  }
  // Text starts without the blank that stands before each word.
  if (!completion.pieces.empty()) completion.pieces.front().erase(0, 1);
  completion.completion_tokens = answer.tokens.size();
  if (answer.cut_off) completion.finish_reason = "length";
  return completion;
}

// Streams the events over the time that is left, the first one at its third.
HttpResponse SendStream(const Completion& completion, bool include_usage, HttpStream& stream,
                        Clock::time_point start, Clock::time_point end) {
  const std::vector<std::string> events = RenderStream(completion, include_usage);
  const auto first = start + (end - start) / 3;
  stream.Begin("text/event-stream");
  for (size_t i = 0; i < events.size(); ++i) {
    std::this_thread::sleep_until(first + (end - first) * i / events.size());
    if (!stream.Send(events[i])) throw Failure("client_gone", "the client left the stream");
  }
  return {200, "text/event-stream", ""};
}

HttpResponse Deliver(const Completion& completion, const ChatRequest& request,
                     const HttpRequest& http_request, Clock::time_point start,
                     std::chrono::milliseconds latency) {
  const Clock::time_point end = std::max(start + latency, Clock::now());
  if (request.stream && http_request.stream != nullptr) {
    return SendStream(completion, request.include_usage, *http_request.stream, start, end);
  }
  std::this_thread::sleep_until(end);
  return {200, "application/json", RenderCompletion(completion)};
}

HttpResponse GenerateMockResponse(Mind& mind, const ChatRequest& request,
                                  const HttpRequest& http_request) {
  InternalSpan span("generate_mock_response");
  return WithFailures([&] {
    const Clock::time_point start = Clock::now();
    const MockModel::Outcome outcome = mind.draws.Draw(request.model);
    span.SetAttribute("mock.model", request.model);
    span.SetAttribute("mock.latency_ms", static_cast<int64_t>(outcome.latency.count()));
    span.SetAttribute("mock.prompt_tokens", static_cast<int64_t>(request.prompt_tokens));
    if (!outcome.failure_type.empty()) {
      std::this_thread::sleep_for(outcome.latency);
      throw Failure(outcome.failure_type, outcome.failure_message);
    }
    const Completion completion = Compute(mind, request, outcome.text_seed);
    span.SetAttribute("mock.completion_tokens", static_cast<int64_t>(completion.completion_tokens));
    return Deliver(completion, request, http_request, start, outcome.latency);
  });
}

// Stands in for OpenAI when there is no key: it never fails, and makes no span, as a service that
// others run makes none here.
HttpResponse StandIn(Mind& mind, const ChatRequest& request, const HttpRequest& http_request) {
  const Clock::time_point start = Clock::now();
  const MockModel::Outcome outcome = mind.draws.Draw(request.model);
  Completion completion = Compute(mind, request, outcome.text_seed);
  completion.model = "mock-" + request.model;
  return Deliver(completion, request, http_request, start, outcome.latency);
}

using Answerer = HttpResponse (*)(Mind&, const ChatRequest&, const HttpRequest&);

HttpResponse Complete(Mind& mind, Answerer answerer, const HttpRequest& http_request) {
  ChatRequest request;
  try {
    request = ParseChatRequest(http_request.body, mind.tokenizer);
  } catch (const BadChatRequest& mistake) {
    return {400, "application/json",
            RenderError("invalid_request_error", mistake.what(), mistake.param(), "")};
  }
  return answerer(mind, request, http_request);
}

HttpResponse AnswerFailure(const std::exception& error) {
  const auto* failure = dynamic_cast<const Failure*>(&error);
  return {500, "application/json",
          RenderError("server_error", error.what(), "", failure != nullptr ? failure->type() : "")};
}

int Run(const Settings& settings) {
  const StopSignal stop;
  const Telemetry telemetry("mock-llm-backend");
  Mind mind(settings.model);
  TracedRoutes routes(&AnswerFailure);
  routes.Add("POST", "/v1/chat/completions", [&mind](const HttpRequest& request) {
    return Complete(mind, &GenerateMockResponse, request);
  });
  routes.AddUntraced("POST", "/stand-in/v1/chat/completions", [&mind](const HttpRequest& request) {
    return Complete(mind, &StandIn, request);
  });
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
