// SPDX-License-Identifier: Apache-2.0
#include "traces/row_group_cache.h"

namespace orrery::traces {

Result<std::shared_ptr<RowGroup>> RowGroupCache::Get(
    uint64_t block, uint32_t group,
    const std::function<Result<std::shared_ptr<RowGroup>>()>& open) {
  const Key key{block, group};
  {
    MutexLock lock(mutex_);
    const auto found = entries_.find(key);
    if (found != entries_.end()) {
      newest_first_.splice(newest_first_.begin(), newest_first_, found->second.place);
      return found->second.group;
    }
  }
  // Opened outside the lock; should two queries do so at once, one of them keeps its own.
  ORRERY_ASSIGN_OR_RETURN(std::shared_ptr<RowGroup> opened, open());
  MutexLock lock(mutex_);
  const auto [entry, is_new] = entries_.try_emplace(key);
  if (is_new) {
    newest_first_.push_front(key);
    entry->second = {.group = opened, .bytes = 0, .place = newest_first_.begin()};
  }
  return entry->second.group;
}

void RowGroupCache::Charge(uint64_t block, uint32_t group) {
  MutexLock lock(mutex_);
  const auto found = entries_.find({block, group});
  if (found == entries_.end()) return;
  bytes_ -= found->second.bytes;
  found->second.bytes = found->second.group->memory_bytes();
  bytes_ += found->second.bytes;
  while (bytes_ > max_bytes_ && !newest_first_.empty()) {
    Erase(entries_.find(newest_first_.back()));
  }
}

void RowGroupCache::Drop(uint64_t block) {
  lookups_.Drop(block);
  outcomes_.Drop(block);
  MutexLock lock(mutex_);
  for (auto entry = entries_.lower_bound({block, 0});
       entry != entries_.end() && entry->first.first == block;) {
    Erase(entry++);
  }
}

uint64_t RowGroupCache::bytes() const {
  MutexLock lock(mutex_);
  return bytes_;
}

void RowGroupCache::Erase(std::map<Key, Entry>::iterator entry) {
  bytes_ -= entry->second.bytes;
  newest_first_.erase(entry->second.place);
  entries_.erase(entry);
}

}  // namespace orrery::traces
