// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/settings.h"
#include "server/run.h"

namespace orrery::cli {

int Serve(const ServeArguments& arguments) {
  const Result<config::Loaded> loaded = LoadSettings(arguments.config_file, arguments.settings);
  if (!loaded.ok()) {
    PrintProblems({std::string(loaded.status().message())});
    return kCalledWrongly;
  }
  if (!loaded->problems.empty()) {
    PrintProblems(loaded->problems);
    return kCalledWrongly;
  }
  const Status status = server::Run(loaded->config);
  if (status.ok()) return kOk;
  PrintProblems({std::string(status.message())});
  return kFailed;
}

}  // namespace orrery::cli
