// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "traceql/ast.h"

namespace orrery::traceql {

// Reads a query of the whole language, also what the engine cannot run yet.
// InvalidArgument: a syntax error, as source_error.h shows it; or the text is longer than
// kMaxQueryBytes, or nested deeper than kMaxHeight.
// Cost: linear in the text.
Result<Query> Parse(std::string_view text);

// Reads a text that is one field and nothing else: `.a`, `span:name`, `duration`.
Result<Field> ParseFieldName(std::string_view text);

}  // namespace orrery::traceql
