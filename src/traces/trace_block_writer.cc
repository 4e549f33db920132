// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_block_writer.h"

#include <algorithm>
#include <utility>

#include "storage/block/block_directory.h"
#include "storage/columnar/bytes.h"
#include "storage/columnar/frame.h"
#include "traces/trace_block_format.h"

namespace orrery::traces {

Result<std::unique_ptr<TraceBlockWriter>> TraceBlockWriter::Create(fs::FileSystem& fs,
                                                                   const std::string& dir,
                                                                   uint64_t id,
                                                                   uint32_t row_group_spans) {
  ORRERY_RETURN_IF_ERROR(block::PrepareBlock(fs, dir, id));
  ORRERY_ASSIGN_OR_RETURN(auto file, fs.Create(block::PathOf(dir, id) + "/" + kDataName));
  std::unique_ptr<TraceBlockWriter> writer(
      new TraceBlockWriter(std::move(file), id, row_group_spans));
  ORRERY_RETURN_IF_ERROR(writer->Write(std::string(kDataHead)));
  return writer;
}

Status TraceBlockWriter::Add(const model::SpanBatch& trace) {
  UnixNanos min_start = UINT64_MAX;
  UnixNanos max_end = 0;
  for (const model::Span& span : trace.spans) {
    min_start = std::min(min_start, span.start);
    max_end = std::max(max_end, span.end);
  }
  const auto note_times = [&] {
    const bool is_first = appender_.table().rows() == 0;
    group_min_start_ = is_first ? min_start : std::min(group_min_start_, min_start);
    group_max_end_ = is_first ? max_end : std::max(group_max_end_, max_end);
  };
  note_times();
  appender_.Begin(trace);
  for (const model::Span& span : trace.spans) {
    if (appender_.Full(row_group_spans_)) {
      ORRERY_RETURN_IF_ERROR(WriteGroup());
      note_times();
      appender_.Begin(trace);
    }
    appender_.Append(span);
  }
  min_start_ = std::min(min_start_, min_start);
  max_end_ = std::max(max_end_, max_end);
  spans_ += trace.spans.size();
  return OkStatus();
}

Status TraceBlockWriter::WriteGroup() {
  const SpanTable table = appender_.Take();
  if (table.rows() == 0) return OkStatus();
  CollectTagNames(table, names_);
  for (const TraceRows& trace : table.traces) {
    index_.emplace_back(TraceIndex::HashOf(trace.id), static_cast<uint32_t>(traces_++));
  }
  buffer_.clear();
  GroupEntry entry = WriteRowGroup(table, buffer_);
  entry.offset = written_;
  entry.min_start = group_min_start_;
  entry.max_end = group_max_end_;
  groups_.push_back(entry);
  return Write(buffer_);
}

Result<block::Manifest> TraceBlockWriter::Finish() {
  ORRERY_RETURN_IF_ERROR(WriteGroup());
  BlockFooter footer;
  footer.groups = groups_;
  footer.names = std::move(names_);
  std::ranges::sort(index_);
  std::string plain;
  EncodeIndex(index_, plain);
  buffer_.clear();
  footer.index_offset = written_;
  footer.index_bytes = columnar::AppendFrame(plain, buffer_);
  const uint64_t footer_offset = written_ + buffer_.size();
  plain.clear();
  EncodeFooter(footer, plain);
  const uint64_t footer_bytes = columnar::AppendFrame(plain, buffer_);
  columnar::PutFixed64(footer_offset, buffer_);
  columnar::PutFixed64(footer_bytes, buffer_);
  buffer_.append(kDataTail);
  ORRERY_RETURN_IF_ERROR(Write(buffer_));
  ORRERY_RETURN_IF_ERROR(file_->Sync());
  ORRERY_RETURN_IF_ERROR(file_->Close());

  block::Manifest manifest;
  manifest.kind = kBlockKind;
  manifest.version = kBlockVersion;
  manifest.id = id_;
  manifest.files = {{kDataName, written_}};
  manifest.numbers = {{"spans", spans_},
                      {"traces", traces_},
                      {"row_groups", groups_.size()},
                      {"min_start", spans_ == 0 ? 0 : min_start_},
                      {"max_end", max_end_}};
  return manifest;
}

Status TraceBlockWriter::Write(const std::string& bytes) {
  ORRERY_RETURN_IF_ERROR(file_->Append(bytes));
  written_ += bytes.size();
  return OkStatus();
}

}  // namespace orrery::traces
