// SPDX-License-Identifier: Apache-2.0
#include "cli/settings.h"

#include <iostream>
#include <string_view>

#include <unistd.h>

#include "fs/real_file_system.h"

namespace orrery::cli {
namespace {

config::Environment ReadProcessEnvironment() {
  config::Environment environment;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

}  // namespace

Result<config::Loaded> LoadSettings(const std::string& config_file,
                                    std::vector<std::string> flags) {
  config::Inputs inputs;
  if (!config_file.empty()) {
    fs::RealFileSystem fs;
    auto yaml = fs::ReadWhole(fs, config_file);
    if (!yaml.ok()) return yaml.status().WithContext("config");
    inputs.yaml = *std::move(yaml);
  }
  inputs.environment = ReadProcessEnvironment();
  inputs.flags = std::move(flags);
  return config::Load(inputs);
}

void PrintProblems(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) std::cerr << "orrery: " << problem << "\n";
}

}  // namespace orrery::cli
