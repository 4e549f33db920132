// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/query_context.h"
#include "contracts/span_filter.h"
#include "fs/file_system.h"
#include "model/ids.h"
#include "storage/block/manifest.h"
#include "storage/bloom/hash_filter.h"
#include "traces/row_group_cache.h"
#include "traces/trace_block_format.h"

namespace orrery::traces {

// TraceBlock reads one finished block.
//
// Life:    `cache` must outlive it. The files stay readable after the block was removed.
// Threads: all methods may be called concurrently.
// Failure: Corruption, with block and row group, when bytes fail their checks.
// Cost:    the footer in memory. In the cache, as long as there is room: a filter over trace ids,
//          10 bits a trace, and the trace index, 16 bytes a trace, for ids that pass the filter.
class TraceBlock {
 public:
  // Where a trace may be.
  struct Place {
    uint32_t group = 0;
    uint32_t trace = 0;  // Position in the table's traces.
  };

  static Result<std::shared_ptr<const TraceBlock>> Open(fs::FileSystem& fs, const std::string& dir,
                                                        const block::Manifest& manifest,
                                                        RowGroupCache& cache);
  ~TraceBlock() { cache_.Drop(id()); }

  uint64_t id() const { return manifest_.id; }
  const block::Manifest& manifest() const { return manifest_; }
  uint64_t spans() const { return manifest_.number("spans"); }
  uint64_t disk_bytes() const { return file_->size(); }
  // When the newest of its spans was received.
  UnixNanos arrived() const { return manifest_.number("arrived"); }
  const std::vector<GroupEntry>& groups() const { return footer_.groups; }
  const TagNameSets& names() const { return footer_.names; }
  model::TimeRange extent() const {
    return {manifest_.number("min_start"), manifest_.number("max_end")};
  }

  // The table of a row group with `need` present. Charges `context` for what had to be read.
  Result<std::shared_ptr<const SpanTable>> Load(uint32_t group, const TableNeed& need,
                                                contracts::QueryContext* context) const;
  // Whether a row of a row group may pass `filter`; reads no column. Charges `context` as Load.
  Result<bool> MayMatch(uint32_t group, const contracts::SpanFilter& filter,
                        contracts::QueryContext& context) const;
  // Sets `places` to all that have spans of a trace. Another trace may be among them: the reader
  // compares the id. When index or filter are damaged, the row groups are looked through instead,
  // and those that are damaged too are among the places.
  Status FindTrace(const model::TraceId& id, std::vector<Place>& places) const;

  // Reads a row group, and what finds traces, to the last byte.
  Status VerifyGroup(uint32_t group) const;
  Status VerifyIndex() const;

 private:
  TraceBlock(block::Manifest manifest, std::unique_ptr<fs::ReadFile> file, RowGroupCache& cache)
      : manifest_(std::move(manifest)), file_(std::move(file)), cache_(cache) {}

  Status ReadFooter();
  Status FindInIndex(const model::TraceId& id, std::vector<Place>& places) const;
  Result<std::shared_ptr<RowGroup>> Group(uint32_t group) const;
  Result<std::shared_ptr<const bloom::HashFilter>> TraceFilter() const;
  Result<std::shared_ptr<const TraceIndex>> Index() const;
  Status InContext(const Status& status, uint32_t group) const;

  // Constant after Open.
  const block::Manifest manifest_;
  const std::unique_ptr<fs::ReadFile> file_;
  RowGroupCache& cache_;
  BlockFooter footer_;
  std::vector<uint64_t> traces_before_;  // By row group, and once more for the end.
};

}  // namespace orrery::traces
