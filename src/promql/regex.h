// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/span_filter.h"

namespace orrery::promql {

// A regular expression of the language: RE2's syntax, matching the whole text, with a dot that also
// matches a line feed.
// Life:    immutable.
// Failure: InvalidArgument for a pattern that RE2 refuses; the message says why.
// Cost:    linear in the text.
class Regex final : public contracts::TextPredicate {
 public:
  static Result<std::shared_ptr<const Regex>> Compile(std::string_view pattern);

  explicit Regex(std::string_view pattern);
  ~Regex() override;

  bool Matches(std::string_view text) const override;
  std::string ToText() const override;
  // `replacement` with $1, ${1}, $name and ${name} filled in from the match; nothing when the text
  // does not match. A group that does not exist is empty.
  std::optional<std::string> Expand(std::string_view text, std::string_view replacement) const;

 private:
  struct Compiled;
  const std::unique_ptr<Compiled> compiled_;
};

}  // namespace orrery::promql
