// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "traces/span_table.h"
#include "traces/table_parts.h"
#include "traces/zone_map.h"

namespace orrery::traces {

// How many of everything a row group has.
struct GroupCounts {
  uint64_t rows = 0;
  uint64_t traces = 0;
  uint64_t events = 0;
  uint64_t links = 0;
  uint64_t resources = 0;
  uint64_t scopes = 0;
  uint64_t short_texts = 0;
  uint64_t long_texts = 0;

  uint64_t ListsOf(Owner owner) const;
};

// The list of a row group's chunks, in the order of the file, and what is known of their values. A
// chunk is a part of the table (the tag is the part's bit number), the filter over its short texts,
// or one attribute column (ColumnTag).
struct GroupDirectory {
  struct Chunk {
    uint32_t tag = 0;
    uint64_t offset = 0;  // From the group's begin.
    uint64_t bytes = 0;   // Of the frame.
  };
  GroupCounts counts;
  std::vector<Chunk> chunks;
  ZoneMap zones;

  // Null when there is no such chunk.
  const Chunk* Find(uint32_t tag) const;
};

inline constexpr uint32_t kTextFilterTag = 31;
inline constexpr uint32_t kFirstColumnTag = 32;
inline uint32_t ColumnTag(Owner owner, uint32_t column) {
  return kFirstColumnTag + 8 * column + static_cast<uint32_t>(owner);
}

// Calls `add` with the tag and the plain bytes of each chunk of `table`, in the order of the file.
// Returns the directory, to which the caller adds the chunks.
// Requires: the spans of each trace lie together, and table.nested is there.
GroupDirectory EncodeChunks(const SpanTable& table,
                            const std::function<void(uint32_t, const std::string&)>& add);
void EncodeDirectory(const GroupDirectory& directory, std::string& out);
// Corruption: the bytes are not a directory.
Result<GroupDirectory> DecodeDirectory(std::string_view bytes);

// One part, plain. `part` is one bit of TablePart.
void EncodePart(const SpanTable& table, uint32_t part, std::string& out);
// Fills the part of `table`. What PartsBefore names is there.
// Corruption: the bytes are not that part of such a group; the part is not to be used then.
Status DecodePart(std::string_view bytes, uint32_t part, const GroupCounts& counts,
                  SpanTable& table);

// The values of one attribute column.
void EncodeColumn(const ValueColumn& column, std::string& out);
// `count` is how many values the shapes want.
Status DecodeColumn(std::string_view bytes, uint64_t count, const GroupCounts& counts,
                    ValueColumn& column);

// Parts that must be there before this one.
uint32_t PartsBefore(uint32_t part);
// Whether a part of the table that is present uses a long text.
bool UsesLongTexts(const SpanTable& table, uint32_t part);
bool UsesLongTexts(const ValueColumn& column);

}  // namespace orrery::traces
