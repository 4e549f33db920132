// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "base/mutex.h"
#include "base/status.h"

namespace orrery::server {

// Readiness is what /ready answers: Ok, or what the server still waits for.
// Threads: all methods may be called concurrently.
class Readiness {
 public:
  void WaitFor(std::string what) {
    const MutexLock lock(mutex_);
    status_ = Unavailable(std::move(what));
  }
  void Reached() {
    const MutexLock lock(mutex_);
    status_ = OkStatus();
  }
  Status status() const {
    const MutexLock lock(mutex_);
    return status_;
  }

 private:
  mutable Mutex mutex_;
  Status status_ ORRERY_GUARDED_BY(mutex_) = Unavailable("starting");
};

}  // namespace orrery::server
