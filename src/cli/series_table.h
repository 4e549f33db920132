// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace orrery::cli {

// An answer of /api/metrics/query_range or /api/metrics/query as a table: a row for each series
// with its labels, its last and its greatest value, and a line of blocks that shows the rest. Empty
// when the text is no such answer.
std::string SeriesTable(std::string_view answer);

}  // namespace orrery::cli
