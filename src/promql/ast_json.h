// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "promql/ast.h"

namespace orrery::promql {

// The tree of a query as /api/v1/parse_query answers it: an object whose `type` names the node.
// Texts that are not UTF-8 keep their bytes.
std::string AstJson(const Expr& expr);

}  // namespace orrery::promql
