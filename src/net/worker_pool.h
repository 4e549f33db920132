// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace orrery::net {

// WorkerPool runs work that takes too long for an io thread, such as queries.
//
// Life:    threads start with the constructor; the destructor runs what is queued, then joins.
// Threads: all methods may be called concurrently.
// Failure: a full queue is told to the caller at once; nothing waits for a place.
class WorkerPool {
 public:
  // Requires: threads > 0.
  WorkerPool(int threads, size_t max_queued);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, without running `work`, when the queue is full. Work must not throw.
  [[nodiscard]] bool TryRun(std::function<void()> work);

 private:
  void Loop();

  const size_t max_queued_;
  Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> queue_ ORRERY_GUARDED_BY(mutex_);
  bool stopping_ ORRERY_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // Constant after construction.
};

}  // namespace orrery::net
