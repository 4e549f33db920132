// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace orrery::load {

// What the server said to one request.
struct Answer {
  enum class Kind {
    kAccepted,     // acknowledged, but for `refused` spans
    kRetry,        // not now; wait `retry_after_ms` if it is positive
    kRefused,      // never
    kUnreachable,  // no answer: the request may have been stored or not
  };

  Kind kind = Kind::kUnreachable;
  uint64_t refused = 0;
  int64_t retry_after_ms = 0;
  std::string reason = {};  // status and message, empty when all was accepted
};

// Sender carries requests over one connection of its own.
//
// Threads: one at a time. Failure: told in the answer.
class Sender {
 public:
  virtual ~Sender() = default;
  // `body` is a serialized ExportTraceServiceRequest.
  virtual Answer Send(const std::string& body) = 0;
};

// `url` is the whole address, such as http://127.0.0.1:4318/v1/traces.
std::unique_ptr<Sender> MakeHttpSender(const std::string& url, bool gzip);

// `target` is host:port.
std::unique_ptr<Sender> MakeGrpcSender(const std::string& target, bool gzip);

// The rejected_spans of an ExportTraceServiceResponse, and its message.
Answer ReadExportResponse(const std::string& body);

}  // namespace orrery::load
