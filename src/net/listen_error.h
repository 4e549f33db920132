// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace orrery::net {

// Why a listener could not be opened, for the person who started the server. `error` is an errno;
// `setting` names what to change.
Status ListenError(std::string_view address, uint16_t port, std::string_view setting, int error);

// "127.0.0.1:80", "[::1]:80".
std::string JoinAddress(std::string_view address, uint16_t port);

}  // namespace orrery::net
