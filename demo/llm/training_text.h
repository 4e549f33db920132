// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace demo {

// What the toy model has read: tokenizer and model are trained on it at start-up. One paragraph a
// line; plain ASCII, so that every token that the model can say is whole text.
std::string_view TrainingText();

}  // namespace demo
