// SPDX-License-Identifier: Apache-2.0
#include "server/version.h"

namespace orrery::server {

std::string_view Version() { return ORRERY_VERSION; }

}  // namespace orrery::server
