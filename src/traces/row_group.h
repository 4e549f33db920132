// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "contracts/span_filter.h"
#include "fs/file_system.h"
#include "traces/row_group_codec.h"
#include "traces/span_table.h"
#include "traces/table_parts.h"

namespace orrery::traces {

// Where a row group is in a block's data file, and what it holds, as the footer tells.
struct GroupEntry {
  uint64_t offset = 0;           // Of the chunks.
  uint64_t chunk_bytes = 0;      // Of all chunks; the directory follows.
  uint64_t directory_bytes = 0;  // A frame.
  uint32_t rows = 0;
  uint32_t traces = 0;
  // Over the whole traces that have spans here, as far as they are in the block.
  UnixNanos min_start = 0;
  UnixNanos max_end = 0;
  bool has_rest = false;  // Attribute names that are not in the footer.
};

// Appends the chunks and the directory of `table`; the entry's times and offset are the caller's.
// Requires: as EncodeChunks.
GroupEntry WriteRowGroup(const SpanTable& table, std::string& out);

// RowGroup is a table in a block, of which parts are read when they are needed.
//
// Life:    `file` must outlive it.
// Threads: all methods may be called concurrently. What Load made present stays as it is.
// Failure: Corruption when the bytes do not hold what was written.
class RowGroup {
 public:
  static Result<std::shared_ptr<RowGroup>> Open(const fs::ReadFile& file, const GroupEntry& entry);

  // Whether a row may pass `filter`, from the directory alone and, where that depends on a text,
  // the filter over the short texts. Adds the bytes that it had to read to `read`.
  Result<bool> MayMatch(const contracts::SpanFilter& filter, uint64_t& read);
  // Makes `need` present in table(). Adds the decompressed bytes that it had to read to `read`.
  Status Load(const TableNeed& need, uint64_t& read);
  // Reads everything there is, what Load leaves out included.
  Status Verify();
  const SpanTable& table() const { return table_; }
  // What is present now.
  size_t memory_bytes() const;

 private:
  RowGroup(const fs::ReadFile& file, const GroupEntry& entry) : file_(file), entry_(entry) {}

  Status LoadParts(uint32_t parts, uint64_t& read) ORRERY_REQUIRES(mutex_);
  Status LoadColumn(Owner owner, uint32_t column, uint64_t& read) ORRERY_REQUIRES(mutex_);
  Status LoadKey(const TableNeed::Key& key, uint64_t& read) ORRERY_REQUIRES(mutex_);
  Status LoadTextFilter(uint64_t& read) ORRERY_REQUIRES(mutex_);
  Result<std::string> ReadChunk(uint32_t tag) ORRERY_REQUIRES(mutex_);

  // Constant after Open.
  const fs::ReadFile& file_;
  const GroupEntry entry_;
  GroupDirectory directory_;
  size_t directory_bytes_ = 0;  // Of memory.

  mutable Mutex mutex_;
  uint32_t loaded_ ORRERY_GUARDED_BY(mutex_) = 0;  // Parts.
  size_t bytes_ ORRERY_GUARDED_BY(mutex_) = 0;
  std::optional<bloom::HashFilter> text_filter_ ORRERY_GUARDED_BY(mutex_);
  // By owner and column, once its shapes are there.
  std::array<std::vector<bool>, kOwners.size()> has_column_ ORRERY_GUARDED_BY(mutex_);
  // Bytes of the chunks from entry_.offset on, while everything is read in one go.
  std::string whole_ ORRERY_GUARDED_BY(mutex_);

  // Written under the mutex, part by part; a part is only read after Load has returned.
  SpanTable table_;
};

}  // namespace orrery::traces
