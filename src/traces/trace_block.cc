// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_block.h"

#include <algorithm>
#include <utility>

#include "storage/block/block_directory.h"
#include "storage/columnar/bytes.h"
#include "storage/columnar/frame.h"

namespace orrery::traces {

Result<std::shared_ptr<const TraceBlock>> TraceBlock::Open(fs::FileSystem& fs,
                                                           const std::string& dir,
                                                           const block::Manifest& manifest,
                                                           RowGroupCache& cache) {
  const std::string path = block::PathOf(dir, manifest.id) + "/" + kDataName;
  if (manifest.kind != kBlockKind) {
    return Corruption(path + ": a block of " + manifest.kind + ", not of traces");
  }
  if (manifest.version != kBlockVersion) {
    return Unimplemented(path + ": block version " + std::to_string(manifest.version) +
                         " is not known here");
  }
  Result<std::unique_ptr<fs::ReadFile>> file = fs.OpenRead(path);
  if (!file.ok() && file.status().code() == StatusCode::kNotFound) {
    return Corruption(path + " is missing");
  }
  if (!file.ok()) return file.status();
  std::shared_ptr<TraceBlock> opened(new TraceBlock(manifest, *std::move(file), cache));
  if (Status status = opened->ReadFooter(); !status.ok()) return status.WithContext(path);
  return std::shared_ptr<const TraceBlock>(std::move(opened));
}

Status TraceBlock::ReadFooter() {
  const uint64_t size = file_->size();
  if (manifest_.files.size() != 1 || manifest_.files[0].bytes != size ||
      size < kDataHead.size() + kTrailerBytes) {
    return Corruption(std::to_string(size) + " bytes, not as many as the manifest says");
  }
  ORRERY_ASSIGN_OR_RETURN(const std::string head, file_->Read(0, kDataHead.size()));
  ORRERY_ASSIGN_OR_RETURN(const std::string trailer,
                          file_->Read(size - kTrailerBytes, kTrailerBytes));
  columnar::ByteReader in(trailer);
  const uint64_t offset = in.Fixed64();
  const uint64_t length = in.Fixed64();
  if (head != kDataHead || in.Bytes(kDataTail.size()) != kDataTail ||
      length > size - kTrailerBytes || offset != size - kTrailerBytes - length) {
    return Corruption("first or last bytes are not those of a trace block");
  }
  ORRERY_ASSIGN_OR_RETURN(const std::string frame, file_->Read(offset, length));
  Result<std::string> plain = columnar::ReadFrame(frame);
  if (!plain.ok()) return plain.status().WithContext("footer");
  ORRERY_ASSIGN_OR_RETURN(footer_, DecodeFooter(*plain, offset));
  traces_before_.push_back(0);
  for (const GroupEntry& group : footer_.groups) {
    traces_before_.push_back(traces_before_.back() + group.traces);
  }
  return OkStatus();
}

Result<std::shared_ptr<const SpanTable>> TraceBlock::Load(uint32_t group, const TableNeed& need,
                                                          contracts::QueryContext* context) const {
  ORRERY_ASSIGN_OR_RETURN(const std::shared_ptr<RowGroup> found, Group(group));
  uint64_t read = 0;
  const Status loaded = found->Load(need, read);
  cache_.Charge(id(), group);
  if (!loaded.ok()) return InContext(loaded, group);
  if (context != nullptr) ORRERY_RETURN_IF_ERROR(context->ChargeBytes(read));
  return std::shared_ptr<const SpanTable>(found, &found->table());
}

Result<std::shared_ptr<RowGroup>> TraceBlock::Group(uint32_t group) const {
  Result<std::shared_ptr<RowGroup>> found =
      cache_.Get(id(), group, [&] { return RowGroup::Open(*file_, footer_.groups[group]); });
  if (!found.ok()) return InContext(found.status(), group);
  return found;
}

Status TraceBlock::VerifyGroup(uint32_t group) const {
  ORRERY_ASSIGN_OR_RETURN(const std::shared_ptr<RowGroup> found, Group(group));
  const Status verified = found->Verify();
  cache_.Charge(id(), group);
  return verified.ok() ? verified : InContext(verified, group);
}

Status TraceBlock::VerifyIndex() const {
  ORRERY_RETURN_IF_ERROR(TraceFilter().status());
  return Index().status();
}

Result<bool> TraceBlock::MayMatch(uint32_t group, const contracts::SpanFilter& filter,
                                  contracts::QueryContext& context) const {
  if (filter.kind == contracts::SpanFilter::Kind::kAll) return true;
  ORRERY_ASSIGN_OR_RETURN(const std::shared_ptr<RowGroup> found, Group(group));
  uint64_t read = 0;
  const Result<bool> may = found->MayMatch(filter, read);
  cache_.Charge(id(), group);
  if (!may.ok()) return InContext(may.status(), group);
  ORRERY_RETURN_IF_ERROR(context.ChargeBytes(read));
  return *may;
}

Status TraceBlock::FindTrace(const model::TraceId& id, std::vector<Place>& places) const {
  Status found = FindInIndex(id, places);
  if (found.code() != StatusCode::kCorruption) return found;
  places.clear();
  TableNeed need;
  need.parts = kTracesPart;
  for (uint32_t group = 0; group < footer_.groups.size(); ++group) {
    const auto table = Load(group, need, nullptr);
    if (table.status().code() == StatusCode::kCorruption) {
      places.push_back({group, 0});  // Who reads it hears of the damage.
      continue;
    }
    if (!table.ok()) return table.status();
    const auto& traces = (*table)->traces;
    const auto place = std::ranges::find(traces, id, &TraceRows::id);
    if (place == traces.end()) continue;
    places.push_back({group, static_cast<uint32_t>(place - traces.begin())});
  }
  return OkStatus();
}

Status TraceBlock::FindInIndex(const model::TraceId& id, std::vector<Place>& places) const {
  places.clear();
  ORRERY_ASSIGN_OR_RETURN(const auto filter, TraceFilter());
  if (!filter->MayContain(TraceFilterHash(id))) return OkStatus();
  ORRERY_ASSIGN_OR_RETURN(const auto index, Index());
  const uint64_t hash = TraceIndex::HashOf(id);
  auto entry = std::ranges::lower_bound(index->hashes, hash);
  for (; entry != index->hashes.end() && *entry == hash; ++entry) {
    const uint64_t trace = index->traces[static_cast<size_t>(entry - index->hashes.begin())];
    const auto after = std::ranges::upper_bound(traces_before_, trace);
    const auto group = static_cast<uint32_t>(after - traces_before_.begin() - 1);
    places.push_back({group, static_cast<uint32_t>(trace - traces_before_[group])});
  }
  return OkStatus();
}

Result<std::shared_ptr<const bloom::HashFilter>> TraceBlock::TraceFilter() const {
  LookupCache& cache = cache_.lookups();
  auto filter = cache.Find<bloom::HashFilter>(id(), LookupCache::Part::kFilter);
  if (filter != nullptr) return filter;
  ORRERY_ASSIGN_OR_RETURN(const std::string frame,
                          file_->Read(footer_.filter_offset, footer_.filter_bytes));
  const Result<std::string> plain = columnar::ReadFrame(frame);
  const auto parsed = plain.ok() ? bloom::HashFilter::Parse(*plain) : std::nullopt;
  if (!parsed.has_value()) {
    const Status status = plain.ok() ? Corruption("filter of odd length") : plain.status();
    return status.WithContext("block " + std::to_string(id()) + ", filter over trace ids");
  }
  filter = std::make_shared<const bloom::HashFilter>(*parsed);
  cache.Put(id(), LookupCache::Part::kFilter, filter, filter->memory_bytes());
  return filter;
}

Result<std::shared_ptr<const TraceIndex>> TraceBlock::Index() const {
  LookupCache& cache = cache_.lookups();
  auto index = cache.Find<TraceIndex>(id(), LookupCache::Part::kIndex);
  if (index != nullptr) return index;
  ORRERY_ASSIGN_OR_RETURN(const std::string frame,
                          file_->Read(footer_.index_offset, footer_.index_bytes));
  Result<std::string> plain = columnar::ReadFrame(frame);
  Result<TraceIndex> decoded =
      plain.ok() ? DecodeIndex(*plain, traces_before_.back()) : plain.status();
  if (!decoded.ok()) {
    return decoded.status().WithContext("block " + std::to_string(id()) + ", trace index");
  }
  index = std::make_shared<const TraceIndex>(*std::move(decoded));
  cache.Put(id(), LookupCache::Part::kIndex, index, index->memory_bytes());
  return index;
}

Status TraceBlock::InContext(const Status& status, uint32_t group) const {
  return status.WithContext("block " + std::to_string(id()) + ", row group " +
                            std::to_string(group));
}

}  // namespace orrery::traces
