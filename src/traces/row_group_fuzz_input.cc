// SPDX-License-Identifier: Apache-2.0
#include "traces/row_group_fuzz_input.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "storage/columnar/bytes.h"
#include "storage/columnar/frame.h"

namespace orrery::traces {

std::string ToFuzzInput(const SpanTable& table) {
  std::vector<GroupDirectory::Chunk> list;
  std::string chunks;
  GroupDirectory directory = EncodeChunks(table, [&](uint32_t tag, const std::string& plain) {
    list.push_back({tag, chunks.size(), plain.size()});
    chunks += plain;
  });
  directory.chunks = std::move(list);
  std::string plain;
  EncodeDirectory(directory, plain);
  std::string input;
  columnar::PutText(plain, input);
  return input + chunks;
}

std::optional<FuzzedRowGroup> FuzzedRowGroup::Make(std::string_view input, uint64_t max_items) {
  columnar::ByteReader in(input);
  const std::string_view plain = in.Text();
  Result<GroupDirectory> directory = DecodeDirectory(plain);
  if (!in.ok() || !directory.ok()) return std::nullopt;
  const GroupCounts& counts = directory->counts;
  if (std::max({counts.rows, counts.events, counts.links, counts.resources, counts.scopes}) >
      max_items) {
    return std::nullopt;
  }
  FuzzedRowGroup group;
  for (GroupDirectory::Chunk& chunk : directory->chunks) {
    const std::string_view bytes = in.Bytes(std::min<uint64_t>(chunk.bytes, in.remaining()));
    chunk.offset = group.bytes_.size();
    chunk.bytes = columnar::AppendFrame(bytes, group.bytes_);
  }
  group.entry_.chunk_bytes = group.bytes_.size();
  std::string framed;
  EncodeDirectory(*directory, framed);
  group.entry_.directory_bytes = columnar::AppendFrame(framed, group.bytes_);
  group.entry_.rows = static_cast<uint32_t>(counts.rows);
  group.entry_.traces = static_cast<uint32_t>(counts.traces);
  return group;
}

Result<std::string> FuzzedRowGroup::Read(uint64_t offset, size_t length) const {
  if (offset > bytes_.size() || length > bytes_.size() - offset) {
    return Corruption("file ends before");
  }
  return bytes_.substr(offset, length);
}

}  // namespace orrery::traces
