// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/columnar/bytes.h"
#include "traces/row_group_codec.h"
#include "traces/span_table.h"

namespace orrery::traces {

// The table of how each part of a row group is written and read; row_group_codec.h is the face.

struct PartCodec {
  std::string_view name;  // For messages: "the names of a row group do not decode".
  void (*encode)(const SpanTable& table, uint32_t bit, std::string& out);
  // False when the bytes are not that part.
  bool (*decode)(columnar::ByteReader& in, uint32_t bit, const GroupCounts& counts,
                 SpanTable& table);
};

// Requires: one bit of kAllParts.
const PartCodec& FindPart(uint32_t part);

// A limit that no code reaches.
inline constexpr uint64_t kAnyCode = uint64_t{1} << 32;

// Whether each code names a text that the group has.
bool IsText(TextCode code, const GroupCounts& counts);
bool AreTexts(const std::vector<uint32_t>& codes, const GroupCounts& counts);

}  // namespace orrery::traces
