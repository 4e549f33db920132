// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "model/span_batch.h"
#include "traces/head.h"
#include "traces/trace_assembler.h"
#include "traces/trace_block.h"

namespace orrery::traces {

// TraceMerge hands out the traces of head tables and blocks, whole and in the order of their
// starts: what a new block is written from.
//
// Life:    made with its sources; Plan once; Next until it says false.
// Threads: one at a time.
// Failure: Corruption of a source.
// Cost:    40 bytes for each trace of each source, and the row groups being read.
class TraceMerge {
 public:
  // Of all traces, or with `only` (sorted) of these.
  TraceMerge(HeadTables tables, std::vector<std::shared_ptr<const TraceBlock>> blocks,
             std::optional<std::vector<model::TraceId>> only = std::nullopt)
      : tables_(std::move(tables)), blocks_(std::move(blocks)), only_(std::move(only)) {}

  Status Plan();
  // True with the next trace in `trace`, which stays valid until the next call.
  Result<bool> Next(model::SpanBatch& trace);

 private:
  // The rows of a trace in one table: of the head, or a block's row group.
  struct Part {
    model::TraceId id;
    UnixNanos start = 0;  // First the part's own, in the end the whole trace's.
    uint32_t source = 0;  // Tables first, then blocks.
    uint32_t group = 0;
    uint32_t first_row = 0;
  };

  HeadTables tables_;
  std::vector<std::shared_ptr<const TraceBlock>> blocks_;
  const std::optional<std::vector<model::TraceId>> only_;
  std::vector<Part> parts_;
  size_t next_ = 0;
  TraceAssembler assembler_;
};

}  // namespace orrery::traces
