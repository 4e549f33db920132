// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/byte_budget.h"

namespace orrery::net {

// How one HTTP listener behaves. Times are for one request; a slow peer gets more when it keeps
// moving at least `min_bytes_per_second`, and never rests longer than `stall_timeout`.
struct HttpServerOptions {
  std::string name = "http";               // Of the listener, for counters.
  std::string address = "127.0.0.1";       // An IP address.
  uint16_t port = 0;                       // 0 takes a free one.
  std::string setting = "the address";     // What to set when the port is taken.
  std::vector<std::string> allowed_hosts;  // Further values of Host (no port); "*" allows all.

  size_t max_connections = 1000;
  // Past the maximum, a connection that was idle for so long makes room for a new one.
  std::chrono::milliseconds least_idle{1000};
  // A TraceQL query of 128 KiB stands in the target, where each byte may take three.
  size_t max_header_bytes = 416 * 1024;
  size_t max_body_bytes = size_t{64} << 20;          // As sent, before any inflating.
  std::chrono::milliseconds idle_timeout{75'000};    // Between requests.
  std::chrono::milliseconds header_timeout{10'000};  // From the first byte to the end of the head.
  std::chrono::milliseconds read_timeout{20'000};    // Body, beyond what the rate allows.
  std::chrono::milliseconds write_timeout{20'000};   // Answer, beyond what the rate allows.
  std::chrono::milliseconds stall_timeout{10'000};   // Between two pieces of a body or an answer.
  size_t min_bytes_per_second = 32 * 1024;

  // What bodies and answers of several listeners may hold together; null is without limit.
  std::shared_ptr<ByteBudget> body_budget;
  std::shared_ptr<ByteBudget> answer_budget;
};

// How one gRPC listener behaves.
struct GrpcServerOptions {
  std::string name = "grpc";
  std::string address = "127.0.0.1";
  uint16_t port = 0;
  std::string setting = "the address";

  size_t max_message_bytes = size_t{64} << 20;  // Before and after inflating.
  int threads = 2;                              // Polling threads; handlers run on them.
  int max_streams_per_connection = 256;
  size_t max_library_bytes = 0;  // Of messages on their way in; 0 is without limit.
  // From the first byte of a call to the end of its message.
  std::chrono::milliseconds read_timeout{60'000};
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds keepalive_time{60'000};     // A silent peer is asked whether it lives.
  std::chrono::milliseconds keepalive_timeout{20'000};  // How long it has to answer.
  std::chrono::milliseconds idle_timeout{600'000};      // Connections without a call.
};

}  // namespace orrery::net
