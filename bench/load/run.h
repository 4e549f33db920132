// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bench/load/sender.h"
#include "bench/load/trace_generator.h"

namespace orrery::load {

struct RunOptions {
  int connections = 2;
  double seconds = 0;       // ends after so long, 0 when everything was sent
  double rate = 0;          // spans a second over all connections, 0 as fast as they are taken
  int retries = 10;         // of one request, before its spans count as refused
  std::string log = {};     // file that gets a line for each acknowledged request, empty for none
  bool stop_early = false;  // end at the first request without an answer
};

struct Totals {
  uint64_t accepted = 0;  // spans
  uint64_t refused = 0;
  uint64_t unanswered = 0;  // spans of requests that nobody answered; stored or not
  uint64_t retries = 0;     // requests sent again
  uint64_t wire_bytes = 0;  // of acknowledged requests, before compression
  double seconds = 0;
  std::string first_reason;  // why the first request was not simply accepted
};

// Sends all requests of the generator over the connections and waits for the answers.
//
// The log has a line for each request, written after its acknowledgement and before the next
// request of that connection: number of spans in each trace, then the trace ids in hex.
// `make_sender` is called once for each connection. Fails (in `error`) when the log can't be
// written.
Totals Run(const TraceGenerator& generator, const RunOptions& options,
           const std::function<std::unique_ptr<Sender>()>& make_sender, std::string* error);

}  // namespace orrery::load
