// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.h"
#include "traceql/ast.h"

namespace orrery::traceql {

// Whether a query that parsed makes sense.
// InvalidArgument: types do not fit, a regular expression is broken, an aggregate does not look at
//                  the span, ...; shown as syntax errors are.
// Unimplemented:   no answer is defined for it yet ("not yet supported").
// What passes here may still be more than the engine can run; see Engine::Search.
Status Check(const Query& query);

}  // namespace orrery::traceql
