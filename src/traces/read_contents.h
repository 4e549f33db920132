// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/span_contents.h"
#include "traces/span_table.h"
#include "traces/table_parts.h"

namespace orrery::traces {

// What is known of the root of a trace; empty when there is none.
struct RootTexts {
  std::string_view name;
  std::string_view service;
};

// What ReadContents and FindRoots look at.
TableNeed NeedOfContents();

// The root of each trace of a table, as far as it is there: the first span without a parent, or
// kNoRow.
std::vector<uint32_t> FindRoots(const SpanTable& table);

// The name and service of the spans in `roots`, in their order; kNoRow has neither. Views into the
// table.
Result<std::vector<RootTexts>> ReadRoots(const SpanTable& table, std::span<const uint32_t> roots);

// Everything that the spans in `rows` say. `roots` are those of the table's traces. Values view
// into the table and the roots.
// Requires:   what NeedOfContents names is present; `rows` ascend.
// Corruption: a nested value does not decode.
// Cost:       one pass over the lists of the table and one over each column; values that no row
//             has are not decoded.
Result<contracts::SpanContents> ReadContents(const SpanTable& table, std::span<const uint32_t> rows,
                                             std::span<const RootTexts> roots);

}  // namespace orrery::traces
