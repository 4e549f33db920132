// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/setting.h"

namespace orrery::config {

// One value for one setting, and where it was written.
struct Assignment {
  enum class Form { kText, kItems, kPairs };

  std::string where;  // "config line 12", "environment", "flags"
  std::string
      written;  // The name as the user wrote it: traces.retention, --data-dir, ORRERY_LOG_LEVEL
  std::string name;  // Of the setting: data_dir
  Form form = Form::kText;
  std::string text;  // kText.
  SettingMap items;  // kItems (keys are empty), kPairs.
};

// What a source says, and what is wrong with it already as a text.
struct Source {
  std::vector<Assignment> assignments;
  std::vector<std::string> problems;
};

using Environment = std::vector<std::pair<std::string, std::string>>;

// YAML: nested mappings or dotted names. `settings` tells which mappings are values.
Source ReadYaml(std::string_view yaml, const std::vector<Setting>& settings);
// Variables that begin with ORRERY_. Others than this program use that beginning, too (tools, and
// Kubernetes for a service called orrery), so an unknown one is told only when it looks like a
// setting: by its first word, as in ORRERY_LOG_COLOUR, or by at most two wrong letters.
Source ReadEnvironment(const Environment& environment, const std::vector<Setting>& settings);
// --name=value or --name value; a dash in a name may stand for an underscore.
Source ReadFlags(const std::vector<std::string>& flags);

// ORRERY_TRACES_WAL_DURABILITY for traces.wal.durability.
std::string VariableOf(std::string_view name);
// --data-dir for data_dir.
std::string FlagOf(std::string_view name);

}  // namespace orrery::config
