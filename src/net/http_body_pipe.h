// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/mutex.h"

namespace orrery::net {

// HttpBodyPipe carries the body of an answer that grows while it is sent: a handler writes pieces,
// the connection sends each as a chunk. What the pieces mean is the handler's matter.
//
//   auto pipe = std::make_shared<HttpBodyPipe>();
//   respond(HttpResponse::Stream(200, "application/x-ndjson", pipe));
//   while (...) if (pipe->idle()) pipe->Write(line);
//   pipe->Write(last_line);
//   pipe->Finish();
//
// Life:    shared by handler and connection. A pipe whose writer goes away unfinished must be given
//          up with Abort, which cuts the connection off, so that the client can tell.
// Threads: one writer, one reader, on any threads.
// Failure: writing to a reader that has left does nothing; `left` tells.
// Cost:    never waits. A writer that looks at `idle` first holds one piece at most.
class HttpBodyPipe {
 public:
  enum class State {
    kWaiting,   // Nothing now.
    kPiece,     // `piece` was taken.
    kFinished,  // That was all.
    kAborted,   // The writer gave up.
  };

  // Of the writer --------------------------------------------------------------------------------

  void Write(std::string piece);
  void Finish() { End(State::kFinished); }
  void Abort() { End(State::kAborted); }
  // Whether all that was written is on its way to the client.
  bool idle() const;
  // Whether the client has gone away.
  bool left() const;

  // Of the reader --------------------------------------------------------------------------------

  // `ready` is called, on the writer's thread, when there may be something to take.
  void Attach(std::function<void()> ready);
  // Takes all that waits.
  State Take(std::string& piece);
  // Everything that was taken so far has been sent.
  void Sent();
  void Leave();

 private:
  void End(State state);
  void Signal();

  mutable Mutex mutex_;
  std::string waiting_ ORRERY_GUARDED_BY(mutex_);
  bool sending_ ORRERY_GUARDED_BY(mutex_) = false;
  bool left_ ORRERY_GUARDED_BY(mutex_) = false;
  State end_ ORRERY_GUARDED_BY(mutex_) = State::kWaiting;
  std::function<void()> ready_ ORRERY_GUARDED_BY(mutex_);
};

}  // namespace orrery::net
