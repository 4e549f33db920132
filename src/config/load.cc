// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <algorithm>

#include "base/nearest.h"

namespace orrery::config {
namespace {

Setting* Find(std::vector<Setting>& settings, std::string_view name) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const Setting& setting) { return setting.name() == name; });
  return found == settings.end() ? nullptr : &*found;
}

std::string Unknown(const Assignment& assignment, const std::vector<Setting>& settings) {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings) names.push_back(setting.name());
  std::string problem = assignment.where + ": " + assignment.written + " is no setting";
  const std::string_view nearest = Nearest(assignment.name, names);
  if (nearest.empty()) {
    return problem + "; `orrery check-config --reference` lists them all";
  }
  const bool is_flag = assignment.written.starts_with("--");
  return problem + "; did you mean " + (is_flag ? FlagOf(nearest) : std::string(nearest)) + "?";
}

Status Assign(const Assignment& assignment, Setting& setting) {
  switch (assignment.form) {
    case Assignment::Form::kText:
      return setting.Set(assignment.text);
    case Assignment::Form::kItems:
      if (!setting.takes_items()) return InvalidArgument("is a list; write one " + setting.type());
      return setting.SetItems(assignment.items);
    case Assignment::Form::kPairs:
      if (!setting.takes_pairs())
        return InvalidArgument("is a mapping; write one " + setting.type());
      return setting.SetItems(assignment.items);
  }
  return OkStatus();
}

void Apply(const Source& source, std::vector<Setting>& settings,
           std::vector<std::string>& problems) {
  problems.insert(problems.end(), source.problems.begin(), source.problems.end());
  for (const Assignment& assignment : source.assignments) {
    Setting* setting = Find(settings, assignment.name);
    if (setting == nullptr) {
      problems.push_back(Unknown(assignment, settings));
      continue;
    }
    if (const Status status = Assign(assignment, *setting); !status.ok()) {
      problems.push_back(assignment.where + ": " + assignment.written + " " +
                         std::string(status.message()));
    }
  }
}

// Two listeners cannot have one address; port 0 takes a free one for each.
void CheckAddresses(const std::vector<Setting>& settings, std::vector<std::string>& problems) {
  for (size_t i = 0; i < settings.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const bool is_same = settings[i].type() == "address" && settings[j].type() == "address" &&
                           settings[i].Value() == settings[j].Value();
      if (!is_same || settings[i].Value().ends_with(":0")) continue;
      problems.push_back("config: " + settings[j].name() + " and " + settings[i].name() +
                         " are both " + settings[i].Value() + "; give one of them another port");
    }
  }
}

}  // namespace

Loaded Load(const Inputs& inputs) {
  Loaded loaded;
  std::vector<Setting> settings = SettingsOf(loaded.config);
  if (inputs.yaml.has_value()) {
    Apply(ReadYaml(*inputs.yaml, settings), settings, loaded.problems);
  }
  Apply(ReadEnvironment(inputs.environment, settings), settings, loaded.problems);
  Apply(ReadFlags(inputs.flags), settings, loaded.problems);
  CheckAddresses(settings, loaded.problems);
  return loaded;
}

}  // namespace orrery::config
