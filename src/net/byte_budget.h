// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/mutex.h"

namespace orrery::net {

// ByteBudget bounds what the bodies of all connections that share it hold in memory, so that many
// peers together cannot take what one may.
//
// Threads: all methods may be called concurrently.
// Cost:    a short lock for each step in which a body grows.
class ByteBudget {
 public:
  explicit ByteBudget(size_t limit) : limit_(limit) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  // Whether `bytes` were taken. One step gets half of what is left at most, so that a few large
  // bodies don't keep many small ones out.
  bool TakeStep(size_t bytes) {
    MutexLock lock(mutex_);
    if (bytes > (limit_ - std::min(used_, limit_)) / 2) return false;
    used_ += bytes;
    return true;
  }
  // Whether `bytes` were taken. What is larger than the whole budget may come when it is alone.
  bool TakeWhole(size_t bytes) {
    MutexLock lock(mutex_);
    if (used_ > 0 && bytes > limit_ - std::min(used_, limit_)) return false;
    used_ += bytes;
    return true;
  }
  void Give(size_t bytes) {
    MutexLock lock(mutex_);
    used_ -= bytes;
  }

  size_t limit() const { return limit_; }
  size_t used() const {
    MutexLock lock(mutex_);
    return used_;
  }

 private:
  const size_t limit_;
  mutable Mutex mutex_;
  size_t used_ ORRERY_GUARDED_BY(mutex_) = 0;
};

// What one connection has taken of a budget, given back at the latest when it ends.
// Threads: one at a time.
class BudgetShare {
 public:
  // Without a budget everything may be taken.
  explicit BudgetShare(ByteBudget* budget) : budget_(budget) {}
  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;
  ~BudgetShare() { GiveBack(); }

  // Whether `bytes` in all are held now.
  bool GrowTo(size_t bytes) {
    if (budget_ == nullptr || bytes <= held_) return true;
    if (!budget_->TakeStep(bytes - held_)) return false;
    held_ = bytes;
    return true;
  }
  // The same, for what comes in one piece.
  bool Take(size_t bytes) {
    if (budget_ == nullptr) return true;
    if (!budget_->TakeWhole(bytes)) return false;
    held_ += bytes;
    return true;
  }
  void GiveBack() {
    if (budget_ != nullptr && held_ > 0) budget_->Give(held_);
    held_ = 0;
  }

 private:
  ByteBudget* const budget_;
  size_t held_ = 0;
};

}  // namespace orrery::net
