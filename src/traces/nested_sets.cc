// SPDX-License-Identifier: Apache-2.0
#include "traces/nested_sets.h"

#include <algorithm>
#include <bit>

#include "model/span_batch.h"

namespace orrery::traces {
namespace {

constexpr uint32_t kNone = NestedSets::kNoParent;

size_t HashOf(const model::SpanId& id) {
  // Mixed: ids that count up differ in few bits, and in the highest ones.
  const uint64_t hash = model::IdHash{}(id);
  return static_cast<size_t>((hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15ull >> 32);
}

}  // namespace

void NestedSets::resize(size_t rows) {
  left.assign(rows, 0);
  right.assign(rows, 0);
  parent.assign(rows, 0);
  parent_rows.assign(rows, kNoParent);
}

bool TreeLinker::Link(const TraceSpans& spans, std::span<uint32_t> links) {
  const auto count = static_cast<uint32_t>(links.size());
  slots_.assign(std::bit_ceil(size_t{2} * count + 1), 0);
  second_.assign(count, kNone);
  first_.assign(count, kNone);
  const size_t mask = slots_.size() - 1;
  bool is_clear = true;
  for (uint32_t i = 0; i < count; ++i) {
    size_t place = HashOf(spans.ids[i]) & mask;
    while (slots_[place] != 0 && spans.ids[slots_[place] - 1] != spans.ids[i]) {
      place = (place + 1) & mask;
    }
    if (slots_[place] == 0) {
      slots_[place] = i + 1;
      continue;
    }
    const uint32_t first = slots_[place] - 1;
    if (second_[first] == kNone) {
      second_[first] = i;
      first_[i] = first;
    } else {
      is_clear = false;
    }
  }
  for (uint32_t i = 0; i < count; ++i) {
    links[i] = spans.parents[i].IsZero() ? NestedSets::kRoot : ParentOf(spans, i);
  }
  return is_clear;
}

uint32_t TreeLinker::Find(const TraceSpans& spans, const model::SpanId& id) const {
  const size_t mask = slots_.size() - 1;
  for (size_t place = HashOf(id) & mask; slots_[place] != 0; place = (place + 1) & mask) {
    if (spans.ids[slots_[place] - 1] == id) return slots_[place] - 1;
  }
  return kNone;
}

uint32_t TreeLinker::ParentOf(const TraceSpans& spans, uint32_t i) const {
  if (spans.kinds[i] == static_cast<uint32_t>(model::kServer)) {
    const uint32_t twin = first_[i] != kNone ? first_[i] : second_[i];
    if (twin != kNone && spans.kinds[twin] == static_cast<uint32_t>(model::kClient)) return twin;
  }
  const uint32_t first = Find(spans, spans.parents[i]);
  if (first == kNone || second_[first] == kNone) return first;
  const bool is_first_server = spans.kinds[first] == static_cast<uint32_t>(model::kServer);
  const bool is_second_server =
      spans.kinds[second_[first]] == static_cast<uint32_t>(model::kServer);
  return !is_first_server && is_second_server ? second_[first] : first;
}

void TreeNumberer::Number(std::span<const uint32_t> links, uint32_t begin, NestedSets& to) {
  const auto count = static_cast<uint32_t>(links.size());
  first_child_.assign(count, kNone);
  next_sibling_.assign(count, kNone);
  for (uint32_t i = count; i-- > 0;) {
    if (links[i] >= count) continue;
    next_sibling_[i] = first_child_[links[i]];
    first_child_[links[i]] = i;
  }
  uint32_t next = 1;
  const auto enter = [&](uint32_t i) {
    to.left[begin + i] = next++;
    to.parent[begin + i] = links[i] < count ? static_cast<int32_t>(to.left[begin + links[i]]) : -1;
  };
  for (uint32_t root = 0; root < count; ++root) {
    if (links[root] != NestedSets::kRoot) continue;
    enter(root);
    for (uint32_t at = root;;) {
      if (const uint32_t child = first_child_[at]; child != kNone) {
        first_child_[at] = next_sibling_[child];  // Entered once.
        enter(at = child);
        continue;
      }
      to.right[begin + at] = next++;
      if (at == root) break;
      at = links[at];
    }
  }
}

}  // namespace orrery::traces
