// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "traces/row_group.h"
#include "traces/table_tags.h"

namespace orrery::traces {

// The data file of a trace block, beside its row groups; docs/formats/trace-block.md has the bytes.

inline constexpr char kBlockKind[] = "traces";
inline constexpr uint32_t kBlockVersion = 2;
inline constexpr char kDataName[] = "data";
inline constexpr std::string_view kDataHead = "ORRTRCB2";
inline constexpr std::string_view kDataTail = "2BCRTRRO";
// Offset and length of the footer's frame, then kDataTail.
inline constexpr uint64_t kTrailerBytes = 24;

struct BlockFooter {
  std::vector<GroupEntry> groups;
  uint64_t index_offset = 0;
  uint64_t index_bytes = 0;
  uint64_t filter_offset = 0;
  uint64_t filter_bytes = 0;
  TagNameSets names;  // Of attributes that have a column of their own in a row group.
};

void EncodeFooter(const BlockFooter& footer, std::string& out);
// Corruption: the bytes are no footer of a file whose footer begins at `footer_offset`.
Result<BlockFooter> DecodeFooter(std::string_view bytes, uint64_t footer_offset);

// Finds traces by id: a hash of the id for each trace of each row group, sorted, with the running
// number of that trace in the file. Two ids may share a hash, so the reader looks at the id itself.
struct TraceIndex {
  std::vector<uint64_t> hashes;
  std::vector<uint64_t> traces;

  size_t memory_bytes() const { return 8 * (hashes.capacity() + traces.capacity()); }
  static uint32_t HashOf(const model::TraceId& id);
};

// What the block's filter over trace ids is asked with.
uint64_t TraceFilterHash(const model::TraceId& id);

// Requires: `entries` is sorted.
void EncodeIndex(const std::vector<std::pair<uint32_t, uint32_t>>& entries, std::string& out);
// Corruption: the bytes are no index over `traces` traces.
Result<TraceIndex> DecodeIndex(std::string_view bytes, uint64_t traces);

}  // namespace orrery::traces
