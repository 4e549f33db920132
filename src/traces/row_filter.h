// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "contracts/span_filter.h"
#include "contracts/trace_queryable.h"
#include "model/ids.h"
#include "traces/span_table.h"
#include "traces/table_parts.h"

namespace orrery::traces {

// A set of rows, a bit each.
class RowSet {
 public:
  explicit RowSet(uint32_t rows, bool all = false);

  uint32_t rows() const { return rows_; }
  bool Has(uint32_t row) const { return (words_[row / 64] >> (row % 64) & 1) != 0; }
  void Add(uint32_t row) { words_[row / 64] |= uint64_t{1} << (row % 64); }
  void AddRange(uint32_t begin, uint32_t end) {
    for (uint32_t row = begin; row < end; ++row) Add(row);
  }
  bool IsEmpty() const;
  // With a set over the same rows.
  void Intersect(const RowSet& other);
  void Unite(const RowSet& other);
  // Calls `visit` with each row, ascending.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (uint32_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(64 * i + static_cast<uint32_t>(__builtin_ctzll(word)));
      }
    }
  }

 private:
  uint32_t rows_;
  std::vector<uint64_t> words_;
};

// Whether an attribute of that scope may be in the lists of `owner`.
bool LooksAt(contracts::AttributeScope scope, Owner owner);

// The trace that all spans which pass `filter` belong to, when the filter says so.
std::optional<model::TraceId> OnlyTrace(const contracts::SpanFilter& filter);

// What FilterRows will look at.
TableNeed NeedOf(const contracts::SpanFilter& filter);

// What reading these fields of whole traces takes.
TableNeed NeedOf(const contracts::WantedFields& wanted);

// The rows that may pass `filter`: all that do, and some that do not, as SpanFilter allows. A text
// is tested once per distinct text of the table.
// Requires: what NeedOf(filter) names is present in `table`.
RowSet FilterRows(const SpanTable& table, const contracts::SpanFilter& filter);

}  // namespace orrery::traces
