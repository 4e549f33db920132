// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace orrery {

// Bytes of the well-formed UTF-8 sequence that `text` starts with (1 to 4), or 0 when it starts
// with none: overlong forms, surrogates and code points above U+10FFFF are ill-formed. 0 for empty
// text.
size_t Utf8SequenceLength(std::string_view text);

bool IsValidUtf8(std::string_view text);

}  // namespace orrery
