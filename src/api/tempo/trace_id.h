// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/ids.h"

namespace orrery::api {

// One to 32 hex digits of either case; short ones are filled with zeros in front.
// InvalidArgument: longer, or other characters.
Result<model::TraceId> ParseTraceId(std::string_view text);

// As search prints it: without leading zeros.
std::string ShortTraceId(const model::TraceId& id);

}  // namespace orrery::api
