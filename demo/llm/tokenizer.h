// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace demo {

// The number of tokens that the mock model bills for a text: words and numbers in pieces of up to
// four bytes, each punctuation mark one. Close enough to real tokenizers to make costs plausible.
size_t CountTokens(std::string_view text);

}  // namespace demo
