// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "config/load.h"

namespace orrery::config {
namespace {

// A value as YAML: quoted when plain text would not read back as the same.
std::string Scalar(const std::string& value) {
  const bool is_plain = !value.empty() &&
                        value.find_first_of("#:*&!|>'\"%@`{}[],? ") == std::string::npos &&
                        value[0] != '-';
  if (is_plain) return value;
  std::string quoted = "'";
  for (const char c : value) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

std::string Code(const std::string& text) { return text.empty() ? "empty" : "`" + text + "`"; }

constexpr char kPreamble[] = R"(# Settings

Written by `orrery check-config --reference`; `make docs` writes it again.

A setting has one name in three places. Later ones win: the default, the YAML file of `--config FILE`, the environment, flags.

| where | `traces.wal.durability` there |
| --- | --- |
| file | `traces.wal.durability: fsync`, or nested: `traces: {wal: {durability: fsync}}` |
| environment | `ORRERY_TRACES_WAL_DURABILITY=fsync` |
| flag | `--traces.wal.durability=fsync`; dashes may stand for underscores, as in `--data-dir` |

Sizes have a unit (`64MiB`, `50GB`), and so have durations (`250ms`, `30s`, `1h30m`, `15d`). What is unknown or out of bounds is refused at
the start, all of it at once; `orrery check-config FILE` does only that, `--print` also prints what is in force.
)";

}  // namespace

std::string PrintEffective(Config& config) {
  std::string yaml;
  Config defaults;
  const std::vector<Setting> unchanged = SettingsOf(defaults);
  const std::vector<Setting> settings = SettingsOf(config);
  for (size_t i = 0; i < settings.size(); ++i) {
    const bool is_default = settings[i].Value() == unchanged[i].Value();
    yaml +=
        (is_default ? "# " : "") + settings[i].name() + ": " + Scalar(settings[i].Value()) + "\n";
  }
  return yaml;
}

std::string Reference() {
  Config config;
  std::string page = kPreamble;
  for (const Setting& setting : SettingsOf(config)) {
    page += "\n## " + setting.name() + "\n\n" + setting.help() + "\n\n";
    page += "* " + setting.type();
    if (!setting.bounds().empty()) page += ", " + setting.bounds();
    page +=
        "; default " + Code(setting.default_text()) + "; for example " + Code(setting.example());
    page += "\n* environment `" + VariableOf(setting.name()) + "`, flag `" +
            FlagOf(setting.name()) + "`";
    page += setting.needs_restart() ? "; a change needs a restart\n" : "\n";
  }
  return page;
}

}  // namespace orrery::config
