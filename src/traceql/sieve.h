// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contracts/span_filter.h"
#include "traceql/ast.h"

namespace orrery::traceql {

// A filter that every span passes on which the condition holds, as narrow as a store can use it.
// Null is the empty condition.
contracts::SpanFilter SieveOf(const FieldExpr* condition);

// A filter such that every trace with an answer has a span that passes it.
contracts::SpanFilter SieveOf(const Pipeline& pipeline);

// Whether the condition is the word false, so that nothing has to be looked at.
bool IsNever(const Pipeline& pipeline);

}  // namespace orrery::traceql
