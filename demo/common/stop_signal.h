// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace demo {

// StopSignal turns SIGTERM and SIGINT into an ordinary wait, so that a program can finish its
// requests and send its last spans before it exits.
//
// Life:    construct it first in main: threads that start later inherit the blocked signals.
// Threads: Wait belongs to the main thread.
class StopSignal {
 public:
  StopSignal();

  // Returns when the process was asked to stop.
  void Wait() const;

 private:
  sigset_t signals_;
};

}  // namespace demo
