// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"
#include "model/span_batch.h"
#include "model/time_range.h"
#include "storage/block/manifest.h"
#include "traces/nested_sets.h"
#include "traces/row_group.h"
#include "traces/span_appender.h"
#include "traces/table_tags.h"

namespace orrery::traces {

// TraceBlockWriter writes the data file of a block, trace by trace.
//
// Life:    Create, Add every trace once, Finish. Without Finish the files are rubbish: an
//          unfinished block, which the caller removes.
// Threads: one at a time.
// Failure: the first error ends it.
// Cost:    memory of one row group, plus 16 bytes a trace and some 100 bytes a row group.
class TraceBlockWriter {
 public:
  // Empties the directory of block `id`. `fs` must outlive the writer.
  static Result<std::unique_ptr<TraceBlockWriter>> Create(fs::FileSystem& fs,
                                                          const std::string& dir, uint64_t id,
                                                          uint32_t row_group_spans);

  // Adds all spans of `trace`, which belong to one trace, in their order. Best sorted by start, and
  // traces by their starts, so that row groups cover little time. Only a trace of more than a
  // quarter of a row group is cut in order to fill one.
  Status Add(const model::SpanBatch& trace);

  // Writes index and footer, and syncs. The manifest still lacks wal_through and replaces.
  Result<block::Manifest> Finish();

  uint64_t spans() const { return spans_; }

 private:
  TraceBlockWriter(std::unique_ptr<fs::AppendFile> file, uint64_t id, uint32_t row_group_spans)
      : file_(std::move(file)), id_(id), row_group_spans_(row_group_spans) {}

  // Nested-set numbers of the whole trace, for rows of a trace that is cut.
  struct CutRows {
    uint32_t first_row = 0;
    NestedSets numbers;
  };

  Status AddSpans(const model::SpanBatch& trace, const model::TimeRange& extent);
  Status Write(const std::string& bytes);
  Status WriteGroup();
  void NoteCut(const NestedSets& numbers, size_t begin, size_t end);

  // Constant after Create.
  const std::unique_ptr<fs::AppendFile> file_;
  const uint64_t id_;
  const uint32_t row_group_spans_;

  SpanAppender appender_;
  UnixNanos group_min_start_ = 0;  // Of the whole traces in appender_.
  UnixNanos group_max_end_ = 0;
  std::vector<GroupEntry> groups_;
  std::vector<CutRows> cuts_;  // In appender_.
  std::vector<uint64_t> trace_hashes_;
  // By row group and trace in it: hash of the trace's id, and its running number.
  std::vector<std::pair<uint32_t, uint32_t>> index_;
  TagNameSets names_;
  uint64_t written_ = 0;
  uint64_t spans_ = 0;
  uint64_t traces_ = 0;
  UnixNanos min_start_ = UINT64_MAX;
  UnixNanos max_end_ = 0;
  std::string buffer_;
};

}  // namespace orrery::traces
