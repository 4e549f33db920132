// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "traceql/ast.h"

namespace orrery::traceql {

// The canonical text of a query: one blank around operators, no parentheses that are not needed,
// old names of intrinsics, strings in double quotes. It parses back to the same tree, so printing
// that tree gives the same text again.
std::string Print(const Query& query);

// Of parts. A null expression is the empty filter.
std::string Print(const FieldExpr& expr);
std::string Print(const SpansetExpr& expr);
std::string Print(const ScalarExpr& expr);
std::string Print(const Aggregate& aggregate);
std::string Print(const Constant& constant);

}  // namespace orrery::traceql
