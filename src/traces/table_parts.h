// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "traces/span_table.h"

namespace orrery::traces {

// Whose attribute lists. The numbers are on disk.
enum class Owner : uint8_t { kSpan = 0, kResource = 1, kScope = 2, kEvent = 3, kLink = 4 };
inline constexpr std::array kOwners = {Owner::kSpan, Owner::kResource, Owner::kScope, Owner::kEvent,
                                       Owner::kLink};

inline AttributeLists& ListsOf(SpanTable& table, Owner owner) {
  switch (owner) {
    case Owner::kSpan:
      return table.span_attributes;
    case Owner::kResource:
      return table.resource_attributes;
    case Owner::kScope:
      return table.scope_attributes;
    case Owner::kEvent:
      return table.event_attributes;
    case Owner::kLink:
      break;
  }
  return table.link_attributes;
}
inline const AttributeLists& ListsOf(const SpanTable& table, Owner owner) {
  return ListsOf(const_cast<SpanTable&>(table), owner);
}

// Parts of a table that are read from a block separately, as bits.
enum TablePart : uint32_t {
  kTracesPart = 1 << 0,  // traces, trace_of_row, next_of_trace.
  kIdsPart = 1 << 1,
  kTimesPart = 1 << 2,
  kNamesPart = 1 << 3,
  kStatesPart = 1 << 4,  // Kinds, status codes.
  kStatusMessagesPart = 1 << 5,
  kRarePart = 1 << 6,  // Trace state, flags, dropped counts.
  kResourcesPart = 1 << 7,
  kScopesPart = 1 << 8,
  kEventsPart = 1 << 9,  // Needs the times.
  kLinksPart = 1 << 10,
  kShortTextsPart = 1 << 11,
  kLongTextsPart = 1 << 12,  // Comes by itself when a needed text is a long one.
  // The shapes of an owner's lists, with the keys and types of the columns: this shifted by owner.
  kShapesPart = 1 << 13,
  kTreePart = 1 << 18,  // Nested sets; the ids need it.
  kAllParts = (1 << 19) - 1,
};
inline uint32_t ShapesPart(Owner owner) {
  return static_cast<uint32_t>(kShapesPart) << static_cast<uint32_t>(owner);
}

// What a reader is going to look at in a table.
struct TableNeed {
  struct Key {
    Owner owner;
    std::string name;
  };
  uint32_t parts = 0;
  std::vector<Key> keys;      // The columns of these attributes, own and rest...
  bool rest_columns = false;  // ... all rest columns ...
  bool all_columns = false;   // ... or all columns there are.

  bool has(uint32_t part) const { return (parts & part) != 0; }
  bool HasKey(Owner owner, std::string_view name) const;
  static TableNeed Everything() {
    TableNeed need;
    need.parts = kAllParts;
    need.all_columns = true;
    return need;
  }
};

inline bool TableNeed::HasKey(Owner owner, std::string_view name) const {
  for (const Key& key : keys) {
    if (key.owner == owner && key.name == name) return true;
  }
  return all_columns;
}

}  // namespace orrery::traces
