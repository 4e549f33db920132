// SPDX-License-Identifier: Apache-2.0
// orrery-demo-client: makes the traffic, as the users of an application would.
#include <array>
#include <csignal>

#include <unistd.h>

#include "demo/client/traffic.h"
#include "demo/common/failure.h"
#include "demo/common/flags.h"
#include "demo/common/http_client.h"
#include "demo/common/log.h"
#include "demo/common/stop_signal.h"
#include "demo/common/telemetry.h"

// Not anonymous: the stack traces of failures need the names.
namespace demo::client {

struct Settings {
  std::string url = "http://127.0.0.1:8000";
  double rate = 2;
  double count = 0;
  double seed = 0;
  std::string only;
};

constexpr std::array<const char*, 6> kPrompts = {
    "Explain in two sentences why the checkout is slow today.",
    "Summarize the last ten support tickets by cause.",
    "Which of our regions had the most failed payments this week?",
    "Write a friendly reply to a customer who waits for a refund.",
    "Translate the release notes into plain language.",
    "Suggest three names for a telescope that watches services.",
};

std::optional<int> ReadSettings(int argc, char** argv, Settings& settings) {
  Flags flags("orrery-demo-client calls the demo server about twice a second.",
              "ORRERY_DEMO_CLIENT");
  flags.AddText("url", "address of the demo server", &settings.url);
  flags.AddNumber("rate", "calls a second", 0.01, 1000, &settings.rate);
  flags.AddNumber("count", "calls after which to exit, 0 goes on", 0, 1e15, &settings.count);
  flags.AddNumber("seed", "makes the choice of calls repeatable, 0 is random", 0, 1e15,
                  &settings.seed);
  flags.AddText("only",
                "ping_server, call_fast, call_slow or call_test_openai, to make this call alone",
                &settings.only);
  const auto exit_code = flags.Parse(argc, argv);
  if (exit_code) return exit_code;
  if (!settings.only.empty() && settings.only != "ping_server" && settings.only != "call_fast" &&
      settings.only != "call_slow" && settings.only != "call_test_openai") {
    LogError("only is \"" + settings.only +
             "\"; write ping_server, call_fast, call_slow or call_test_openai");
    return 2;
  }
  return std::nullopt;
}

void Request(const char* span_name, const std::string& url) {
  InternalSpan span(span_name);
  WithFailures([&] { return Send({.url = url}); });
}

void ping_server(const Settings& settings) {
  Request("client_request.healthcheck_ping", settings.url + "/ping");
}

void Calculate(const char* span_name, const Settings& settings, const char* model,
               uint64_t choice) {
  Request(span_name, settings.url + "/calculate?prompt=" +
                         PercentEncode(kPrompts[choice % kPrompts.size()]) + "&model=" + model);
}

void call_fast(const Settings& settings, uint64_t choice) {
  Calculate("client_request.call_fast", settings, "mock-fast", choice);
}

void call_slow(const Settings& settings, uint64_t choice) {
  Calculate("client_request.call_slow", settings, "mock-slow", choice);
}

void call_test_openai(const Settings& settings) {
  Request("client_request.call_test_openai", settings.url + "/test-openai");
}

// Eight of ten calls are prompts, five of them fast; one is a health check and one a test of
// OpenAI.
const char* ChooseCall(uint64_t draw) {
  if (draw == 0) return "ping_server";
  if (draw == 1) return "call_test_openai";
  return draw < 5 ? "call_slow" : "call_fast";
}

void MakeCall(const Settings& settings, uint64_t number) {
  const std::string call = settings.only.empty() ? ChooseCall(number % 10) : settings.only;
  const uint64_t choice = number / 10;
  try {
    if (call == "ping_server") {
      ping_server(settings);
    } else if (call == "call_test_openai") {
      call_test_openai(settings);
    } else if (call == "call_slow") {
      call_slow(settings, choice);
    } else {
      call_fast(settings, choice);
    }
  } catch (const std::exception& error) {
    LogWarning("call without an answer", {{"reason", error.what()}});
  }
}

int Run(const Settings& settings) {
  const StopSignal stop;
  const OneCurl curl;
  const Telemetry telemetry("simple.cpp.client");
  LogInfo("calling", {{"url", settings.url}});
  Traffic traffic(
      {.rate = settings.rate,
       .count = static_cast<uint64_t>(settings.count),
       .seed = static_cast<uint64_t>(settings.seed)},
      [&settings](uint64_t number) { MakeCall(settings, number); },
      [] { kill(getpid(), SIGTERM); });
  stop.Wait();
  traffic.Stop();
  return 0;
}

}  // namespace demo::client

int main(int argc, char** argv) {
  demo::NameProgram("orrery-demo-client");
  demo::client::Settings settings;
  if (const auto exit_code = demo::client::ReadSettings(argc, argv, settings)) return *exit_code;
  try {
    return demo::client::Run(settings);
  } catch (const std::exception& error) {
    demo::LogError(error.what());
    return 1;
  }
}
