// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "traces/trace_query.h"

namespace orrery::traces {

// The places that a span may be in: source 0 is the head, source i the block i - 1 of a snapshot.
// Within a block no span comes twice.
//
// Life:    borrows the snapshot.
// Threads: one.
class ScanSources {
 public:
  static constexpr size_t kHead = 0;

  explicit ScanSources(const Snapshot& snapshot);

  // Those besides `source` that have spans within a row group's extent.
  std::vector<size_t> Overlapping(const model::TimeRange& group, size_t source) const;
  // Those that may have other parts of traces of `source`, up to `slack` nanoseconds apart. Each of
  // two is near the other or neither.
  std::vector<size_t> Nearby(size_t source, uint64_t slack) const;

  // Which traces of a table are in one of `others` too; empty when there are no others.
  Result<std::vector<bool>> FindShared(const SpanTable& table, const std::vector<size_t>& others);
  // Adds traces of a block's table that are cut over row groups.
  Status AddCut(const TraceBlock& block, const SpanTable& table, std::vector<bool>& shared);

 private:
  Result<bool> HasTrace(size_t source, const model::TraceId& id);

  const Snapshot& snapshot_;
  std::vector<model::TimeRange> extents_;
  std::vector<TraceBlock::Place> places_;
};

}  // namespace orrery::traces
