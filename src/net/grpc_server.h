// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/telemetry.h"
#include "net/cancel_signal.h"
#include "net/options.h"

namespace orrery::net {

// What a call is answered with: `message` when `code` is 0, else the failure.
struct GrpcAnswer {
  int code = 0;         // gRPC's number.
  std::string error;    // One sentence.
  std::string details;  // An encoded google.rpc.Status, or empty.
  std::string message;  // Encoded protobuf.
};

// Answers one call; call it exactly once, from any thread. Destroyed uncalled, it answers INTERNAL.
using GrpcResponder = std::function<void(GrpcAnswer)>;
// Gets the message's bytes, inflated.
using GrpcHandler = std::function<void(std::string message, GrpcResponder respond)>;
// Asked before `bytes` of memory are taken for a message: an answer refuses the call; else `hold`
// keeps the right to them for as long as it lives.
using GrpcAdmission =
    std::function<std::optional<GrpcAnswer>(size_t bytes, std::shared_ptr<const void>& hold)>;
// By path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export".
using GrpcMethods = std::map<std::string, GrpcHandler, std::less<>>;

// Answers one call with any number of messages.
//
// Life:    may outlive the call; what is sent to a client that has left is dropped. Destroyed
//          unfinished, the call is answered INTERNAL.
// Threads: one at a time.
// Cost:    never waits. A sender that looks at `idle` first holds one message at most.
class GrpcStream {
 public:
  virtual ~GrpcStream() = default;
  virtual void Send(std::string message) = 0;
  // Whether all that was sent is on its way.
  virtual bool idle() const = 0;
  // gRPC's number, 0 when all is well, and one sentence. The first call counts.
  virtual void Finish(int code, std::string error) = 0;
  // Fires when the client has gone away, or the server goes down.
  virtual std::shared_ptr<CancelSignal> client_left() const = 0;
};
using GrpcStreamHandler =
    std::function<void(std::string message, std::shared_ptr<GrpcStream> stream)>;
using GrpcStreamMethods = std::map<std::string, GrpcStreamHandler, std::less<>>;

// GrpcServer answers calls with bytes: requests are never parsed into message objects here. Each
// call brings one message; its method answers with one, or with a stream of them.
//
// Compressed messages (gzip) are inflated here, within the limit: the library would inflate them
// whole before anybody could look at their size. They are told by gzip's magic number, which no
// protobuf message can begin with (it would be field 3 with the wire type 7, which does not exist).
//
// Life:    Start, then Drain, then destroy. The methods and Telemetry outlive it.
// Threads: handlers are called on the polling threads, several at once, and may answer from any
//          thread. Drain may be called from any thread but those of handlers.
// Limits:  a peer that does not finish its handshake or a message in time, or does not answer
//          pings, is cut off, counted where it had begun a call. What messages on their way in hold
//          is bounded over all connections.
// Failure: Unavailable when the address is taken: no second process can share it. Larger messages
//          than the limit are RESOURCE_EXHAUSTED, damaged ones INVALID_ARGUMENT, methods that are
//          not there UNIMPLEMENTED, a handler that throws INTERNAL, counted.
class GrpcServer {
 public:
  static Result<std::unique_ptr<GrpcServer>> Start(GrpcServerOptions options, Telemetry& telemetry,
                                                   GrpcMethods methods, GrpcAdmission admit = {});
  // One that listens nowhere: it serves the connections that Adopt is given.
  static Result<std::unique_ptr<GrpcServer>> StartWithoutPort(GrpcServerOptions options,
                                                              Telemetry& telemetry,
                                                              GrpcStreamMethods methods);

  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;
  ~GrpcServer();  // Drains without patience.

  uint16_t port() const;

  // Serves the client behind the connected socket `fd`, which is this server's from now on.
  void Adopt(int fd);

  // Takes no further calls, waits for running ones up to `patience`, cuts the rest off.
  void Drain(std::chrono::milliseconds patience);

 private:
  class Core;

  explicit GrpcServer(std::unique_ptr<Core> core);

  const std::unique_ptr<Core> core_;
};

}  // namespace orrery::net
