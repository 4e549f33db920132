// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::cli {

// Rows under headings, columns as wide as their widest cell (in code points), two blanks between.
// Control characters become '?', so that stored text cannot move the cursor.
std::string RenderTable(const std::vector<std::string>& headings,
                        const std::vector<std::vector<std::string>>& rows);

// A time span as the page writes it: "0 ms", "252 ms", "1.89 s", "2 min 5 s", "3 h 20 min".
std::string ReadableDuration(uint64_t millis);

}  // namespace orrery::cli
