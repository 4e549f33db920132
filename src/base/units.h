// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orrery {

// Sizes and durations as people write them: 64MiB, 1.5GB, 90s, 1h30m, 15d. A number without a unit
// is refused, except 0. Messages continue a sentence about the value: `is "30", without a unit;
// ...`.

// Bytes. Units: B, kB MB GB TB (thousands), KiB MiB GiB TiB (1024), case ignored.
Result<uint64_t> ParseSize(std::string_view text);
// With the greatest unit that divides it: 64MiB, 50GB, 17B; 0 is "0".
std::string FormatSize(uint64_t bytes);

// Nanoseconds. Units: ns us ms s m h d w, several in a row (1h30m). `likely_unit` is what the
// message for a missing unit proposes.
Result<uint64_t> ParseDuration(std::string_view text, std::string_view likely_unit = "s");
// 1h30m, 15d, 250ms; 0 is "0".
std::string FormatDuration(uint64_t nanos);

}  // namespace orrery
