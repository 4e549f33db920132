// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace orrery {

// Where to listen: an IP address and a port.
struct Address {
  std::string host;  // Without brackets.
  uint16_t port = 0;

  std::string ToString() const;  // 127.0.0.1:3000, [::1]:3000
  bool operator==(const Address&) const = default;
};

using SettingList = std::vector<std::string>;
using SettingMap = std::vector<std::pair<std::string, std::string>>;

// What everybody should know about a setting.
struct SettingText {
  std::string name;  // traces.wal.durability
  std::string help;  // One sentence or more, for the operator.
  std::string example;
  bool is_secret = false;  // A key or a password: its value is never shown.
};

// Setting is one adjustable value: it knows its name, help, type, bounds and default, checks and
// takes a new value as text, and prints the one it has. Flags, environment, file and the reference
// in docs/settings.md all work on this face, so nothing about a setting is written twice.
//
// The value itself lives in a plain struct of the room that uses it; its content when the setting
// is made is the default.
//
// Life:    the target outlives the setting.
// Threads: one at a time. All settings of this version are read once, at the start.
// Failure: Set says what is wrong and what to write instead, to follow the name in a sentence.
class Setting {
 public:
  static Setting Text(SettingText text, std::string* target);
  static Setting Flag(SettingText text, bool* target);
  template <typename Number>
  static Setting Count(SettingText text, Number* target, uint64_t least, uint64_t most) {
    const auto take = [target](uint64_t number) { *target = static_cast<Number>(number); };
    return CountOf(std::move(text), take, [target] { return uint64_t{*target}; }, least, most);
  }
  static Setting Size(SettingText text, uint64_t* target, uint64_t least, uint64_t most);
  static Setting Duration(SettingText text, uint64_t* nanos, uint64_t least, uint64_t most);
  static Setting Listen(SettingText text, Address* target);
  // Comma-separated in one line; the file may also have a list.
  static Setting List(SettingText text, SettingList* target);
  // key=value,key=value in one line; the file may also have a mapping.
  static Setting Map(SettingText text, SettingMap* target);

  template <typename Enum>
  static Setting Choice(SettingText text, Enum* target,
                        std::vector<std::pair<std::string, Enum>> choices) {
    std::vector<std::string> names;
    names.reserve(choices.size());
    for (const auto& [name, value] : choices) names.push_back(name);
    auto pick = [target, choices](size_t i) { *target = choices[i].second; };
    auto picked = [target, choices] {
      size_t i = 0;
      while (i + 1 < choices.size() && choices[i].second != *target) ++i;
      return i;
    };
    return ChoiceOf(std::move(text), std::move(names), pick, picked);
  }

  const std::string& name() const { return text_.name; }
  const std::string& help() const { return text_.help; }
  const std::string& example() const { return text_.example; }
  const std::string& type() const { return type_; }      // "size", "duration", ...
  const std::string& bounds() const { return bounds_; }  // "1MiB to 4GiB"; may be empty.
  const std::string& default_text() const { return default_; }
  bool needs_restart() const { return true; }
  bool is_secret() const { return text_.is_secret; }

  Status Set(std::string_view text) { return set_(text); }
  // A list (keys are empty then) or a mapping, as the file can have them. Requires takes_items or
  // takes_pairs.
  Status SetItems(const SettingMap& items) { return set_items_(items); }
  bool takes_items() const { return type_ == "list"; }
  bool takes_pairs() const { return type_ == "map"; }
  std::string Value() const { return print_(); }
  // For everybody's eyes: that of a secret tells only whether there is one.
  std::string PublicValue() const;

 private:
  using SetFunction = std::function<Status(std::string_view)>;
  using PrintFunction = std::function<std::string()>;

  Setting(SettingText text, std::string type, std::string bounds, SetFunction set,
          PrintFunction print);
  static Setting CountOf(SettingText text, std::function<void(uint64_t)> take,
                         std::function<uint64_t()> taken, uint64_t least, uint64_t most);
  static Setting ChoiceOf(SettingText text, std::vector<std::string> names,
                          std::function<void(size_t)> pick, std::function<size_t()> picked);

  SettingText text_;
  std::string type_;
  std::string bounds_;
  SetFunction set_;
  std::function<Status(const SettingMap&)> set_items_;  // Of lists and maps alone.
  PrintFunction print_;
  std::string default_;
};

// "127.0.0.1:3000", "[::1]:3000", ":3000" (the loopback address) or "3000".
Status ParseAddress(std::string_view text, Address& address);

}  // namespace orrery
