// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/commands.h"
#include "cli/settings.h"

namespace orrery::cli {

int CheckConfig(const CheckConfigArguments& arguments) {
  if (arguments.reference) {
    std::cout << config::Reference();
    return kOk;
  }
  Result<config::Loaded> loaded = LoadSettings(arguments.config_file, {});
  if (!loaded.ok()) {
    PrintProblems({std::string(loaded.status().message())});
    return kFailed;
  }
  if (!loaded->problems.empty()) {
    PrintProblems(loaded->problems);
    return kFailed;
  }
  if (arguments.print) {
    std::cout << config::PrintEffective(loaded->config);
  } else {
    std::cout << "all settings are fine\n";
  }
  return kOk;
}

}  // namespace orrery::cli
