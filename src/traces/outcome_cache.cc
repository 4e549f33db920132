// SPDX-License-Identifier: Apache-2.0
#include "traces/outcome_cache.h"

namespace orrery::traces {

uint64_t OutcomeCache::ScanNumber(const std::string& key) {
  const MutexLock lock(mutex_);
  // Numbers are never given twice, so that entries of forgotten keys are just not found.
  if (scans_.size() >= kMaxScans && !scans_.contains(key)) scans_.clear();
  const auto [at, is_new] = scans_.try_emplace(key, next_scan_);
  if (is_new) ++next_scan_;
  return at->second;
}

bool OutcomeCache::Find(const Key& key, Entry& entry) {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return false;
  newest_first_.splice(newest_first_.begin(), newest_first_, found->second.place);
  entry = found->second.entry;
  return true;
}

void OutcomeCache::Put(const Key& key, Entry entry) {
  const uint64_t bytes = kEntryBytes + (entry.outcome ? entry.outcome->memory_bytes() : 0);
  const MutexLock lock(mutex_);
  const auto [kept, is_new] = entries_.try_emplace(key);
  if (!is_new) return;  // Two queries counted it at once.
  newest_first_.push_front(key);
  kept->second = {.entry = std::move(entry), .bytes = bytes, .place = newest_first_.begin()};
  bytes_ += bytes;
  while (bytes_ > max_bytes_) Erase(entries_.find(newest_first_.back()));
}

void OutcomeCache::Drop(uint64_t block) {
  const MutexLock lock(mutex_);
  auto kept = entries_.lower_bound({.block = block});
  while (kept != entries_.end() && kept->first.block == block) Erase(kept++);
}

uint64_t OutcomeCache::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

void OutcomeCache::Erase(std::map<Key, Kept>::iterator kept) {
  bytes_ -= kept->second.bytes;
  newest_first_.erase(kept->second.place);
  entries_.erase(kept);
}

}  // namespace orrery::traces
