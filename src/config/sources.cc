// SPDX-License-Identifier: Apache-2.0
#include "config/sources.h"

#include <algorithm>
#include <cctype>

#include "base/nearest.h"

namespace orrery::config {
namespace {

constexpr std::string_view kPrefix = "ORRERY_";

// So many wrong letters still mean a setting.
constexpr size_t kSlips = 2;

// ORRERY_TRACES_ for ORRERY_TRACES_WAL_DURABILITY.
std::string_view FirstWord(std::string_view variable) {
  const size_t end = variable.find('_', kPrefix.size());
  return end == std::string_view::npos ? variable : variable.substr(0, end + 1);
}

// The problem with a variable that is no setting's, or empty when it is none of ours.
std::string UnknownVariable(const std::string& variable,
                            const std::vector<std::string_view>& candidates) {
  const bool has_known_beginning = std::any_of(
      candidates.begin(), candidates.end(),
      [&](std::string_view candidate) { return FirstWord(candidate) == FirstWord(variable); });
  const std::string_view nearest =
      Nearest(variable, candidates, has_known_beginning ? SIZE_MAX : kSlips);
  if (!has_known_beginning && nearest.empty()) return "";
  std::string problem = "environment: " + variable + " is no setting";
  if (!nearest.empty()) problem.append("; did you mean ").append(nearest).append("?");
  return problem;
}

}  // namespace

std::string VariableOf(std::string_view name) {
  std::string variable(kPrefix);
  for (const char c : name) {
    variable += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

std::string FlagOf(std::string_view name) {
  std::string flag = "--" + std::string(name);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

Source ReadEnvironment(const Environment& environment, const std::vector<Setting>& settings) {
  std::vector<std::string> variables;
  for (const Setting& setting : settings) variables.push_back(VariableOf(setting.name()));
  const std::vector<std::string_view> candidates(variables.begin(), variables.end());
  Source source;
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(kPrefix)) continue;
    const auto found = std::find(variables.begin(), variables.end(), variable);
    if (found != variables.end()) {
      source.assignments.push_back(
          {.where = "environment",
           .written = variable,
           .name = settings[static_cast<size_t>(found - variables.begin())].name(),
           .text = value,
           .items = {}});
      continue;
    }
    std::string problem = UnknownVariable(variable, candidates);
    if (!problem.empty()) source.problems.push_back(std::move(problem));
  }
  return source;
}

Source ReadFlags(const std::vector<std::string>& flags) {
  Source source;
  for (size_t i = 0; i < flags.size(); ++i) {
    const std::string& flag = flags[i];
    if (!flag.starts_with("--") || flag.size() == 2) {
      source.problems.push_back("flags: \"" + flag + "\" is no flag; write --name=value");
      continue;
    }
    const size_t equals = flag.find('=');
    Assignment assignment{.where = "flags",
                          .written = flag.substr(0, equals),
                          .name = flag.substr(2, equals == std::string::npos ? equals : equals - 2),
                          .text = "",
                          .items = {}};
    std::replace(assignment.name.begin(), assignment.name.end(), '-', '_');
    if (equals != std::string::npos) {
      assignment.text = flag.substr(equals + 1);
    } else if (i + 1 < flags.size() && !flags[i + 1].starts_with("--")) {
      assignment.text = flags[++i];
    } else {
      // Unknown names are told as such by who looks them up, and that is the better message.
      assignment.text = "";
    }
    source.assignments.push_back(std::move(assignment));
  }
  return source;
}

}  // namespace orrery::config
