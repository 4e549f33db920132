// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace demo {

// Whether JSON text nests deeper than anything that the demo's programs talk about. To be asked
// before parsing foreign text, since JSON values are printed recursively.
bool NestsTooDeep(std::string_view json);

}  // namespace demo
