// SPDX-License-Identifier: Apache-2.0
// orrery-load sends traces as fast as a server takes them, or at a rate, and says what it cost.
#include <cstdio>
#include <ctime>
#include <random>

#include <CLI/CLI.hpp>
#include <curl/curl.h>

#include "bench/load/process_watch.h"
#include "bench/load/run.h"

namespace orrery::load {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

struct Settings {
  std::string protocol = "http";
  std::string url = "http://127.0.0.1:4318/v1/traces";
  std::string target = "127.0.0.1:4317";
  bool gzip = false;
  bool json = false;
  int pid = 0;
  std::string flush;
  uint64_t trace_spans = kSpansPerTrace;
  double end_time = 0;
  double spread = 300;
  TraceOptions traces{.seed = 0};
  RunOptions run;
};

void Declare(CLI::App& app, Settings& s) {
  app.add_option("--protocol", s.protocol, "http or grpc")
      ->check(CLI::IsMember({"http", "grpc"}))
      ->capture_default_str();
  app.add_option("--url", s.url, "where OTLP over HTTP goes")->capture_default_str();
  app.add_option("--target", s.target, "where OTLP over gRPC goes, host:port")
      ->capture_default_str();
  app.add_flag("--gzip", s.gzip, "compress the requests");
  app.add_option("--spans", s.traces.spans, "spans to send, rounded up to traces of 13")
      ->check(CLI::Range(1e0, 1e12))
      ->capture_default_str();
  app.add_option("--trace-spans", s.trace_spans, "spans of a trace, rounded up to 13s")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  app.add_option("--batch", s.traces.spans_per_request, "spans in a request")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--connections", s.run.connections, "connections, each with a request at a time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--seconds", s.run.seconds, "end after so long, 0 when all spans were sent")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--rate", s.run.rate, "spans a second, 0 is as fast as they are taken")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--users", s.traces.users, "users, named user-0 and so on")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--error-rate", s.traces.error_rate, "share of traces that fail")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--seed", s.traces.seed, "equal seeds send equal traces, 0 is random")
      ->capture_default_str();
  app.add_option("--end-time", s.end_time, "Unix time of the newest trace, 0 is now")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--spread", s.spread, "seconds from the oldest trace to the newest")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--retries", s.run.retries, "times to send a request again")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_flag("--stop-early", s.run.stop_early, "end at the first request without an answer");
  app.add_option("--log", s.run.log, "file that gets the trace ids of acknowledged requests");
  app.add_option("--pid", s.pid, "server process whose CPU time is told");
  app.add_option("--flush", s.flush, "URL that gets a POST at the end; its CPU time counts too");
  app.add_flag("--json", s.json, "print one JSON object instead of a table");
}

int64_t NowNanos() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

bool PostFlush(const std::string& url) {
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, 0L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(
      curl, CURLOPT_WRITEFUNCTION,
      +[](char*, size_t size, size_t count, void*) { return size * count; });
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  if (code != CURLE_OK) {
    std::fprintf(stderr, "orrery-load: flush %s: %s\n", url.c_str(), curl_easy_strerror(code));
  }
  return code == CURLE_OK;
}

struct Cost {
  double cpu_seconds = -1;  // negative when nobody asked
  uint64_t peak_memory_bytes = 0;
};

void PrintTable(const Totals& t, const Cost& cost) {
  const auto accepted = static_cast<double>(t.accepted);
  std::printf("accepted spans      %llu\n", static_cast<unsigned long long>(t.accepted));
  std::printf("refused spans       %llu\n", static_cast<unsigned long long>(t.refused));
  std::printf("unanswered spans    %llu\n", static_cast<unsigned long long>(t.unanswered));
  std::printf("retries             %llu\n", static_cast<unsigned long long>(t.retries));
  std::printf("seconds             %.3f\n", t.seconds);
  std::printf("spans per second    %.0f\n", t.seconds > 0 ? accepted / t.seconds : 0);
  std::printf("bytes a span        %.1f\n",
              t.accepted > 0 ? static_cast<double>(t.wire_bytes) / accepted : 0);
  if (cost.cpu_seconds >= 0) {
    std::printf("server CPU seconds  %.2f\n", cost.cpu_seconds);
    std::printf("spans per CPU s     %.0f\n",
                cost.cpu_seconds > 0 ? accepted / cost.cpu_seconds : 0);
    std::printf("server peak memory  %.1f MB\n", static_cast<double>(cost.peak_memory_bytes) / 1e6);
  }
  if (!t.first_reason.empty()) std::printf("first complaint     %s\n", t.first_reason.c_str());
}

void PrintJson(const Totals& t, const Cost& cost) {
  std::printf(
      "{\"accepted\":%llu,\"refused\":%llu,\"unanswered\":%llu,\"retries\":%llu,\"seconds\":%.6f,"
      "\"wire_bytes\":%llu,\"cpu_seconds\":%.3f,\"peak_memory_bytes\":%llu}\n",
      static_cast<unsigned long long>(t.accepted), static_cast<unsigned long long>(t.refused),
      static_cast<unsigned long long>(t.unanswered), static_cast<unsigned long long>(t.retries),
      t.seconds, static_cast<unsigned long long>(t.wire_bytes), cost.cpu_seconds,
      static_cast<unsigned long long>(cost.peak_memory_bytes));
  if (!t.first_reason.empty()) {
    std::fprintf(stderr, "orrery-load: first complaint: %s\n", t.first_reason.c_str());
  }
}

// 0 when every span was accepted, else 1.
int Execute(Settings& s) {
  if (s.traces.seed == 0) s.traces.seed = std::random_device{}();
  s.traces.end_unix_nano = s.end_time > 0 ? static_cast<int64_t>(s.end_time * 1e9) : NowNanos();
  s.traces.spread_nano = static_cast<int64_t>(s.spread * 1e9);
  s.traces.conversations_per_trace = (s.trace_spans + kSpansPerTrace - 1) / kSpansPerTrace;
  const TraceGenerator generator(s.traces);

  const auto before = ReadProcessCost(s.pid);
  if (s.pid != 0 && !before) {
    std::fprintf(stderr, "orrery-load: there is no process %d to watch\n", s.pid);
    return 2;
  }
  std::string error;
  const Totals totals = Run(
      generator, s.run,
      [&s] {
        return s.protocol == "grpc" ? MakeGrpcSender(s.target, s.gzip)
                                    : MakeHttpSender(s.url, s.gzip);
      },
      &error);
  if (!error.empty()) {
    std::fprintf(stderr, "orrery-load: %s\n", error.c_str());
    return 2;
  }
  const bool flushed = s.flush.empty() || PostFlush(s.flush);
  Cost cost;
  if (const auto after = ReadProcessCost(s.pid); s.pid != 0 && after) {
    cost = {after->cpu_seconds - before->cpu_seconds, after->peak_memory_bytes};
  }
  s.json ? PrintJson(totals, cost) : PrintTable(totals, cost);
  return totals.refused == 0 && totals.unanswered == 0 && flushed ? 0 : 1;
}

}  // namespace
}  // namespace orrery::load

int main(int argc, char** argv) {
  orrery::load::Settings settings;
  CLI::App app("Sends traces of an LLM application to an OTLP endpoint and measures the answer.");
  orrery::load::Declare(app, settings);
  CLI11_PARSE(app, argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const int exit_code = orrery::load::Execute(settings);
  curl_global_cleanup();
  return exit_code;
}
