// SPDX-License-Identifier: Apache-2.0
#include "traces/retention.h"

#include <algorithm>
#include <tuple>

namespace orrery::traces {
namespace {

void SortByArrival(std::vector<BlockFacts>& blocks) {
  std::ranges::sort(blocks, [](const BlockFacts& a, const BlockFacts& b) {
    return std::tie(a.arrived, a.id) < std::tie(b.arrived, b.id);
  });
}

}  // namespace

UnixNanos RetentionClock::Read(UnixNanos wall, uint64_t monotonic) {
  if (believed_ == 0) believed_ = wall;
  const UnixNanos expected = believed_ + (monotonic - read_at_);
  const bool is_ahead = wall > expected && wall - expected > kTolerance;
  if (is_ahead && !ahead_since_.has_value()) ahead_since_ = monotonic;
  if (!is_ahead) ahead_since_.reset();
  const bool is_proven = is_ahead && monotonic - *ahead_since_ >= kProof;
  if (is_proven) ahead_since_.reset();
  believed_ = is_ahead && !is_proven ? expected : wall;
  read_at_ = monotonic;
  return believed_;
}

std::vector<uint64_t> OlderThan(std::vector<BlockFacts> blocks, uint64_t age, UnixNanos now) {
  std::erase_if(blocks,
                [&](const BlockFacts& b) { return b.arrived >= now || now - b.arrived <= age; });
  SortByArrival(blocks);
  std::vector<uint64_t> ids;
  ids.reserve(blocks.size());
  for (const BlockFacts& block : blocks) ids.push_back(block.id);
  return ids;
}

std::vector<uint64_t> OldestOf(std::vector<BlockFacts> blocks, uint64_t bytes) {
  SortByArrival(blocks);
  std::vector<uint64_t> ids;
  uint64_t found = 0;
  for (const BlockFacts& block : blocks) {
    if (found >= bytes) break;
    ids.push_back(block.id);
    found += block.bytes;
  }
  return ids;
}

}  // namespace orrery::traces
