// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/span_batch.h"
#include "traces/span_table.h"
#include "traces/table_parts.h"

namespace orrery::traces {

// TraceAssembler puts a trace together from rows in several tables: sorted by start, then span id,
// and a span that arrived twice once. Twice means the same span id, start and kind: a client and a
// server span may share an id, a retried request may not double a span.
//
// Life:    for each trace AddRows, then Assemble, which empties it.
// Threads: one at a time.
class TraceAssembler {
 public:
  // `need` is what every table has present and what is read of it.
  // Requires: as SpanReader.
  explicit TraceAssembler(TableNeed need = TableNeed::Everything()) : need_(std::move(need)) {}

  // Adds the rows from `first` along the trace's chain, at most `most` of them.
  void AddRows(std::shared_ptr<const SpanTable> table, uint32_t first,
               size_t most = std::numeric_limits<size_t>::max());
  // Of the trace at hand; a span that arrived twice counts twice.
  size_t rows() const { return refs_.size(); }

  // Fills `batch` anew. Its owners keep the tables.
  // Corruption: a nested value does not decode.
  Status Assemble(model::SpanBatch& batch);

 private:
  struct Ref {
    uint64_t start;
    model::SpanId span_id;
    uint32_t kind;
    uint32_t table;
    uint32_t row;
  };

  const TableNeed need_;
  std::vector<std::shared_ptr<const SpanTable>> tables_;
  std::vector<Ref> refs_;
};

}  // namespace orrery::traces
