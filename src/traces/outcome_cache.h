// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/mutex.h"
#include "contracts/scan_keeper.h"

namespace orrery::traces {

// OutcomeCache keeps what scans made of row groups, up to a limit, for the next scan that asks the
// same.
//
// Life:    outlives the blocks that use it. What was handed out lives on after it was evicted.
// Threads: all methods may be called concurrently.
// Cost:    about 200 bytes for each entry beside the outcome.
class OutcomeCache {
 public:
  // A row group under one scan's key. `rest` says which of its traces were left out, and why.
  struct Key {
    uint64_t block = 0;
    uint32_t group = 0;
    uint64_t rest = 0;
    uint64_t scan = 0;  // ScanNumber of the scan's key.

    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    std::shared_ptr<const contracts::ScanOutcome> outcome;  // Null: nothing became of it.
    bool left_out = false;                                  // Some traces are not in it.
  };

  explicit OutcomeCache(uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // A number for a scan's key, the same as long as something is kept under it.
  uint64_t ScanNumber(const std::string& key);
  // False when it is not there.
  bool Find(const Key& key, Entry& entry);
  // Evicts the ones not used for longest.
  void Put(const Key& key, Entry entry);
  // Forgets a block's.
  void Drop(uint64_t block);
  uint64_t bytes() const;

 private:
  static constexpr uint64_t kEntryBytes = 200;
  static constexpr size_t kMaxScans = 1000;

  struct Kept {
    Entry entry;
    uint64_t bytes = 0;
    std::list<Key>::iterator place;
  };

  void Erase(std::map<Key, Kept>::iterator kept) ORRERY_REQUIRES(mutex_);

  const uint64_t max_bytes_;

  mutable Mutex mutex_;
  boost::unordered_flat_map<std::string, uint64_t> scans_ ORRERY_GUARDED_BY(mutex_);
  uint64_t next_scan_ ORRERY_GUARDED_BY(mutex_) = 1;
  std::map<Key, Kept> entries_ ORRERY_GUARDED_BY(mutex_);
  std::list<Key> newest_first_ ORRERY_GUARDED_BY(mutex_);
  uint64_t bytes_ ORRERY_GUARDED_BY(mutex_) = 0;
};

}  // namespace orrery::traces
