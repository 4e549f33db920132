// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/setting.h"
#include "traces/options.h"
#include "wire/options.h"

namespace orrery::config {

// Config is everything that can be set, with its defaults; config.cc says what each member means.
//
// Life: a value; made by Load, constant afterwards.
struct Config {
  std::string data_dir = "./data";
  LogFormat log_format = LogFormat::kLogfmt;
  LogLevel log_level = LogLevel::kInfo;
  uint64_t memory_limit = 0;  // 0: a quarter of what the machine or its cgroup has.

  Address http_address{"127.0.0.1", 3000};
  Address otlp_grpc_address{"127.0.0.1", 4317};
  Address otlp_http_address{"127.0.0.1", 4318};
  Address tempo_address{"127.0.0.1", 3200};
  Address admin_address{"127.0.0.1", 12345};
  SettingList allowed_hosts;
  uint64_t max_connections = 1000;  // Of each listener.

  uint64_t max_request_bytes = uint64_t{64} << 20;
  uint64_t max_decompressed_bytes = uint64_t{64} << 20;
  wire::OtlpLimits otlp_limits;

  uint64_t query_timeout_nanos = 30'000'000'000;
  uint64_t query_max_bytes = uint64_t{8} << 30;
  uint64_t query_max_trace_spans = 100'000;
  uint64_t query_concurrency = 4;
  uint64_t query_queue = 64;

  uint64_t queue_bytes = uint64_t{64} << 20;
  uint64_t queue_requests = 4096;
  SettingMap add_resource_attributes;

  traces::Options traces;
};

// All settings, bound to `config`, in the order of the reference. `config` must outlive them.
std::vector<Setting> SettingsOf(Config& config);

}  // namespace orrery::config
