// SPDX-License-Identifier: Apache-2.0
#include "traces/lookup_cache.h"

namespace orrery::traces {

std::shared_ptr<const void> LookupCache::FindAny(const Key& key) {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  newest_first_.splice(newest_first_.begin(), newest_first_, found->second.place);
  return found->second.value;
}

void LookupCache::Put(uint64_t block, Part part, std::shared_ptr<const void> value,
                      uint64_t bytes) {
  const MutexLock lock(mutex_);
  const auto [entry, is_new] = entries_.try_emplace(Key{block, part});
  if (!is_new) return;  // Two queries read it at once.
  newest_first_.push_front(entry->first);
  entry->second = {.value = std::move(value), .bytes = bytes, .place = newest_first_.begin()};
  bytes_ += bytes;
  while (bytes_ > max_bytes_) Erase(entries_.find(newest_first_.back()));
}

void LookupCache::Drop(uint64_t block) {
  const MutexLock lock(mutex_);
  for (const Part part : {Part::kFilter, Part::kIndex}) {
    const auto found = entries_.find({block, part});
    if (found != entries_.end()) Erase(found);
  }
}

uint64_t LookupCache::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

void LookupCache::Erase(std::map<Key, Entry>::iterator entry) {
  bytes_ -= entry->second.bytes;
  newest_first_.erase(entry->second.place);
  entries_.erase(entry);
}

}  // namespace orrery::traces
