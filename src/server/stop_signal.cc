// SPDX-License-Identifier: Apache-2.0
#include "server/stop_signal.h"

#include <atomic>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/check.h"

namespace orrery::server {
namespace {

// A signal handler has nowhere else to look.
std::atomic<int> pipe_to_waiter{-1};
std::atomic<bool> is_armed{false};
std::atomic<int> signals_seen{0};
int pipe_from_handler = -1;

void HandleSignal(int signal) {
  const int saved_errno = errno;
  if (signals_seen.fetch_add(1) > 0) ::_exit(128 + signal);
  if (!is_armed.load()) ::_exit(0);
  const char byte = static_cast<char>(signal);
  while (::write(pipe_to_waiter.load(), &byte, 1) < 0 && errno == EINTR) {
  }
  errno = saved_errno;
}

}  // namespace

StopSignal::StopSignal() {
  int ends[2];
  ORRERY_CHECK(::pipe(ends) == 0);
  pipe_from_handler = ends[0];
  pipe_to_waiter = ends[1];
  struct sigaction action{};
  action.sa_handler = HandleSignal;
  action.sa_flags = SA_RESTART;
  ORRERY_CHECK(::sigaction(SIGTERM, &action, nullptr) == 0);
  ORRERY_CHECK(::sigaction(SIGINT, &action, nullptr) == 0);
  // A peer that hangs up is a write error where it is written, not the end of the process.
  ::signal(SIGPIPE, SIG_IGN);
}

void StopSignal::Arm() { is_armed = true; }

int StopSignal::Wait() {
  char signal = 0;
  while (::read(pipe_from_handler, &signal, 1) < 0 && errno == EINTR) {
  }
  return signal;
}

}  // namespace orrery::server
