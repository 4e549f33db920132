// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "base/mutex.h"

namespace orrery::net {

// CancelSignal tells those who work on an answer that nobody waits for it any more.
//
// Life:    shared by the connection, which fires it, and whoever works on the request.
// Threads: all methods may be called concurrently. Callbacks run on the thread that fires, or at
//          once when it has fired; they must be short and must not call back into the signal.
class CancelSignal {
 public:
  using Callback = std::function<void()>;

  // A callback stays registered for as long as this lives; it is not running once this is gone.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(std::shared_ptr<CancelSignal> signal, uint64_t key)
        : signal_(std::move(signal)), key_(key) {}
    Subscription(Subscription&& other) noexcept = default;
    Subscription& operator=(Subscription&& other) = delete;
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription() {
      if (signal_ != nullptr) signal_->Remove(key_);
    }

   private:
    std::shared_ptr<CancelSignal> signal_;
    uint64_t key_ = 0;
  };

  // `signal` may be null, which never fires.
  [[nodiscard]] static Subscription OnFire(const std::shared_ptr<CancelSignal>& signal,
                                           Callback callback) {
    if (signal == nullptr) return {};
    return {signal, signal->Add(std::move(callback))};
  }

  // Runs the callbacks; the first call counts.
  void Fire() {
    const MutexLock lock(mutex_);
    if (std::exchange(fired_, true)) return;
    for (const auto& [key, callback] : callbacks_) callback();
  }

  bool fired() const {
    const MutexLock lock(mutex_);
    return fired_;
  }

 private:
  uint64_t Add(Callback callback) {
    const MutexLock lock(mutex_);
    if (fired_) callback();
    callbacks_.emplace(++last_key_, std::move(callback));
    return last_key_;
  }
  void Remove(uint64_t key) {
    const MutexLock lock(mutex_);
    callbacks_.erase(key);
  }

  mutable Mutex mutex_;
  bool fired_ ORRERY_GUARDED_BY(mutex_) = false;
  uint64_t last_key_ ORRERY_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, Callback> callbacks_ ORRERY_GUARDED_BY(mutex_);
};

}  // namespace orrery::net
