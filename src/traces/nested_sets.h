// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/ids.h"

namespace orrery::traces {

// Where each span stands in the tree of its trace, by row, numbered as Tempo does: depth first from
// 1, a span's left when it is entered and its right when it is left; roots one after the other, and
// children, in the order of their rows. So a is above b exactly when
//
//   left[a] < left[b] && right[b] < right[a]         and the parent of b when parent[b] == left[a]
//
// A span whose ancestors do not lead to a root (its parent is not there, or they go in a circle)
// has zeros, and so have all spans of a trace in which more than two share an id.
//
// The numbers are those of the spans that one block has of a trace. A reader that finds parts of a
// trace in other blocks, or in the head, has to number the whole anew.
struct NestedSets {
  std::vector<uint32_t> left;
  std::vector<uint32_t> right;
  std::vector<int32_t> parent;  // `left` of the parent, -1 for a root, 0 when not connected.
  // Row of the parent in the same table, or one of the two below.
  std::vector<uint32_t> parent_rows;

  static constexpr uint32_t kNoParent = UINT32_MAX;  // Not in this table.
  static constexpr uint32_t kRoot = UINT32_MAX - 1;  // The span names none.

  size_t size() const { return left.size(); }
  void resize(size_t rows);
  size_t memory_bytes() const {
    return 4 * (left.capacity() + right.capacity() + parent.capacity() + parent_rows.capacity());
  }
};

// A trace, in the order of its rows.
struct TraceSpans {
  std::span<const model::SpanId> ids;
  std::span<const model::SpanId> parents;
  std::span<const uint32_t> kinds;
};

// TreeLinker finds out who is whose parent in a trace. Two spans may share an id, as the client and
// the server side of one call do in Zipkin's traces: the client is then the server's parent, and
// children belong to the server side.
//
// Threads: one at a time.
// Cost:    about two probes a span.
class TreeLinker {
 public:
  // Sets `links` to each span's position of the parent, or NestedSets::kNoParent or kRoot. False
  // when more than two spans share an id; then nobody can be numbered.
  // Requires: links.size() == spans.ids.size().
  bool Link(const TraceSpans& spans, std::span<uint32_t> links);

 private:
  uint32_t Find(const TraceSpans& spans, const model::SpanId& id) const;
  uint32_t ParentOf(const TraceSpans& spans, uint32_t i) const;

  std::vector<uint32_t> slots_;   // Open addressing over position + 1, of the first with an id.
  std::vector<uint32_t> second_;  // By position of the first: the other one with its id.
  std::vector<uint32_t> first_;   // By position of the second.
};

// TreeNumberer numbers a trace whose links are known.
//
// Threads: one at a time.
// Cost:    linear, whatever the links are; circles are not walked.
class TreeNumberer {
 public:
  // Writes rows [begin, begin + links.size()) of `to`, apart from parent_rows.
  // Requires: every link but the two special ones is below links.size().
  void Number(std::span<const uint32_t> links, uint32_t begin, NestedSets& to);

 private:
  std::vector<uint32_t> first_child_;
  std::vector<uint32_t> next_sibling_;
};

}  // namespace orrery::traces
