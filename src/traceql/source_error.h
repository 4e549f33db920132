// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::traceql {

// "line:column: message", the line of `source` that holds `offset`, and a caret below the place. A
// long line is shown in part. Columns count code points from 1.
std::string DescribeError(std::string_view source, size_t offset, std::string_view message);

}  // namespace orrery::traceql
