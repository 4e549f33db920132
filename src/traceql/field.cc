// SPDX-License-Identifier: Apache-2.0
#include "traceql/field.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace orrery::traceql {
namespace {

using contracts::AttributeScope;
using contracts::Intrinsic;

constexpr std::array<IntrinsicEntry, 21> kIntrinsics = {{
    {Intrinsic::kName, "span:name", "name", Type::kString},
    {Intrinsic::kDuration, "span:duration", "duration", Type::kDuration},
    {Intrinsic::kStatus, "span:status", "status", Type::kStatus},
    {Intrinsic::kStatusMessage, "span:statusMessage", "statusMessage", Type::kString},
    {Intrinsic::kKind, "span:kind", "kind", Type::kKind},
    {Intrinsic::kSpanId, "span:id", "", Type::kString},
    {Intrinsic::kParentId, "span:parentID", "", Type::kString},
    {Intrinsic::kChildCount, "span:childCount", "", Type::kInt},
    {Intrinsic::kTraceId, "trace:id", "", Type::kString},
    {Intrinsic::kTraceDuration, "trace:duration", "traceDuration", Type::kDuration},
    {Intrinsic::kRootName, "trace:rootName", "rootName", Type::kString},
    {Intrinsic::kRootService, "trace:rootService", "rootServiceName", Type::kString},
    {Intrinsic::kEventName, "event:name", "", Type::kString},
    {Intrinsic::kEventTimeSinceStart, "event:timeSinceStart", "", Type::kDuration},
    {Intrinsic::kLinkTraceId, "link:traceID", "", Type::kString},
    {Intrinsic::kLinkSpanId, "link:spanID", "", Type::kString},
    {Intrinsic::kInstrumentationName, "instrumentation:name", "", Type::kString},
    {Intrinsic::kInstrumentationVersion, "instrumentation:version", "", Type::kString},
    {Intrinsic::kNestedSetLeft, "", "nestedSetLeft", Type::kInt},
    {Intrinsic::kNestedSetRight, "", "nestedSetRight", Type::kInt},
    {Intrinsic::kNestedSetParent, "", "nestedSetParent", Type::kInt},
}};

std::string_view ScopePrefix(AttributeScope scope) {
  switch (scope) {
    case AttributeScope::kAny:
      return ".";
    case AttributeScope::kSpan:
      return "span.";
    case AttributeScope::kResource:
      return "resource.";
    case AttributeScope::kEvent:
      return "event.";
    case AttributeScope::kLink:
      return "link.";
    case AttributeScope::kInstrumentation:
      return "instrumentation.";
  }
  return ".";
}

bool NeedsQuotes(const Field& field) {
  const std::string& name = field.attribute.name;
  for (const char c : name) {
    if (EndsName(c) || c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) return true;
  }
  if (field.attribute.scope != AttributeScope::kAny) return false;
  // A dot and a digit would be a number; `parent.span.x` has a meaning of its own.
  return (name[0] >= '0' && name[0] <= '9') ||
         (field.of_parent && (name.starts_with("span.") || name.starts_with("resource.")));
}

}  // namespace

Field Field::Of(Intrinsic intrinsic) {
  Field field;
  field.kind = Kind::kIntrinsic;
  field.intrinsic = intrinsic;
  return field;
}

Field Field::Of(AttributeScope scope, std::string name) {
  Field field;
  field.attribute = {scope, std::move(name)};
  return field;
}

std::span<const IntrinsicEntry> Intrinsics() { return kIntrinsics; }

const IntrinsicEntry& EntryOf(Intrinsic intrinsic) {
  const auto at = std::find_if(kIntrinsics.begin(), kIntrinsics.end(),
                               [&](const auto& entry) { return entry.intrinsic == intrinsic; });
  ORRERY_CHECK(at != kIntrinsics.end());
  return *at;
}

const IntrinsicEntry* FindIntrinsic(std::string_view name) {
  if (name.empty()) return nullptr;
  for (const IntrinsicEntry& entry : kIntrinsics) {
    if (entry.scoped == name || entry.old == name) return &entry;
  }
  return nullptr;
}

Type TypeOf(const Field& field) {
  if (field.kind == Field::Kind::kIntrinsic) return EntryOf(field.intrinsic).type;
  return field.kind == Field::Kind::kParent ? Type::kNil : Type::kAttribute;
}

std::string ToText(const Field& field) {
  if (field.kind == Field::Kind::kParent) return "parent";
  if (field.kind == Field::Kind::kIntrinsic) {
    const IntrinsicEntry& entry = EntryOf(field.intrinsic);
    return std::string(entry.old.empty() ? entry.scoped : entry.old);
  }
  std::string text(field.of_parent ? "parent" : "");
  if (field.of_parent && field.attribute.scope != AttributeScope::kAny) text += '.';
  text += ScopePrefix(field.attribute.scope);
  if (!NeedsQuotes(field)) return text + field.attribute.name;
  text += '"';
  for (const char c : field.attribute.name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

std::string AnswerKey(const Field& field) {
  return field.kind == Field::Kind::kAttribute ? field.attribute.name : ToText(field);
}

bool EndsName(char c) {
  switch (c) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case '\v':
    case '\f':
    case '{':
    case '}':
    case '(':
    case ')':
    case '=':
    case '~':
    case '!':
    case '<':
    case '>':
    case '&':
    case '|':
    case '^':
    case ',':
      return true;
    default:
      return false;
  }
}

}  // namespace orrery::traceql
