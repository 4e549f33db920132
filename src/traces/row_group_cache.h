// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "base/mutex.h"
#include "base/result.h"
#include "traces/lookup_cache.h"
#include "traces/outcome_cache.h"
#include "traces/row_group.h"

namespace orrery::traces {

// RowGroupCache keeps the row groups used last, with the parts that were read, up to a limit.
//
// Life:    outlives the blocks that use it. A row group handed out lives on after it was evicted.
// Threads: all methods may be called concurrently.
class RowGroupCache {
 public:
  // A quarter more goes to lookups(), and one to outcomes().
  explicit RowGroupCache(uint64_t max_bytes)
      : max_bytes_(max_bytes), lookups_(max_bytes / 4), outcomes_(max_bytes / 4) {}

  // The row group, opened with `open` when it is not there.
  Result<std::shared_ptr<RowGroup>> Get(
      uint64_t block, uint32_t group,
      const std::function<Result<std::shared_ptr<RowGroup>>()>& open);
  // Says that a row group may have grown; evicts the ones not used for longest.
  void Charge(uint64_t block, uint32_t group);
  // Filters and indexes over the traces of the same blocks.
  LookupCache& lookups() { return lookups_; }
  // What scans made of the same blocks.
  OutcomeCache& outcomes() { return outcomes_; }
  // Forgets all that is a block's.
  void Drop(uint64_t block);
  uint64_t bytes() const;

 private:
  using Key = std::pair<uint64_t, uint32_t>;
  struct Entry {
    std::shared_ptr<RowGroup> group;
    uint64_t bytes = 0;
    std::list<Key>::iterator place;
  };

  void Erase(std::map<Key, Entry>::iterator entry) ORRERY_REQUIRES(mutex_);

  const uint64_t max_bytes_;
  LookupCache lookups_;
  OutcomeCache outcomes_;

  mutable Mutex mutex_;
  std::map<Key, Entry> entries_ ORRERY_GUARDED_BY(mutex_);
  std::list<Key> newest_first_ ORRERY_GUARDED_BY(mutex_);
  uint64_t bytes_ ORRERY_GUARDED_BY(mutex_) = 0;
};

}  // namespace orrery::traces
