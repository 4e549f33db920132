// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>

#include <yaml-cpp/yaml.h>

#include "config/sources.h"

namespace orrery::config {
namespace {

// A file that nests deeper is no configuration; it also keeps aliases from going in circles.
constexpr int kMaxDepth = 16;

std::string WhereOf(const YAML::Mark& mark) {
  return mark.is_null() ? "config" : "config line " + std::to_string(mark.line + 1);
}

// Flattens the tree of mappings into assignments with dotted names.
class Flattener {
 public:
  Flattener(const std::vector<Setting>& settings, Source& source)
      : settings_(settings), source_(source) {}

  void Walk(const YAML::Node& mapping, const std::string& prefix, int depth) {
    for (const auto& entry : mapping) {
      const std::string where = WhereOf(entry.first.Mark());
      if (!entry.first.IsScalar()) {
        source_.problems.push_back(where + ": a name must be plain text");
        continue;
      }
      const std::string name = prefix + entry.first.Scalar();
      if (entry.second.IsMap() && !TakesPairs(name)) {
        if (depth < kMaxDepth) {
          Walk(entry.second, name + ".", depth + 1);
        } else {
          source_.problems.push_back(where + ": " + name + " is nested too deeply");
        }
        continue;
      }
      Take(where, name, entry.second);
    }
  }

 private:
  bool TakesPairs(const std::string& name) const {
    return std::any_of(settings_.begin(), settings_.end(), [&](const Setting& setting) {
      return setting.name() == name && setting.takes_pairs();
    });
  }

  void Take(const std::string& where, const std::string& name, const YAML::Node& value) {
    const auto [first, is_new] = seen_.emplace(name, where);
    if (!is_new) {
      source_.problems.push_back(where + ": " + name + " is set a second time; the first is in " +
                                 first->second);
      return;
    }
    Assignment assignment{.where = where, .written = name, .name = name, .text = "", .items = {}};
    bool has_wrong_item = false;
    const auto add = [&](std::string key, const YAML::Node& item) {
      if (!item.IsScalar()) has_wrong_item = true;
      if (item.IsScalar()) assignment.items.emplace_back(std::move(key), item.Scalar());
    };
    if (value.IsScalar()) {
      assignment.text = value.Scalar();
    } else if (value.IsSequence()) {
      assignment.form = Assignment::Form::kItems;
      for (const auto& item : value) add("", item);
    } else if (value.IsMap()) {
      assignment.form = Assignment::Form::kPairs;
      for (const auto& pair : value)
        add(pair.first.IsScalar() ? pair.first.Scalar() : "", pair.second);
    }
    if (has_wrong_item) {
      source_.problems.push_back(where + ": " + name + " has a part that is no plain text");
      return;
    }
    source_.assignments.push_back(std::move(assignment));
  }

  const std::vector<Setting>& settings_;
  Source& source_;
  std::map<std::string, std::string> seen_;  // Name -> where.
};

}  // namespace

Source ReadYaml(std::string_view yaml, const std::vector<Setting>& settings) {
  Source source;
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (root.IsNull()) return source;
    if (!root.IsMap()) {
      source.problems.push_back("config: not a list of settings; write name: value lines");
      return source;
    }
    Flattener(settings, source).Walk(root, "", 0);
  } catch (const YAML::Exception& error) {
    source.problems.push_back(WhereOf(error.mark) + ": not YAML: " + error.msg);
  }
  return source;
}

}  // namespace orrery::config
