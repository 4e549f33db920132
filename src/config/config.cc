// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

namespace orrery::config {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kGiB = uint64_t{1} << 30;
constexpr uint64_t kTiB = uint64_t{1} << 40;
constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kHour = 3600 * kSecond;

void AddProcess(Config& config, std::vector<Setting>& settings) {
  settings.push_back(
      Setting::Text({.name = "data_dir",
                     .help = "The directory that holds everything stored; made if it is missing. "
                             "One process at a time uses it.",
                     .example = "/var/lib/orrery"},
                    &config.data_dir));
  settings.push_back(Setting::Size(
      {.name = "memory_limit",
       .help = "Resident memory that the process stays under: near it, senders are told to slow "
               "down (429, RESOURCE_EXHAUSTED). Parts of it bound other settings, as these say. 0 "
               "takes a quarter of the memory of the cgroup, or of the machine.",
       .example = "512MiB"},
      &config.memory_limit, 0, 64 * kTiB));
  settings.push_back(Setting::Choice<LogFormat>(
      {.name = "log.format", .help = "How a line of the log is written.", .example = "json"},
      &config.log_format, {{"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}}));
  settings.push_back(Setting::Choice<LogLevel>(
      {.name = "log.level", .help = "The least severe lines that are logged.", .example = "debug"},
      &config.log_level,
      {{"debug", LogLevel::kDebug},
       {"info", LogLevel::kInfo},
       {"warn", LogLevel::kWarn},
       {"error", LogLevel::kError}}));
}

void AddListeners(Config& config, std::vector<Setting>& settings) {
  const auto listen = [&](const char* name, const char* help, const char* example,
                          Address* address) {
    settings.push_back(Setting::Listen({.name = name, .help = help, .example = example}, address));
  };
  listen("http.address",
         "Where the web page is, with the query APIs under /tempo, /prometheus and /pyroscope.",
         "0.0.0.0:3000", &config.http_address);
  settings.push_back(Setting::List(
      {.name = "http.allowed_hosts",
       .help = "Further host names that this server is called by, on any port. Requests under "
               "other names are refused, since a foreign page could send them; * allows all.",
       .example = "orrery.example.com,orrery"},
      &config.allowed_hosts));
  settings.push_back(
      Setting::Count({.name = "http.max_connections",
                      .help = "Open connections of each HTTP listener. Past it the one "
                              "that was idle longest is closed; when all are busy, "
                              "new ones are answered 503.",
                      .example = "5000"},
                     &config.max_connections, 1, 1'000'000));
  listen("otlp.grpc.address", "Where OTLP over gRPC is taken.", "0.0.0.0:4317",
         &config.otlp_grpc_address);
  listen("otlp.http.address", "Where OTLP over HTTP is taken.", "0.0.0.0:4318",
         &config.otlp_http_address);
  settings.push_back(Setting::Size(
      {.name = "otlp.max_request_size",
       .help = "The largest request that is taken, as sent; larger ones are answered 413 or "
               "RESOURCE_EXHAUSTED. At most a sixteenth of memory_limit is in force.",
       .example = "16MiB"},
      &config.max_request_bytes, kMiB, kGiB));
  settings.push_back(
      Setting::Size({.name = "otlp.max_decompressed_size",
                     .help = "The largest request that is taken, decompressed. At most "
                             "a sixteenth of memory_limit is in force.",
                     .example = "128MiB"},
                    &config.max_decompressed_bytes, kMiB, kGiB));
  listen("tempo.address", "Where Tempo's API is answered, for Grafana.", "0.0.0.0:3200",
         &config.tempo_address);
  listen("admin.address", "Where /ready, /metrics and /flush are.", "127.0.0.1:12345",
         &config.admin_address);
}

void AddLimits(Config& config, std::vector<Setting>& settings) {
  constexpr uint64_t kMany = 1'000'000;
  wire::OtlpLimits& limits = config.otlp_limits;
  settings.push_back(Setting::Count(
      {.name = "otlp.limits.attributes",
       .help = "Attributes that are kept of each resource, scope, span, event and link. What these "
               "limits leave out or cut short is counted, in the dropped counts of the span too, "
               "and the sender is told; what is stored already stays as it is.",
       .example = "128"},
      &limits.attributes, 1, kMany));
  settings.push_back(Setting::Size({.name = "otlp.limits.key_size",
                                    .help = "An attribute with a longer key is left out.",
                                    .example = "256B"},
                                   &limits.key_bytes, 16, kMiB));
  settings.push_back(Setting::Size({.name = "otlp.limits.value_size",
                                    .help = "Longer text and bytes in attributes are cut to this. "
                                            "The default holds a prompt of a million tokens.",
                                    .example = "64KiB"},
                                   &limits.value_bytes, 16, kGiB));
  settings.push_back(Setting::Count({.name = "otlp.limits.events",
                                     .help = "Events that are kept of a span, the first ones.",
                                     .example = "128"},
                                    &limits.events, 1, kMany));
  settings.push_back(Setting::Count({.name = "otlp.limits.links",
                                     .help = "Links that are kept of a span, the first ones.",
                                     .example = "128"},
                                    &limits.links, 1, kMany));
}

void AddQueries(Config& config, std::vector<Setting>& settings) {
  settings.push_back(Setting::Duration(
      {.name = "query.timeout", .help = "A query that takes longer is ended.", .example = "30s"},
      &config.query_timeout_nanos, kSecond / 10, kHour));
  settings.push_back(Setting::Size({.name = "query.max_read",
                                    .help = "Decompressed bytes that one query may read.",
                                    .example = "1GiB"},
                                   &config.query_max_bytes, kMiB, kTiB));
  settings.push_back(Setting::Count(
      {.name = "query.max_trace_spans",
       .help =
           "Spans that are read of one trace. Of a larger one a part is answered, and a message "
           "that says so; searches look at that part.",
       .example = "500000"},
      &config.query_max_trace_spans, 1, 100'000'000));
  settings.push_back(Setting::Count({.name = "query.concurrency",
                                     .help = "Queries that run at the same time; others wait.",
                                     .example = "8"},
                                    &config.query_concurrency, 1, 1024));
  settings.push_back(Setting::Count({.name = "query.queue",
                                     .help = "Queries that may wait; more are answered 429.",
                                     .example = "200"},
                                    &config.query_queue, 1, 100'000));
}

void AddPipeline(Config& config, std::vector<Setting>& settings) {
  settings.push_back(Setting::Size(
      {.name = "pipeline.queue_size",
       .help = "Memory of received requests that may wait to be stored; more are refused for a "
               "moment. At most an eighth of memory_limit is in force.",
       .example = "128MiB"},
      &config.queue_bytes, kMiB, 16 * kGiB));
  settings.push_back(Setting::Count({.name = "pipeline.queue_requests",
                                     .help = "Received requests that may wait to be stored.",
                                     .example = "10000"},
                                    &config.queue_requests, 1, 1'000'000));
  settings.push_back(Setting::Map(
      {.name = "pipeline.add_resource_attributes",
       .help = "Attributes that every resource gets when it does not have them. Empty stores what "
               "was received as it came.",
       .example = "deployment.environment.name=staging"},
      &config.add_resource_attributes));
}

void AddTraces(Config& config, std::vector<Setting>& settings) {
  traces::Options& traces = config.traces;
  settings.push_back(Setting::Choice<wal::Durability>(
      {.name = "traces.wal.durability",
       .help = "What an acknowledged span survives: process, the death of the process; fsync, also "
               "a loss of power, at the price of a disk sync for each group of requests.",
       .example = "fsync"},
      &traces.wal.durability,
      {{"process", wal::Durability::kProcess}, {"fsync", wal::Durability::kFsync}}));
  settings.push_back(Setting::Size({.name = "traces.wal.segment_size",
                                    .help = "A file of the log is closed at this size.",
                                    .example = "64MiB"},
                                   &traces.wal.segment_bytes, 64 << 10, kGiB));
  settings.push_back(Setting::Count({.name = "traces.head.max_spans",
                                     .help = "With so many spans the head becomes a block.",
                                     .example = "500000"},
                                    &traces.head_spans, 1, 100'000'000));
  settings.push_back(
      Setting::Size({.name = "traces.head.max_size",
                     .help = "With so much memory the head becomes a block. At most a "
                             "twelfth of memory_limit is in force.",
                     .example = "128MiB"},
                    &traces.head_bytes, 64 << 10, 64 * kGiB));
  settings.push_back(Setting::Duration({.name = "traces.head.max_age",
                                        .help = "So long after its first span the head becomes a "
                                                "block.",
                                        .example = "5m"},
                                       &traces.head_age_nanos, kSecond, 24 * kHour));
  settings.push_back(Setting::Duration({.name = "traces.head.max_idle",
                                        .help = "So long after its last span the head becomes a "
                                                "block.",
                                        .example = "30s"},
                                       &traces.head_idle_nanos, kSecond, 24 * kHour));
  settings.push_back(Setting::Count(
      {.name = "traces.block.max_spans",
       .help = "Blocks are merged as long as the result has no more spans than this.",
       .example = "5000000"},
      &traces.block_spans, 1, 1'000'000'000));
  settings.push_back(Setting::Duration(
      {.name = "traces.block.merge_window",
       .help = "Blocks that were received in the same window of this length are merged when it is "
               "over; windows six and thirty-six times as long take what is still small then.",
       .example = "30m"},
      &traces.merge_window_nanos, kSecond, 31 * 24 * kHour));
  settings.push_back(Setting::Duration(
      {.name = "traces.retention.max_age",
       .help = "Spans are let go, block by block, when the newest of their block was received so "
               "long ago. 0 keeps them until the disk is needed.",
       .example = "30d"},
      &traces.retention_nanos, 0, 100 * 366 * 24 * kHour));
  settings.push_back(Setting::Size(
      {.name = "traces.retention.max_size",
       .help = "The oldest blocks are let go before blocks and log together take more disk than "
               "this. 0 sets no limit.",
       .example = "200GB"},
      &traces.retention_bytes, 0, 1024 * kTiB));
  settings.push_back(Setting::Size(
      {.name = "traces.cache_size",
       .help = "Memory for columns of blocks that were read, decompressed; a quarter more goes to "
               "their indexes of trace ids, and one to what repeated queries of metrics made of "
               "them. At most an eighth of memory_limit is in force.",
       .example = "256MiB"},
      &traces.cache_bytes, 0, kTiB));
}

}  // namespace

std::vector<Setting> SettingsOf(Config& config) {
  std::vector<Setting> settings;
  AddProcess(config, settings);
  AddListeners(config, settings);
  AddLimits(config, settings);
  AddQueries(config, settings);
  AddPipeline(config, settings);
  AddTraces(config, settings);
  return settings;
}

}  // namespace orrery::config
