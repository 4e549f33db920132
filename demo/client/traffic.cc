// SPDX-License-Identifier: Apache-2.0
#include "demo/client/traffic.h"

#include <utility>

namespace demo {
namespace {

// Slow calls take 4 s on average: two a second need at most 8 threads, and some for the tail.
constexpr int kThreads = 12;

}  // namespace

Traffic::Traffic(const Options& options, std::function<void(uint64_t)> call,
                 std::function<void()> on_end)
    : options_(options),
      call_(std::move(call)),
      on_end_(std::move(on_end)),
      random_(options.seed != 0 ? options.seed : std::random_device{}()),
      next_(Clock::now()) {
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back(&Traffic::Work, this);
}

Traffic::~Traffic() { Stop(); }

void Traffic::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Traffic::NextCall(uint64_t* number) {
  std::unique_lock lock(mutex_);
  if (stopping_ || (options_.count != 0 && begun_ == options_.count)) return false;
  ++begun_;
  const Clock::time_point mine = next_;
  const std::chrono::duration<double> gap(
      std::uniform_real_distribution<double>(0.5, 1.5)(random_) / options_.rate);
  next_ = std::max(mine, Clock::now() - std::chrono::seconds(1)) +
          std::chrono::duration_cast<Clock::duration>(gap);
  *number = random_();
  return !stopped_.wait_until(lock, mine, [this] { return stopping_; });
}

void Traffic::Work() {
  uint64_t number = 0;
  while (NextCall(&number)) {
    call_(number);
    const std::lock_guard lock(mutex_);
    if (++ended_ == options_.count) on_end_();
  }
}

}  // namespace demo
