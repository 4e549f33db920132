// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace orrery::server {

// StopSignal turns SIGTERM and SIGINT into something to wait for. The first one ends Wait, and a
// second one ends the process at once. Before Arm, when nothing can have been acknowledged yet, the
// first one ends the process with success.
//
// Life:    one in a process, made before its threads; the handlers stay.
// Threads: Arm and Wait on the main thread.
class StopSignal {
 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void Arm();
  // The number of the signal that came.
  int Wait();
};

}  // namespace orrery::server
