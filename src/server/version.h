// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace orrery::server {

// Of this build: "0.1.0".
std::string_view Version();

}  // namespace orrery::server
