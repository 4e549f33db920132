// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "contracts/trace_queryable.h"
#include "traces/span_table.h"
#include "traces/table_parts.h"

namespace orrery::traces {

// What ReadColumn looks at for these fields.
TableNeed NeedOfColumns(std::span<const contracts::FieldRef> fields);

// One field of the spans in `rows`, as contracts::SpanColumns has it. Values view into the table,
// elements of arrays go to `pools`.
// Requires:   IsScannable(field); what NeedOfColumns names is present; `rows` ascend.
// Corruption: a nested value does not decode.
// Cost:       one pass over the rows of the table, and a lookup for each value that is a number.
Result<contracts::FieldColumn> ReadColumn(const SpanTable& table, const contracts::FieldRef& field,
                                          std::span<const uint32_t> rows, model::SpanBatch& pools);

}  // namespace orrery::traces
