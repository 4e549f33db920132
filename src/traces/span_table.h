// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/ids.h"
#include "model/span_batch.h"
#include "traces/attribute_lists.h"
#include "traces/nested_sets.h"
#include "traces/texts.h"

namespace orrery::traces {

// A column that is mostly zero: rows past its end are zero.
class SparseColumn {
 public:
  uint32_t at(uint32_t row) const { return row < values.size() ? values[row] : 0; }
  void Set(uint32_t row, uint32_t value) {
    if (value == 0) return;
    values.resize(row);
    values.push_back(value);
  }

  std::vector<uint32_t> values;
};

inline constexpr uint32_t kNoRow = UINT32_MAX;

// The rows of one trace within a table: `first`, then along SpanTable::next_of_trace.
struct TraceRows {
  model::TraceId id;
  uint32_t first = kNoRow;
  uint32_t last = kNoRow;
};

// SpanTable is the store's unit of work: some thousand spans in columns, self-contained, with its
// own pool of texts. The head is a list of them, a block file is a list of encoded ones.
//
// Resources and scopes are kept once per distinct content; row r of `resource` is a position in
// `resources`, whose attributes are list r of `resource_attributes`, and so on. List i of
// `span_attributes` belongs to row i, list i of `event_attributes` to event i.
//
// Life:    filled by one SpanAppender or decoded from a block, then never changed.
// Threads: as a value type; queries share finished tables.
// Cost:    about 250 bytes a span.
struct SpanTable {
  struct Resource {
    TextCode schema_url = kEmptyText;
    TextCode entity_refs = kEmptyText;
    uint32_t dropped_attributes_count = 0;
  };
  struct Scope {
    TextCode name = kEmptyText;
    TextCode version = kEmptyText;
    TextCode schema_url = kEmptyText;
    uint32_t dropped_attributes_count = 0;
  };

  Texts texts;
  std::vector<TraceRows> traces;

  // By row.
  std::vector<uint32_t> trace_of_row;
  std::vector<uint32_t> next_of_trace;
  std::vector<model::SpanId> span_ids;
  std::vector<model::SpanId> parent_ids;
  NestedSets nested;  // Only in tables of blocks; empty in the head, where traces still grow.
  std::vector<uint64_t> starts;
  std::vector<uint64_t> durations;
  std::vector<TextCode> names;
  std::vector<uint32_t> kinds;         // int32_t by bits.
  std::vector<uint32_t> status_codes;  // int32_t by bits.
  std::vector<uint32_t> resource_of_row;
  std::vector<uint32_t> scope_of_row;
  SparseColumn status_messages;  // Text codes.
  SparseColumn trace_states;     // Text codes.
  SparseColumn flags;
  SparseColumn dropped_attributes;
  SparseColumn dropped_events;
  SparseColumn dropped_links;
  std::vector<uint32_t> event_ends;  // The events of row r end here, those of row r - 1 before.
  std::vector<uint32_t> link_ends;
  AttributeLists span_attributes;

  std::vector<Resource> resources;
  AttributeLists resource_attributes;
  std::vector<Scope> scopes;
  AttributeLists scope_attributes;

  // By event.
  std::vector<uint64_t> event_times;
  std::vector<TextCode> event_names;
  SparseColumn event_dropped;
  AttributeLists event_attributes;

  // By link. Ids are texts, since a link may carry ids of any length.
  std::vector<TextCode> link_trace_ids;
  std::vector<TextCode> link_span_ids;
  SparseColumn link_trace_states;
  SparseColumn link_flags;
  SparseColumn link_dropped;
  AttributeLists link_attributes;

  // Over all rows; 0 and 0 when there are none.
  UnixNanos min_start = 0;
  UnixNanos max_end = 0;

  uint32_t rows() const { return static_cast<uint32_t>(starts.size()); }
  uint32_t EventsBegin(uint32_t row) const { return row == 0 ? 0 : event_ends[row - 1]; }
  uint32_t LinksBegin(uint32_t row) const { return row == 0 ? 0 : link_ends[row - 1]; }
  size_t memory_bytes() const;
};

}  // namespace orrery::traces
