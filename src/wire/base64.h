// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orrery::wire {

// RFC 4648, the standard alphabet with padding.
std::string Base64Encode(std::string_view bytes);
// Standard or URL alphabet, with or without padding; nothing when `text` is neither.
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace orrery::wire
