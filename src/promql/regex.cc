// SPDX-License-Identifier: Apache-2.0
#include "promql/regex.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>
#include <re2/re2.h>

namespace orrery::promql {
namespace {

RE2::Options Quietly() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  return options;
}

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name at the beginning of `text`, which follows a '$', and how many bytes it takes; no bytes
// when there is no name.
std::pair<std::string_view, size_t> GroupName(std::string_view text) {
  const bool braced = text.starts_with('{');
  const std::string_view rest = text.substr(braced ? 1 : 0);
  const auto end = static_cast<size_t>(std::ranges::find_if_not(rest, IsWord) - rest.begin());
  if (end == 0 || (braced && (end == rest.size() || rest[end] != '}'))) return {{}, 0};
  return {rest.substr(0, end), end + (braced ? 2 : 0)};
}

}  // namespace

struct Regex::Compiled {
  explicit Compiled(std::string_view pattern) : re(fmt::format("(?:{})", pattern), Quietly()) {}

  // Zero is the whole match; -1 a group that does not exist.
  int GroupNumber(std::string_view name) const {
    int number = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) return number;
    const auto& names = re.NamedCapturingGroups();
    const auto found = names.find(std::string(name));
    return found == names.end() ? -1 : found->second;
  }

  RE2 re;
};

Regex::Regex(std::string_view pattern) : compiled_(std::make_unique<Compiled>(pattern)) {}

Regex::~Regex() = default;

Result<std::shared_ptr<const Regex>> Regex::Compile(std::string_view pattern) {
  auto regex = std::make_shared<const Regex>(pattern);
  if (!regex->compiled_->re.ok()) {
    return InvalidArgument(fmt::format("error parsing regexp: {}", regex->compiled_->re.error()));
  }
  return regex;
}

std::string Regex::ToText() const { return "=~ \"" + compiled_->re.pattern() + "\""; }

bool Regex::Matches(std::string_view text) const { return RE2::FullMatch(text, compiled_->re); }

std::optional<std::string> Regex::Expand(std::string_view text,
                                         std::string_view replacement) const {
  const RE2& re = compiled_->re;
  std::vector<re2::StringPiece> groups(static_cast<size_t>(re.NumberOfCapturingGroups()) + 1);
  if (!re.Match(text, 0, text.size(), RE2::ANCHOR_BOTH, groups.data(),
                static_cast<int>(groups.size()))) {
    return std::nullopt;
  }
  std::string expanded;
  for (size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '$') {
      expanded += replacement[i];
      continue;
    }
    if (replacement.substr(i + 1).starts_with('$')) {
      expanded += '$';
      ++i;
      continue;
    }
    const auto [name, bytes] = GroupName(replacement.substr(i + 1));
    if (bytes == 0) {
      expanded += '$';
      continue;
    }
    const int group = compiled_->GroupNumber(name);
    if (group >= 0 && static_cast<size_t>(group) < groups.size()) {
      const auto& found = groups[static_cast<size_t>(group)];
      expanded.append(found.data(), found.size());
    }
    i += bytes;
  }
  return expanded;
}

}  // namespace orrery::promql
