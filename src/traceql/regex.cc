// SPDX-License-Identifier: Apache-2.0
#include "traceql/regex.h"

#include <cstring>
#include <string>

#include <re2/re2.h>

#include "traceql/value.h"

namespace orrery::traceql {
namespace {

re2::RE2::Options MakeOptions() {
  re2::RE2::Options options;
  options.set_dot_nl(true);
  options.set_log_errors(false);
  return options;
}

// Text that every match contains: of `.*text.*`, with either end or both. Empty when the pattern
// says more than that.
std::string NeededText(std::string_view pattern) {
  while (pattern.starts_with(".*")) pattern.remove_prefix(2);
  while (pattern.ends_with(".*")) pattern.remove_suffix(2);
  const bool is_plain = pattern.find_first_of("\\.+*?()|[]{}^$") == std::string_view::npos;
  return std::string(is_plain ? pattern : std::string_view());
}

}  // namespace

struct Regex::Compiled {
  explicit Compiled(std::string_view pattern)
      : needed(NeededText(pattern)),
        re(re2::StringPiece(pattern.data(), pattern.size()), MakeOptions()) {}
  const std::string needed;
  const re2::RE2 re;
};

Regex::Regex(std::string_view pattern) : compiled_(std::make_unique<Compiled>(pattern)) {}
Regex::~Regex() = default;

Result<std::shared_ptr<const Regex>> Regex::Compile(std::string_view pattern) {
  auto regex = std::make_shared<const Regex>(pattern);
  if (!regex->compiled_->re.ok()) return InvalidArgument(regex->compiled_->re.error());
  return regex;
}

std::string Regex::ToText() const { return "=~ " + QuoteText(compiled_->re.pattern()); }

bool Regex::Matches(std::string_view text) const {
  // Looking for bytes is many times faster than walking an automaton over long texts.
  const std::string& needed = compiled_->needed;
  if (!needed.empty() &&
      memmem(text.data(), text.size(), needed.data(), needed.size()) == nullptr) {
    return false;
  }
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), compiled_->re);
}

}  // namespace orrery::traceql
