// SPDX-License-Identifier: Apache-2.0
#include "traces/row_group_codec.h"

#include <algorithm>
#include <bit>

#include "storage/columnar/integers.h"
#include "traces/row_group_parts.h"

namespace orrery::traces {
namespace {

using columnar::ByteReader;

// Far above what a writer makes; more in a file is damage.
constexpr uint64_t kMaxRows = uint64_t{1} << 20;
constexpr uint64_t kMaxItems = uint64_t{1} << 25;
constexpr uint64_t kMaxValues = uint64_t{1} << 27;

GroupCounts CountsOf(const SpanTable& table) {
  return {.rows = table.rows(),
          .traces = table.traces.size(),
          .events = table.event_times.size(),
          .links = table.link_trace_ids.size(),
          .resources = table.resources.size(),
          .scopes = table.scopes.size(),
          .short_texts = table.texts.short_texts.size(),
          .long_texts = table.texts.long_texts.size()};
}

}  // namespace

uint64_t GroupCounts::ListsOf(Owner owner) const {
  switch (owner) {
    case Owner::kSpan:
      return rows;
    case Owner::kResource:
      return resources;
    case Owner::kScope:
      return scopes;
    case Owner::kEvent:
      return events;
    case Owner::kLink:
      return links;
  }
  return 0;
}

const GroupDirectory::Chunk* GroupDirectory::Find(uint32_t tag) const {
  const auto found = std::ranges::find(chunks, tag, &Chunk::tag);
  return found == chunks.end() ? nullptr : &*found;
}

GroupDirectory EncodeChunks(const SpanTable& table,
                            const std::function<void(uint32_t, const std::string&)>& add) {
  GroupDirectory directory;
  directory.counts = CountsOf(table);
  directory.zones = ZonesOf(table);
  std::string plain;
  for (uint32_t part = 1; (part & kAllParts) != 0; part <<= 1) {
    plain.clear();
    EncodePart(table, part, plain);
    add(static_cast<uint32_t>(std::countr_zero(part)), plain);
  }
  add(kTextFilterTag, TextFilterOf(table.texts).bytes());
  for (const Owner owner : kOwners) {
    const auto& columns = ListsOf(table, owner).columns;
    for (uint32_t column = 0; column < columns.size(); ++column) {
      plain.clear();
      EncodeColumn(columns[column], plain);
      add(ColumnTag(owner, column), plain);
    }
  }
  return directory;
}

void EncodeDirectory(const GroupDirectory& directory, std::string& out) {
  const GroupCounts& c = directory.counts;
  for (const uint64_t count :
       {c.rows, c.traces, c.events, c.links, c.resources, c.scopes, c.short_texts, c.long_texts}) {
    columnar::PutVarint(count, out);
  }
  columnar::PutVarint(directory.chunks.size(), out);
  for (const GroupDirectory::Chunk& chunk : directory.chunks) {
    columnar::PutVarint(chunk.tag, out);
    columnar::PutVarint(chunk.bytes, out);
  }
  EncodeZones(directory.zones, out);
}

Result<GroupDirectory> DecodeDirectory(std::string_view bytes) {
  ByteReader in(bytes);
  GroupDirectory directory;
  GroupCounts& c = directory.counts;
  for (uint64_t* count : {&c.rows, &c.traces, &c.events, &c.links, &c.resources, &c.scopes,
                          &c.short_texts, &c.long_texts}) {
    *count = in.Varint();
    if (*count > kMaxItems) return Corruption("row group with impossible counts");
  }
  if (c.rows > kMaxRows || c.traces > c.rows || c.resources > kMaxRows || c.scopes > kMaxRows ||
      c.short_texts == 0) {
    return Corruption("row group with impossible counts");
  }
  const uint64_t chunks = in.Varint();
  if (!in.ok() || chunks > in.remaining()) return Corruption("row group directory cut short");
  std::vector<Owner> column_owners;
  uint64_t offset = 0;
  for (uint64_t i = 0; i < chunks; ++i) {
    const uint64_t tag = in.Varint();
    const uint64_t length = in.Varint();
    if (!in.ok() || tag > UINT32_MAX || length > uint64_t{1} << 32) {
      return Corruption("row group directory does not decode");
    }
    directory.chunks.push_back({static_cast<uint32_t>(tag), offset, length});
    offset += length;
    if (tag < kFirstColumnTag) continue;
    if (tag % 8 >= kOwners.size()) return Corruption("row group with a column of nobody");
    column_owners.push_back(static_cast<Owner>(tag % 8));
  }
  directory.zones.has_events = c.events > 0;
  directory.zones.has_links = c.links > 0;
  if (!DecodeZones(in, column_owners, directory.zones)) {
    return Corruption("row group directory with zones that do not decode");
  }
  if (!in.AtEnd()) return Corruption("row group directory is too long");
  return directory;
}

void EncodePart(const SpanTable& table, uint32_t part, std::string& out) {
  FindPart(part).encode(table, std::countr_zero(part), out);
}

Status DecodePart(std::string_view bytes, uint32_t part, const GroupCounts& counts,
                  SpanTable& table) {
  ByteReader in(bytes);
  const PartCodec& codec = FindPart(part);
  if (!codec.decode(in, std::countr_zero(part), counts, table) || !in.ok() || !in.AtEnd()) {
    return Corruption("the " + std::string(codec.name) + " of a row group do not decode");
  }
  return OkStatus();
}

void EncodeColumn(const ValueColumn& column, std::string& out) {
  if (column.is_rest) columnar::EncodeCodes(column.keys, out);
  if (column.holds_numbers()) columnar::EncodeNumbers(column.numbers, out);
  if (column.holds_codes()) columnar::EncodeCodes(column.codes, out);
}

Status DecodeColumn(std::string_view bytes, uint64_t count, const GroupCounts& counts,
                    ValueColumn& column) {
  ByteReader in(bytes);
  bool is_read = count <= kMaxValues;
  if (is_read && column.is_rest) {
    is_read =
        columnar::DecodeCodes(in, count, kAnyCode, column.keys) && AreTexts(column.keys, counts);
  }
  if (is_read && column.holds_numbers()) {
    is_read = columnar::DecodeNumbers(in, count, column.numbers);
  } else if (is_read && column.type == model::Value::Type::kBool) {
    is_read = columnar::DecodeCodes(in, count, 2, column.codes);
  } else if (is_read && column.holds_codes()) {
    is_read =
        columnar::DecodeCodes(in, count, kAnyCode, column.codes) && AreTexts(column.codes, counts);
  }
  if (is_read && in.ok() && in.AtEnd()) return OkStatus();
  return Corruption("an attribute column of a row group does not decode");
}

uint32_t PartsBefore(uint32_t part) {
  if (part == kTimesPart || part == kTreePart) return kTracesPart;
  if (part == kIdsPart) return kTracesPart | kTreePart;
  if (part == kEventsPart) return kTracesPart | kTimesPart;
  return 0;
}

bool UsesLongTexts(const SpanTable& table, uint32_t part) {
  const auto any = [](const std::vector<uint32_t>& codes) {
    return std::ranges::any_of(codes, Texts::IsLong);
  };
  switch (part) {
    case kNamesPart:
      return any(table.names);
    case kStatusMessagesPart:
      return any(table.status_messages.values);
    case kRarePart:
      return any(table.trace_states.values);
    case kResourcesPart:
      return std::ranges::any_of(table.resources, [](const SpanTable::Resource& resource) {
        return Texts::IsLong(resource.schema_url) || Texts::IsLong(resource.entity_refs);
      });
    case kScopesPart:
      return std::ranges::any_of(table.scopes, [](const SpanTable::Scope& scope) {
        return Texts::IsLong(scope.name) || Texts::IsLong(scope.version) ||
               Texts::IsLong(scope.schema_url);
      });
    case kEventsPart:
      return any(table.event_names);
    case kLinksPart:
      return any(table.link_trace_ids) || any(table.link_span_ids) ||
             any(table.link_trace_states.values);
    default:
      break;
  }
  for (const Owner owner : kOwners) {
    if (part != ShapesPart(owner)) continue;
    return std::ranges::any_of(ListsOf(table, owner).columns,
                               [](const ValueColumn& column) { return Texts::IsLong(column.key); });
  }
  return false;
}

bool UsesLongTexts(const ValueColumn& column) {
  if (std::ranges::any_of(column.keys, Texts::IsLong)) return true;
  return column.holds_codes() && column.type != model::Value::Type::kBool &&
         std::ranges::any_of(column.codes, Texts::IsLong);
}

}  // namespace orrery::traces
