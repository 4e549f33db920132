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

// Adds the attribute names that have columns of their own in a table.
void CollectTagNames(const SpanTable& table, TagNameSets& names);

// What CollectRestTagNames looks at.
TableNeed NeedOfRestTagNames();
// Adds the names in rest columns: the keys too rare for columns of their own.
void CollectRestTagNames(const SpanTable& table, TagNameSets& names);

// As the contract has them.
contracts::TagNames ToTagNames(const TagNameSets& names);

// Passed by the spans that have a field.
contracts::SpanFilter ExistsFilter(const contracts::FieldRef& field);
// What CollectTagValues looks at.
TableNeed NeedOfTagValues(const contracts::FieldRef& field);
// Adds the distinct values of a field in a table. Ids, times and trace-wide fields have none.
// Corruption: a nested value does not decode.
Status CollectTagValues(const SpanTable& table, const contracts::FieldRef& field,
                        std::set<contracts::TagValue>& values);

}  // namespace orrery::traces
