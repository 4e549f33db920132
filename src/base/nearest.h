// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace orrery {

// The candidate that `word` was probably meant to be, by edit distance (a swap of neighbours counts
// once), or empty when none is near: more than a third of the longer one's letters differ, or more
// than `max_distance`.
// The result views into `candidates`. Cost: length of `word` times the candidates' lengths.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> candidates,
                         size_t max_distance = SIZE_MAX);

}  // namespace orrery
