// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_block_format.h"

#include <algorithm>

#include "storage/bloom/hash_filter.h"
#include "storage/columnar/integers.h"

namespace orrery::traces {

using columnar::ByteReader;

void EncodeFooter(const BlockFooter& footer, std::string& out) {
  columnar::PutVarint(kBlockVersion, out);
  columnar::PutVarint(footer.groups.size(), out);
  for (const GroupEntry& group : footer.groups) {
    for (const uint64_t number : {group.offset, group.chunk_bytes, group.directory_bytes,
                                  uint64_t{group.rows}, uint64_t{group.traces}, group.min_start,
                                  group.max_end - group.min_start, uint64_t{group.has_rest}}) {
      columnar::PutVarint(number, out);
    }
  }
  columnar::PutVarint(footer.index_offset, out);
  columnar::PutVarint(footer.index_bytes, out);
  columnar::PutVarint(footer.filter_offset, out);
  columnar::PutVarint(footer.filter_bytes, out);
  for (const auto& names : footer.names) {
    columnar::PutVarint(names.size(), out);
    for (const std::string& name : names) columnar::PutText(name, out);
  }
}

Result<BlockFooter> DecodeFooter(std::string_view bytes, uint64_t footer_offset) {
  const Status corrupt = Corruption("block footer does not decode");
  ByteReader in(bytes);
  const uint64_t version = in.Varint();
  if (in.ok() && version != kBlockVersion) {
    return Unimplemented("block of version " + std::to_string(version) + "; this is version " +
                         std::to_string(kBlockVersion));
  }
  BlockFooter footer;
  const uint64_t groups = in.Varint();
  if (!in.ok() || groups > in.remaining()) return corrupt;
  footer.groups.resize(groups);
  const auto fits = [footer_offset](uint64_t offset, uint64_t length) {
    return length <= footer_offset && offset <= footer_offset - length;
  };
  for (GroupEntry& group : footer.groups) {
    group.offset = in.Varint();
    group.chunk_bytes = in.Varint();
    group.directory_bytes = in.Varint();
    const uint64_t rows = in.Varint();
    const uint64_t traces = in.Varint();
    group.min_start = in.Varint();
    group.max_end = group.min_start + in.Varint();
    const uint64_t has_rest = in.Varint();
    group.has_rest = has_rest != 0;
    if (!in.ok() || has_rest > 1 || rows > UINT32_MAX || traces > rows ||
        !fits(group.offset, group.chunk_bytes) ||
        !fits(group.offset + group.chunk_bytes, group.directory_bytes)) {
      return corrupt;
    }
    group.rows = static_cast<uint32_t>(rows);
    group.traces = static_cast<uint32_t>(traces);
  }
  footer.index_offset = in.Varint();
  footer.index_bytes = in.Varint();
  footer.filter_offset = in.Varint();
  footer.filter_bytes = in.Varint();
  if (!in.ok() || !fits(footer.index_offset, footer.index_bytes) ||
      !fits(footer.filter_offset, footer.filter_bytes)) {
    return corrupt;
  }
  for (auto& names : footer.names) {
    const uint64_t count = in.Varint();
    if (!in.ok() || count > in.remaining()) return corrupt;
    for (uint64_t i = 0; i < count; ++i) names.emplace(in.Text());
  }
  if (!in.ok() || !in.AtEnd()) return corrupt;
  return footer;
}

uint64_t TraceFilterHash(const model::TraceId& id) { return bloom::HashOf(id.view()); }

uint32_t TraceIndex::HashOf(const model::TraceId& id) {
  return static_cast<uint32_t>(TraceFilterHash(id));
}

void EncodeIndex(const std::vector<std::pair<uint32_t, uint32_t>>& entries, std::string& out) {
  std::vector<uint64_t> deltas;
  std::vector<uint64_t> traces;
  uint64_t previous = 0;
  for (const auto& [hash, trace] : entries) {
    deltas.push_back(hash - previous);
    previous = hash;
    traces.push_back(trace);
  }
  columnar::EncodeNumbers(deltas, out);
  columnar::EncodeNumbers(traces, out);
}

Result<TraceIndex> DecodeIndex(std::string_view bytes, uint64_t traces) {
  ByteReader in(bytes);
  TraceIndex index;
  if (!columnar::DecodeNumbers(in, traces, index.hashes) ||
      !columnar::DecodeNumbers(in, traces, index.traces) || !in.AtEnd()) {
    return Corruption("trace index does not decode");
  }
  uint64_t hash = 0;
  for (uint64_t& entry : index.hashes) entry = hash += entry;
  if (std::ranges::any_of(index.traces, [traces](uint64_t trace) { return trace >= traces; })) {
    return Corruption("trace index points past the last trace");
  }
  return index;
}

}  // namespace orrery::traces
