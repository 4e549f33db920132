// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/load.h"

namespace orrery::cli {

// Settings from the file (none when empty), this process's environment and `flags`. The status is
// about reading the file; problems with settings are in the result.
Result<config::Loaded> LoadSettings(const std::string& config_file, std::vector<std::string> flags);

// "orrery: PROBLEM", a line each, to stderr.
void PrintProblems(const std::vector<std::string>& problems);

}  // namespace orrery::cli
