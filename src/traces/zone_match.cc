// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <string>
#include <variant>

#include "traces/row_filter.h"
#include "traces/value_match.h"
#include "traces/zone_map.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::Condition;
using contracts::Intrinsic;
using contracts::SpanFilter;
using model::Value;
using Op = Condition::Op;

bool Test(const ValueMatch& match, int64_t value) { return match.Int(value); }
bool Test(const ValueMatch& match, double value) { return match.Double(value); }

// One condition, asked of zones instead of values.
class ZoneMatch {
 public:
  ZoneMatch(const ZoneMap& zones, const Condition& condition, const MayHaveText& may_have_text)
      : zones_(zones), condition_(condition), may_have_text_(may_have_text) {}

  bool Attribute(const AttributeRef& attribute) const {
    const uint32_t hash = ColumnZone::KeyHashOf(attribute.name);
    return std::ranges::any_of(zones_.columns, [&](const ColumnZone& zone) {
      if (!LooksAt(attribute.scope, zone.owner)) return false;
      if (!zone.is_rest && zone.key_hash != hash) return false;
      return Column(zone) && (!zone.is_rest || HasText(attribute.name));
    });
  }

  bool OfIntrinsic(Intrinsic intrinsic) const {
    switch (intrinsic) {
      case Intrinsic::kDuration:
        return Numbers(zones_.min_duration, zones_.max_duration);
      case Intrinsic::kStatus:
        return SmallNumbers(zones_.status_codes);
      case Intrinsic::kKind:
        return SmallNumbers(zones_.kinds);
      case Intrinsic::kEventTimeSinceStart:
        return zones_.has_events && Numbers(zones_.min_event_offset, zones_.max_event_offset);
      case Intrinsic::kEventName:
        return zones_.has_events && Text();
      case Intrinsic::kLinkTraceId:
      case Intrinsic::kLinkSpanId:
        return zones_.has_links;
      case Intrinsic::kName:
      case Intrinsic::kStatusMessage:
      case Intrinsic::kInstrumentationName:
      case Intrinsic::kInstrumentationVersion:
        return Text();
      default:
        return true;
    }
  }

 private:
  bool HasText(std::string_view text) const {
    return text.empty() || text.size() >= kLongTextBytes || may_have_text_(text);
  }

  // Whether a text of the row group may pass.
  bool Text() const {
    if (condition_.op == Op::kExists || condition_.op == Op::kText) return true;
    const auto* operand = std::get_if<std::string>(&condition_.operand);
    return operand != nullptr && (condition_.op != Op::kEqual || HasText(*operand));
  }

  bool Column(const ColumnZone& zone) const {
    switch (zone.type) {
      case Value::Type::kString:
        return Text();
      case Value::Type::kBool:
        return zone.has_range && (ValueMatch(condition_, no_texts_).Bool(zone.min != 0) ||
                                  ValueMatch(condition_, no_texts_).Bool(zone.max != 0));
      case Value::Type::kInt:
        return zone.has_range &&
               Numbers(static_cast<int64_t>(zone.min), static_cast<int64_t>(zone.max));
      case Value::Type::kDouble:
        // NaN is different from every number, and nothing else.
        if (zone.has_nan && (condition_.op == Op::kExists || condition_.op == Op::kNotEqual)) {
          return condition_.op == Op::kExists || IsNumber();
        }
        return zone.has_range &&
               Numbers(std::bit_cast<double>(zone.min), std::bit_cast<double>(zone.max));
      default:
        return true;  // No constant can be compared with it, so it passes.
    }
  }

  bool IsNumber() const {
    return std::holds_alternative<int64_t>(condition_.operand) ||
           std::holds_alternative<double>(condition_.operand);
  }

  // Whether a number in [min, max] may pass.
  template <typename T>
  bool Numbers(T min, T max) const {
    switch (condition_.op) {
      case Op::kExists:
        return true;
      case Op::kText:
        return false;
      case Op::kEqual:
        return Passes(Op::kLessEqual, min) && Passes(Op::kGreaterEqual, max);
      case Op::kNotEqual:
        return IsNumber() && (min != max || Passes(Op::kNotEqual, min));
      case Op::kLess:
      case Op::kLessEqual:
        return Passes(condition_.op, min);
      case Op::kGreater:
      case Op::kGreaterEqual:
        return Passes(condition_.op, max);
    }
    return true;
  }

  // One of the numbers whose bits are set.
  bool SmallNumbers(uint8_t bits) const {
    if ((bits >> ZoneMap::kOtherBit & 1) != 0) return true;
    for (int64_t number = 0; number < ZoneMap::kOtherBit; ++number) {
      if ((bits >> number & 1) != 0 && Passes(condition_.op, number)) return true;
    }
    return false;
  }

  template <typename T>
  bool Passes(Op op, T value) const {
    Condition condition;
    condition.op = op;
    condition.operand = condition_.operand;
    return Test(ValueMatch(condition, no_texts_), value);
  }

  const ZoneMap& zones_;
  const Condition& condition_;
  const MayHaveText& may_have_text_;
  const Texts no_texts_;  // Values are never text codes here.
};

}  // namespace

bool MayMatch(const ZoneMap& zones, const SpanFilter& filter, const MayHaveText& may_have_text) {
  const auto child_may = [&](const SpanFilter& child) {
    return MayMatch(zones, child, may_have_text);
  };
  switch (filter.kind) {
    case SpanFilter::Kind::kAll:
      return true;
    case SpanFilter::Kind::kAnd:
      return std::ranges::all_of(filter.children, child_may);
    case SpanFilter::Kind::kOr:
      return std::ranges::any_of(filter.children, child_may);
    case SpanFilter::Kind::kCondition: {
      const ZoneMatch match(zones, filter.condition, may_have_text);
      if (const auto* intrinsic = std::get_if<Intrinsic>(&filter.condition.field)) {
        return match.OfIntrinsic(*intrinsic);
      }
      return match.Attribute(std::get<AttributeRef>(filter.condition.field));
    }
  }
  return true;
}

}  // namespace orrery::traces
