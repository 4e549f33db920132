// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "traceql/ast.h"

namespace orrery::traceql {

// The condition that a filter of tags puts on spans, as a query of one span filter whose condition
// may be null. A whole query gives the condition of its first filter. Of an incomplete one
// (somebody is typing it) the comparisons with constants count that are complete; if it has a ||,
// none of them, because half of an alternative would hide what belongs in the list.
Query ReadTagFilter(std::string_view text);

// The condition of what ReadTagFilter gives.
const FieldExpr* ConditionOf(const Query& tag_filter);

// The constant that the condition says `field` is equal to, or null: `{ .a = 1 }` or one term of a
// chain of &&.
const Constant* PinnedValue(const FieldExpr* condition, const Field& field);

}  // namespace orrery::traceql
