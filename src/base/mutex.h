// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

// Thread safety annotations that clang checks (-Wthread-safety); empty for other compilers.
#if defined(__clang__)
#define ORRERY_ANNOTATE(x) __attribute__((x))
#else
#define ORRERY_ANNOTATE(x)
#endif
#define ORRERY_CAPABILITY(x) ORRERY_ANNOTATE(capability(x))
#define ORRERY_SCOPED_CAPABILITY ORRERY_ANNOTATE(scoped_lockable)
#define ORRERY_GUARDED_BY(x) ORRERY_ANNOTATE(guarded_by(x))
#define ORRERY_REQUIRES(...) ORRERY_ANNOTATE(requires_capability(__VA_ARGS__))
#define ORRERY_ACQUIRE(...) ORRERY_ANNOTATE(acquire_capability(__VA_ARGS__))
#define ORRERY_RELEASE(...) ORRERY_ANNOTATE(release_capability(__VA_ARGS__))
#define ORRERY_EXCLUDES(...) ORRERY_ANNOTATE(locks_excluded(__VA_ARGS__))
#define ORRERY_NO_THREAD_SAFETY_ANALYSIS ORRERY_ANNOTATE(no_thread_safety_analysis)

namespace orrery {

// std::mutex with annotations.
class ORRERY_CAPABILITY("mutex") Mutex {
 public:
  void Lock() ORRERY_ACQUIRE() { mutex_.lock(); }
  void Unlock() ORRERY_RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a Mutex for a scope.
class ORRERY_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ORRERY_ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() ORRERY_RELEASE() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Condition variable for Mutex. Wait in a loop around the condition, as with
// std::condition_variable.
class CondVar {
 public:
  void Wait(Mutex& mutex) ORRERY_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when the time ran out.
  bool WaitFor(Mutex& mutex, std::chrono::nanoseconds timeout) ORRERY_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool signalled = condition_.wait_for(lock, timeout) == std::cv_status::no_timeout;
    lock.release();
    return signalled;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace orrery
