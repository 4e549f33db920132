// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "traceql/ast.h"

namespace orrery::api {

// A query that parses and makes sense. InvalidArgument, with Tempo's words in front: it does not,
// or the language does not define its answer yet.
Result<traceql::Query> ParseQuery(std::string_view text);

}  // namespace orrery::api
