// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/span_filter.h"

namespace orrery::traceql {

// A regular expression of the language: RE2's syntax, matching the whole text, with a dot that also
// matches a line feed.
// Life:    immutable.
// Failure: InvalidArgument for a pattern that RE2 refuses; the message says why.
// Cost:    Matches is linear in the text.
class Regex final : public contracts::TextPredicate {
 public:
  static Result<std::shared_ptr<const Regex>> Compile(std::string_view pattern);

  explicit Regex(std::string_view pattern);
  ~Regex() override;

  // Texts that are not UTF-8 match byte by byte where the pattern allows.
  bool Matches(std::string_view text) const override;
  std::string ToText() const override;

 private:
  struct Compiled;
  const std::unique_ptr<Compiled> compiled_;
};

// Passes what the other predicate does not.
class NotMatching final : public contracts::TextPredicate {
 public:
  explicit NotMatching(std::shared_ptr<const TextPredicate> inner) : inner_(std::move(inner)) {}
  bool Matches(std::string_view text) const override { return !inner_->Matches(text); }
  std::string ToText() const override { return "not " + inner_->ToText(); }

 private:
  const std::shared_ptr<const TextPredicate> inner_;
};

}  // namespace orrery::traceql
