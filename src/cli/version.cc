// SPDX-License-Identifier: Apache-2.0
#include "server/version.h"

#include <iostream>

#include "cli/commands.h"

namespace orrery::cli {

int PrintVersion() {
  std::cout << "orrery " << server::Version() << "\n";
  return kOk;
}

}  // namespace orrery::cli
