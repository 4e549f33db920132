// SPDX-License-Identifier: Apache-2.0
#include "traces/row_group.h"

#include <bit>
#include <utility>
#include <vector>

#include "storage/columnar/frame.h"

namespace orrery::traces {

GroupEntry WriteRowGroup(const SpanTable& table, std::string& out) {
  const size_t begin = out.size();
  std::vector<GroupDirectory::Chunk> chunks;
  GroupDirectory directory = EncodeChunks(table, [&](uint32_t tag, const std::string& plain) {
    const size_t offset = out.size() - begin;
    chunks.push_back({tag, offset, columnar::AppendFrame(plain, out)});
  });
  directory.chunks = std::move(chunks);
  GroupEntry entry;
  entry.chunk_bytes = out.size() - begin;
  std::string plain;
  EncodeDirectory(directory, plain);
  entry.directory_bytes = columnar::AppendFrame(plain, out);
  entry.rows = table.rows();
  entry.traces = static_cast<uint32_t>(table.traces.size());
  entry.min_start = table.min_start;
  entry.max_end = table.max_end;
  for (const Owner owner : kOwners) entry.has_rest |= ListsOf(table, owner).has_rest();
  return entry;
}

Result<std::shared_ptr<RowGroup>> RowGroup::Open(const fs::ReadFile& file,
                                                 const GroupEntry& entry) {
  ORRERY_ASSIGN_OR_RETURN(const std::string frame,
                          file.Read(entry.offset + entry.chunk_bytes, entry.directory_bytes));
  ORRERY_ASSIGN_OR_RETURN(const std::string plain, columnar::ReadFrame(frame));
  std::shared_ptr<RowGroup> group(new RowGroup(file, entry));
  ORRERY_ASSIGN_OR_RETURN(group->directory_, DecodeDirectory(plain));
  const GroupDirectory& directory = group->directory_;
  if (directory.counts.rows != entry.rows || directory.counts.traces != entry.traces ||
      directory.chunks.empty() ||
      directory.chunks.back().offset + directory.chunks.back().bytes != entry.chunk_bytes) {
    return Corruption("row group directory disagrees with the footer");
  }
  group->directory_bytes_ = directory.chunks.capacity() * sizeof(GroupDirectory::Chunk) +
                            directory.zones.columns.capacity() * sizeof(ColumnZone);
  group->table_.min_start = entry.min_start;
  group->table_.max_end = entry.max_end;
  return group;
}

Result<bool> RowGroup::MayMatch(const contracts::SpanFilter& filter, uint64_t& read) {
  MutexLock lock(mutex_);
  // Looked at only when an answer hangs on it; without it every text may be there.
  bool asks = false;
  const auto note = [&asks](std::string_view) { return asks = true; };
  if (!traces::MayMatch(directory_.zones, filter, note)) return false;
  if (!asks) return true;
  ORRERY_RETURN_IF_ERROR(LoadTextFilter(read));
  const bloom::HashFilter& texts = *text_filter_;
  return traces::MayMatch(directory_.zones, filter, [&texts](std::string_view text) {
    return texts.MayContain(bloom::HashOf(text));
  });
}

Status RowGroup::LoadTextFilter(uint64_t& read) {
  if (text_filter_.has_value()) return OkStatus();
  ORRERY_ASSIGN_OR_RETURN(const std::string plain, ReadChunk(kTextFilterTag));
  text_filter_ = bloom::HashFilter::Parse(plain);
  if (!text_filter_.has_value()) return Corruption("row group with a text filter of odd length");
  read += plain.size();
  return OkStatus();
}

Status RowGroup::Load(const TableNeed& need, uint64_t& read) {
  MutexLock lock(mutex_);
  const uint64_t before = read;
  if (need.all_columns && loaded_ == 0) {
    ORRERY_ASSIGN_OR_RETURN(whole_, file_.Read(entry_.offset, entry_.chunk_bytes));
  }
  Status status = LoadParts(need.parts, read);
  for (const TableNeed::Key& key : need.keys) {
    if (status.ok()) status = LoadKey(key, read);
  }
  for (const Owner owner : kOwners) {
    if (!need.all_columns && !need.rest_columns) break;
    const auto& columns = ListsOf(table_, owner).columns;
    for (uint32_t column = 0; status.ok() && column < columns.size(); ++column) {
      if (!need.all_columns && !columns[column].is_rest) continue;
      status = LoadColumn(owner, column, read);
    }
  }
  whole_ = std::string();
  if (read > before) bytes_ = table_.memory_bytes();
  return status;
}

Status RowGroup::Verify() {
  uint64_t read = 0;
  ORRERY_RETURN_IF_ERROR(Load(TableNeed::Everything(), read));
  MutexLock lock(mutex_);
  return LoadTextFilter(read);
}

size_t RowGroup::memory_bytes() const {
  MutexLock lock(mutex_);
  return bytes_ + directory_bytes_ + sizeof(*this) +
         (text_filter_.has_value() ? text_filter_->memory_bytes() : 0);
}

Result<std::string> RowGroup::ReadChunk(uint32_t tag) {
  const GroupDirectory::Chunk* chunk = directory_.Find(tag);
  if (chunk == nullptr) return Corruption("row group without chunk " + std::to_string(tag));
  if (chunk->offset + chunk->bytes > entry_.chunk_bytes) {
    return Corruption("row group with a chunk past its end");
  }
  if (!whole_.empty()) {
    return columnar::ReadFrame(std::string_view(whole_).substr(chunk->offset, chunk->bytes));
  }
  ORRERY_ASSIGN_OR_RETURN(const std::string frame,
                          file_.Read(entry_.offset + chunk->offset, chunk->bytes));
  return columnar::ReadFrame(frame);
}

Status RowGroup::LoadParts(uint32_t parts, uint64_t& read) {
  for (uint32_t part = 1; part <= parts && (part & kAllParts) != 0; part <<= 1) {
    if ((parts & part & ~loaded_) == 0) continue;
    ORRERY_RETURN_IF_ERROR(LoadParts(PartsBefore(part), read));
    ORRERY_ASSIGN_OR_RETURN(const std::string plain,
                            ReadChunk(static_cast<uint32_t>(std::countr_zero(part))));
    ORRERY_RETURN_IF_ERROR(DecodePart(plain, part, directory_.counts, table_));
    read += plain.size();
    for (const Owner owner : kOwners) {
      if (part != ShapesPart(owner)) continue;
      ListsOf(table_, owner).RebuildMarks();
      has_column_[static_cast<size_t>(owner)].resize(ListsOf(table_, owner).columns.size());
    }
    loaded_ |= part;
    if (UsesLongTexts(table_, part)) ORRERY_RETURN_IF_ERROR(LoadParts(kLongTextsPart, read));
  }
  return OkStatus();
}

Status RowGroup::LoadColumn(Owner owner, uint32_t column, uint64_t& read) {
  if (has_column_[static_cast<size_t>(owner)][column]) return OkStatus();
  AttributeLists& lists = ListsOf(table_, owner);
  ValueColumn& values = lists.columns[column];
  ORRERY_ASSIGN_OR_RETURN(const std::string plain, ReadChunk(ColumnTag(owner, column)));
  ORRERY_RETURN_IF_ERROR(
      DecodeColumn(plain, lists.value_counts[column], directory_.counts, values));
  read += plain.size();
  has_column_[static_cast<size_t>(owner)][column] = true;
  if (UsesLongTexts(values)) ORRERY_RETURN_IF_ERROR(LoadParts(kLongTextsPart, read));
  return OkStatus();
}

Status RowGroup::LoadKey(const TableNeed::Key& key, uint64_t& read) {
  const AttributeLists& lists = ListsOf(table_, key.owner);
  for (uint32_t column = 0; column < lists.columns.size(); ++column) {
    if (!lists.columns[column].is_rest && table_.texts.at(lists.columns[column].key) != key.name) {
      continue;
    }
    ORRERY_RETURN_IF_ERROR(LoadColumn(key.owner, column, read));
  }
  return OkStatus();
}

}  // namespace orrery::traces
