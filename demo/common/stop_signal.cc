// SPDX-License-Identifier: Apache-2.0
#include "demo/common/stop_signal.h"

#include <string>

#include "demo/common/log.h"

namespace demo {

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // A peer that went away is an error of one write.
}

void StopSignal::Wait() const {
  int signal = 0;
  sigwait(&signals_, &signal);
  LogInfo("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
}

}  // namespace demo
