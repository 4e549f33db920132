// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/span_batch.h"

namespace orrery::traceql {

// Who is whose parent in a trace. Spans are named by their place in the batch.
//
// A span is connected when its ancestors lead to a root (a span without a parent id). Spans that
// are not, and all spans of a trace in which more than two share an id, have a nested set of zeros
// and no parent. Two spans may share an id, as the client and the server side of one call do in
// Zipkin's traces: children then belong to the server side.
struct TraceTree {
  static constexpr int32_t kNone = -1;

  std::vector<int32_t> parent;         // kNone for roots and spans that are not connected.
  std::vector<int32_t> child_count;    // Direct children, connected or not.
  std::vector<int32_t> left;           // Nested set: depth first from 1, 0 when not connected.
  std::vector<int32_t> right;          // The next free number when the span is left.
  std::vector<int32_t> nested_parent;  // `left` of the parent, -1 for a root.
  std::vector<uint32_t> depth_first;   // Connected spans, parents before children.
};

// TraceView is a whole trace with what is known only of the whole.
//
// Life:    borrows the batch, whose spans are all of one trace.
// Threads: one.
// Cost:    linear in the spans; the tree is built when it is first asked for.
class TraceView {
 public:
  // Requires: batch.spans is not empty.
  explicit TraceView(const model::SpanBatch& batch);

  const model::SpanBatch& batch() const { return batch_; }
  const model::Span& span(uint32_t i) const { return batch_.spans[i]; }
  uint32_t size() const { return static_cast<uint32_t>(batch_.spans.size()); }

  UnixNanos start() const { return start_; }
  uint64_t duration_nanos() const { return end_ - start_; }
  UnixNanos end() const { return end_; }
  // The first span without a parent, if it is there.
  std::optional<uint32_t> root() const { return root_; }
  // Empty without a root.
  std::string_view root_name() const;
  std::string_view root_service() const;

  const TraceTree& tree();

 private:
  const model::SpanBatch& batch_;
  UnixNanos start_ = 0;
  UnixNanos end_ = 0;
  std::optional<uint32_t> root_;
  std::optional<TraceTree> tree_;
};

}  // namespace orrery::traceql
