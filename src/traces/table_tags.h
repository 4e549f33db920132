// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <set>
#include <string>

#include "contracts/span_filter.h"
#include "contracts/trace_queryable.h"
#include "traces/table_parts.h"

namespace orrery::traces {

// Attribute names by owner.
using TagNameSets = std::array<std::set<std::string, std::less<>>, kOwners.size()>;

// What CollectTagNames looks at.
TableNeed NeedOfTagNames();
// Adds the attribute names of a table.
void CollectTagNames(const SpanTable& table, TagNameSets& names);

// As the contract has them.
contracts::TagNames ToTagNames(const TagNameSets& names);

// What CollectTagValues looks at.
TableNeed NeedOfTagValues(const contracts::FieldRef& field);
// Adds the distinct values of a field in a table. Ids, times and trace-wide fields have none.
// Corruption: a nested value does not decode.
Status CollectTagValues(const SpanTable& table, const contracts::FieldRef& field,
                        std::set<contracts::TagValue>& values);

}  // namespace orrery::traces
