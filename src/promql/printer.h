// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "promql/ast.h"

namespace orrery::promql {

// The canonical form of a query, on one line. It parses back to the same tree.
std::string Print(const Expr& expr);

}  // namespace orrery::promql
