// SPDX-License-Identifier: Apache-2.0
#include "traces/merge_plan.h"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>

namespace orrery::traces {
namespace {

// Windows of these many times the shortest.
constexpr std::array<uint64_t, 3> kWindowLengths = {1, 6, 36};

// The first blocks, in order, that fit into one; empty when no two of them do.
std::vector<uint64_t> FirstThatFit(std::span<const BlockFacts> blocks, const MergeLimits& limits) {
  std::vector<uint64_t> together;
  uint64_t spans = 0;
  uint64_t bytes = 0;
  for (const BlockFacts& block : blocks) {
    const bool fits =
        spans + block.spans <= limits.block_spans && bytes + block.bytes <= limits.block_bytes;
    if (!fits) {
      if (together.size() > 1) break;
      together.clear();
      spans = bytes = 0;
    }
    together.push_back(block.id);
    spans += block.spans;
    bytes += block.bytes;
  }
  if (together.size() < 2) together.clear();
  return together;
}

// Calls `visit` with the blocks of each window of `length` until it says true.
template <typename Visit>
void VisitWindows(std::span<const BlockFacts> blocks, uint64_t length, const Visit& visit) {
  for (size_t begin = 0; begin < blocks.size();) {
    const uint64_t window = blocks[begin].arrived / length;
    size_t end = begin + 1;
    while (end < blocks.size() && blocks[end].arrived / length == window) ++end;
    if (visit(window, blocks.subspan(begin, end - begin))) return;
    begin = end;
  }
}

}  // namespace

std::vector<uint64_t> NextMerge(std::vector<BlockFacts> blocks, const MergeLimits& limits,
                                UnixNanos now) {
  std::erase_if(blocks, [&](const BlockFacts& block) {
    return block.spans > limits.block_spans / 2 || block.bytes > limits.block_bytes / 2;
  });
  std::ranges::sort(blocks, [](const BlockFacts& a, const BlockFacts& b) {
    return std::tie(a.arrived, a.id) < std::tie(b.arrived, b.id);
  });
  std::vector<uint64_t> next;
  for (const uint64_t times : kWindowLengths) {
    const uint64_t length = std::max<uint64_t>(limits.window_nanos, 1) * times;
    VisitWindows(blocks, length, [&](uint64_t window, std::span<const BlockFacts> in_window) {
      if (now / length > window) {
        next = FirstThatFit(in_window, limits);
      } else if (times == 1) {
        std::vector<BlockFacts> small(in_window.begin(), in_window.end());
        std::erase_if(small, [&](const BlockFacts& b) { return b.spans >= limits.small_spans; });
        if (small.size() >= limits.small_blocks) next = FirstThatFit(small, limits);
      }
      return !next.empty();
    });
    if (!next.empty()) break;
  }
  return next;
}

}  // namespace orrery::traces
