// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_block_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "storage/block/block_directory.h"
#include "storage/bloom/hash_filter.h"
#include "storage/columnar/bytes.h"
#include "storage/columnar/frame.h"
#include "traces/nested_sets.h"
#include "traces/rare_attributes.h"
#include "traces/row_group_tree.h"
#include "traces/trace_block_format.h"

namespace orrery::traces {
namespace {

// Over a whole trace.
NestedSets NumbersOf(const model::SpanBatch& trace) {
  std::vector<model::SpanId> ids;
  std::vector<model::SpanId> parents;
  std::vector<uint32_t> kinds;
  for (const model::Span& span : trace.spans) {
    ids.push_back(span.span_id);
    parents.push_back(span.parent_span_id);
    kinds.push_back(static_cast<uint32_t>(span.kind));
  }
  std::vector<uint32_t> links(ids.size());
  NestedSets numbers;
  numbers.resize(ids.size());
  if (TreeLinker().Link({ids, parents, kinds}, links)) TreeNumberer().Number(links, 0, numbers);
  return numbers;
}

}  // namespace

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
  if (trace.spans.empty()) return OkStatus();
  UnixNanos min_start = UINT64_MAX;
  UnixNanos max_end = 0;
  for (const model::Span& span : trace.spans) {
    min_start = std::min(min_start, span.start);
    max_end = std::max(max_end, span.end);
  }
  const size_t count = trace.spans.size();
  if (count <= row_group_spans_ / 4 && appender_.table().rows() + count > row_group_spans_) {
    ORRERY_RETURN_IF_ERROR(WriteGroup());
  }
  ORRERY_RETURN_IF_ERROR(AddSpans(trace, {min_start, max_end}));
  trace_hashes_.push_back(TraceFilterHash(trace.spans[0].trace_id));
  min_start_ = std::min(min_start_, min_start);
  max_end_ = std::max(max_end_, max_end);
  spans_ += count;
  return OkStatus();
}

Status TraceBlockWriter::AddSpans(const model::SpanBatch& trace, const model::TimeRange& extent) {
  const auto begin_rows = [&] {
    const bool is_first = appender_.table().rows() == 0;
    group_min_start_ = is_first ? extent.start : std::min(group_min_start_, extent.start);
    group_max_end_ = is_first ? extent.end : std::max(group_max_end_, extent.end);
    appender_.Begin(trace);
  };
  begin_rows();
  NestedSets numbers;  // Only when the trace is cut.
  size_t group_begin = 0;
  for (size_t i = 0; i < trace.spans.size(); ++i) {
    if (appender_.Full(row_group_spans_)) {
      if (i > 0 && numbers.size() == 0) numbers = NumbersOf(trace);
      NoteCut(numbers, group_begin, i);
      group_begin = i;
      ORRERY_RETURN_IF_ERROR(WriteGroup());
      begin_rows();
    }
    appender_.Append(trace.spans[i]);
  }
  if (group_begin > 0) NoteCut(numbers, group_begin, trace.spans.size());
  return OkStatus();
}

void TraceBlockWriter::NoteCut(const NestedSets& numbers, size_t begin, size_t end) {
  if (begin == end) return;
  const auto part = [&](const auto& column) {
    return std::vector(column.begin() + static_cast<ptrdiff_t>(begin),
                       column.begin() + static_cast<ptrdiff_t>(end));
  };
  CutRows& cut = cuts_.emplace_back();
  cut.first_row = appender_.table().rows() - static_cast<uint32_t>(end - begin);
  cut.numbers.left = part(numbers.left);
  cut.numbers.right = part(numbers.right);
  cut.numbers.parent = part(numbers.parent);
}

Status TraceBlockWriter::WriteGroup() {
  SpanTable table = appender_.Take();
  if (table.rows() == 0) return OkStatus();
  for (const Owner owner : kOwners) GatherRareAttributes(ListsOf(table, owner));
  DeriveNestedSets(table);
  for (const CutRows& cut : std::exchange(cuts_, {})) {
    std::ranges::copy(cut.numbers.left, table.nested.left.begin() + cut.first_row);
    std::ranges::copy(cut.numbers.right, table.nested.right.begin() + cut.first_row);
    std::ranges::copy(cut.numbers.parent, table.nested.parent.begin() + cut.first_row);
  }
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
  footer.filter_offset = written_ + buffer_.size();
  footer.filter_bytes =
      columnar::AppendFrame(bloom::HashFilter::Of(trace_hashes_).bytes(), buffer_);
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
