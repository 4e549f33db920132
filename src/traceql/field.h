// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "contracts/span_filter.h"
#include "traceql/value.h"

namespace orrery::traceql {

// What a query names of a span: an intrinsic, an attribute, or either of the parent span.
struct Field {
  enum class Kind { kIntrinsic, kAttribute, kParent };  // kParent: the bare word `parent`.

  Kind kind = Kind::kAttribute;
  bool of_parent = false;  // `parent.x`, `parent.span.x`, `parent.resource.x`
  contracts::Intrinsic intrinsic = contracts::Intrinsic::kName;
  contracts::AttributeRef attribute;

  static Field Of(contracts::Intrinsic intrinsic);
  static Field Of(contracts::AttributeScope scope, std::string name);

  bool operator==(const Field&) const = default;
};

// One intrinsic: its names, and its type.
struct IntrinsicEntry {
  contracts::Intrinsic intrinsic;
  std::string_view scoped;  // "span:duration"; empty when there is only the old form.
  std::string_view old;     // "duration"; empty when there is only the scoped form.
  Type type;
};

std::span<const IntrinsicEntry> Intrinsics();
const IntrinsicEntry& EntryOf(contracts::Intrinsic intrinsic);
// By either of its names.
const IntrinsicEntry* FindIntrinsic(std::string_view name);

// kAttribute for attributes.
Type TypeOf(const Field& field);

// As it is written in a query, in the canonical form: `span."a b"`, `duration`, `event:name`.
std::string ToText(const Field& field);
// As it is called in answers: the attribute's bare name, an intrinsic's canonical form.
std::string AnswerKey(const Field& field);

// Whether a byte ends an attribute's name that is not in quotes.
bool EndsName(char c);

}  // namespace orrery::traceql
