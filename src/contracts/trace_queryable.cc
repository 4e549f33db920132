// SPDX-License-Identifier: Apache-2.0
#include "contracts/trace_queryable.h"

namespace orrery::contracts {

bool IsScannable(const FieldRef& field) {
  if (const auto* attribute = std::get_if<AttributeRef>(&field)) {
    return attribute->scope != AttributeScope::kEvent && attribute->scope != AttributeScope::kLink;
  }
  switch (std::get<Intrinsic>(field)) {
    case Intrinsic::kName:
    case Intrinsic::kDuration:
    case Intrinsic::kStatus:
    case Intrinsic::kStatusMessage:
    case Intrinsic::kKind:
    case Intrinsic::kInstrumentationName:
    case Intrinsic::kInstrumentationVersion:
    case Intrinsic::kNestedSetParent:
      return true;
    default:
      return false;
  }
}

}  // namespace orrery::contracts
