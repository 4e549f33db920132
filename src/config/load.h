// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/sources.h"

namespace orrery::config {

// Everything that says something about settings; later ones win over earlier ones.
struct Inputs {
  std::optional<std::string> yaml;  // Contents of the file.
  Environment environment;
  std::vector<std::string> flags;
};

struct Loaded {
  Config config;
  // One sentence each, in the order of the sources; the config is to be used only when empty.
  std::vector<std::string> problems;
};

// Defaults, then file, environment and flags. All problems are found at once.
Loaded Load(const Inputs& inputs);

// The settings of `config` as YAML that Load reads back; only those that differ from the default
// are not commented out.
std::string PrintEffective(Config& config);

// docs/settings.md.
std::string Reference();

}  // namespace orrery::config
