// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "model/span_batch.h"
#include "traces/attribute_lists.h"
#include "traces/span_table.h"
#include "traces/table_parts.h"

namespace orrery::traces {

// What every span that is read back has.
inline constexpr uint32_t kSpanParts = kTracesPart | kIdsPart | kTimesPart | kNamesPart |
                                       kStatesPart | kResourcesPart | kShortTextsPart;

// SpanReader reads rows of a table back into a batch.
//
// Life:    `batch` must outlive it. The batch views into the tables: the caller puts their owners
//          into SpanBatch::owners.
// Threads: one at a time.
// Failure: Corruption when a nested value does not decode.
// Cost:    what `need` names; the rest of the table is not touched.
class SpanReader {
 public:
  // Reads what `need` names, which is present in `table`, and leaves the rest of the spans empty.
  // Requires: kSpanParts and the shapes of resources are among it.
  SpanReader(const SpanTable& table, model::SpanBatch& batch,
             const TableNeed& need = TableNeed::Everything());

  // Appends the span of `row`. Fastest when rows come in ascending order.
  Status Read(uint32_t row);

 private:
  static constexpr uint32_t kNotRead = UINT32_MAX;

  // The attribute lists of one owner.
  struct Lists {
    explicit Lists(const AttributeLists& of) : lists(of), cursor(of) {}

    const AttributeLists& lists;
    AttributeCursor cursor;
    bool is_any_wanted = false;
    std::vector<bool> wanted;  // By column; of a rest column, whether any of it is.
  };
  struct Place {
    uint32_t column;
    uint32_t place;
  };

  Lists& Of(Owner owner) { return lists_[static_cast<size_t>(owner)]; }
  Status ReadList(Owner owner, uint32_t list, model::IndexRange& range);
  bool IsWanted(Owner owner, uint32_t column, uint32_t place);
  Status ReadValue(const ValueColumn& column, uint32_t place, model::Value& value);
  void ReadRare(uint32_t row, model::Span& span);
  Status ReadEvents(uint32_t row, model::IndexRange& range);
  Status ReadLinks(uint32_t row, model::IndexRange& range);
  Status ReadResource(uint32_t resource, uint32_t& out);
  Status ReadScope(uint32_t row, uint32_t& out);

  const SpanTable& table_;
  model::SpanBatch& batch_;
  const TableNeed need_;
  const uint32_t parts_;
  std::vector<Place> picked_;                // What of a list is wanted.
  std::array<Lists, kOwners.size()> lists_;  // By owner.
  // In the batch, or kNotRead. One empty scope when none is to be read.
  std::vector<uint32_t> resource_places_;
  std::vector<uint32_t> scope_places_;
};

}  // namespace orrery::traces
