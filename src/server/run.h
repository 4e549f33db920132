// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.h"
#include "config/config.h"

namespace orrery::server {

// Runs a server on this machine until SIGTERM or SIGINT, drains it, and returns Ok; a second signal
// ends the process at once. Logs to stderr. To be called once, on the main thread, before there are
// others.
Status Run(const config::Config& config);

}  // namespace orrery::server
