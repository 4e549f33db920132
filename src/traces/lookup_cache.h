// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "base/mutex.h"

namespace orrery::traces {

// LookupCache keeps what blocks are asked for traces by, their filters and indexes, up to a limit:
// together they grow with all that is stored.
//
// Life:    outlives the blocks that use it. What was handed out lives on after it was evicted.
// Threads: all methods may be called concurrently.
class LookupCache {
 public:
  enum class Part : uint8_t { kFilter, kIndex };

  explicit LookupCache(uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // Null when it is not there. `T` is what was put under that key.
  template <typename T>
  std::shared_ptr<const T> Find(uint64_t block, Part part) {
    return std::static_pointer_cast<const T>(FindAny({block, part}));
  }
  // Evicts the ones not used for longest.
  void Put(uint64_t block, Part part, std::shared_ptr<const void> value, uint64_t bytes);
  // Forgets a block's.
  void Drop(uint64_t block);
  uint64_t bytes() const;

 private:
  using Key = std::pair<uint64_t, Part>;
  struct Entry {
    std::shared_ptr<const void> value;
    uint64_t bytes = 0;
    std::list<Key>::iterator place;
  };

  std::shared_ptr<const void> FindAny(const Key& key);
  void Erase(std::map<Key, Entry>::iterator entry) ORRERY_REQUIRES(mutex_);

  const uint64_t max_bytes_;

  mutable Mutex mutex_;
  std::map<Key, Entry> entries_ ORRERY_GUARDED_BY(mutex_);
  std::list<Key> newest_first_ ORRERY_GUARDED_BY(mutex_);
  uint64_t bytes_ ORRERY_GUARDED_BY(mutex_) = 0;
};

}  // namespace orrery::traces
