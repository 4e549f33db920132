// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/span_batch.h"
#include "traces/span_appender.h"
#include "traces/span_table.h"

namespace orrery::traces {

// A table of the head that no longer changes.
struct HeadTable {
  explicit HeadTable(SpanTable finished)
      : table(std::move(finished)), slots(table), bytes(table.memory_bytes()) {}

  const SpanTable table;
  const TraceSlots slots;
  const size_t bytes;
};
using HeadTables = std::vector<std::shared_ptr<const HeadTable>>;

// Head holds the spans that are in the log but not yet in a block: finished tables and one that
// grows.
//
// Threads: one at a time; the tables handed out are shared freely.
// Cost:    the first Tables() after an Append copies the growing table.
class Head {
 public:
  explicit Head(uint32_t table_spans) : table_spans_(table_spans) {}

  void Append(const model::SpanBatch& batch);
  // All spans so far.
  HeadTables Tables();
  // The same, and leaves the head empty.
  HeadTables Take();

  uint64_t spans() const { return finished_spans_ + growing_.table().rows(); }
  // Of memory, about.
  uint64_t bytes() const { return finished_bytes_ + growing_.table().rows() * kGuessedSpanBytes; }

 private:
  static constexpr uint64_t kGuessedSpanBytes = 250;

  void Finish();

  const uint32_t table_spans_;
  SpanAppender growing_;
  std::shared_ptr<const HeadTable> growing_copy_;  // Null when spans came since.
  HeadTables finished_;
  uint64_t finished_spans_ = 0;
  uint64_t finished_bytes_ = 0;
};

}  // namespace orrery::traces
