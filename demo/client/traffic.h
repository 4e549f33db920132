// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace demo {

// Traffic starts calls at a steady rate from a few threads, so that a slow call does not hold up
// the ones after it. Calls start at random distances around 1/rate, as users do.
//
// Life:    the constructor starts the threads; Stop lets running calls finish. When `count` calls
//          have run, `on_end` is called once.
// Threads: `call` is invoked from many threads, with a random number for its own choices.
class Traffic {
 public:
  struct Options {
    double rate = 2;     // calls a second
    uint64_t count = 0;  // 0 goes on until Stop
    uint64_t seed = 0;   // 0 takes a random one
  };

  Traffic(const Options& options, std::function<void(uint64_t)> call, std::function<void()> on_end);
  ~Traffic();  // Stops.

  void Stop();

 private:
  using Clock = std::chrono::steady_clock;

  void Work();
  // Waits for the next call's turn; false when there is none.
  bool NextCall(uint64_t* number);

  const Options options_;
  const std::function<void(uint64_t)> call_;
  const std::function<void()> on_end_;

  std::mutex mutex_;  // guards everything up to threads_
  std::condition_variable stopped_;
  std::mt19937_64 random_;
  Clock::time_point next_;
  uint64_t begun_ = 0;
  uint64_t ended_ = 0;
  bool stopping_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace demo
