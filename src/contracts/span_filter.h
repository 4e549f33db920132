// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orrery::contracts {

// What a condition can look at beside attributes. The trace-wide ones are not known to a single
// span; a store may ignore conditions on them (they never appear in a SpanFilter).
enum class Intrinsic {
  kName,
  kDuration,  // Nanoseconds.
  kStatus,    // OTLP's number.
  kStatusMessage,
  kKind,    // OTLP's number.
  kSpanId,  // Hex text, as are the other ids.
  kParentId,
  kTraceId,
  kEventName,
  kEventTimeSinceStart,  // Nanoseconds, signed.
  kLinkTraceId,
  kLinkSpanId,
  kInstrumentationName,
  kInstrumentationVersion,
  // Trace-wide.
  kChildCount,
  kTraceDuration,
  kRootName,
  kRootService,
  kNestedSetLeft,
  kNestedSetRight,
  kNestedSetParent,
};

// Where an attribute is looked up. kAny tries span, resource, event, link, instrumentation.
enum class AttributeScope { kAny, kSpan, kResource, kEvent, kLink, kInstrumentation };

struct AttributeRef {
  AttributeScope scope = AttributeScope::kAny;
  std::string name;

  bool operator==(const AttributeRef&) const = default;
};

using FieldRef = std::variant<Intrinsic, AttributeRef>;

// A test on text, such as a regular expression; a store asks it once per distinct text.
// Threads: Matches may be called concurrently.
class TextPredicate {
 public:
  virtual ~TextPredicate() = default;
  virtual bool Matches(std::string_view text) const = 0;
  // As people read it behind a field's name: `=~ "a.*"`.
  virtual std::string ToText() const = 0;
};

// One comparison of a field with a constant, with TraceQL's typing: numbers (int, double, duration)
// compare by value across types; any other difference of type, and a missing field, is false.
struct Condition {
  enum class Op { kExists, kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kText };

  FieldRef field;
  Op op = Op::kExists;
  // bool, int64 (also status, kind and nanoseconds), double or text; unused by kExists and kText.
  std::variant<bool, int64_t, double, std::string> operand;
  std::shared_ptr<const TextPredicate> text;  // Set exactly for kText.
};

// SpanFilter is what an engine pushes down into a store: a tree of conditions on single spans.
// It is a sieve, not the verdict: a store may let more spans through than match (values that are
// arrays always pass), never fewer; the engine looks again at what it gets.
struct SpanFilter {
  enum class Kind { kAll, kCondition, kAnd, kOr };  // kAll lets every span pass.

  Kind kind = Kind::kAll;
  Condition condition;               // kCondition.
  std::vector<SpanFilter> children;  // kAnd, kOr; at least one.
};

}  // namespace orrery::contracts
