// SPDX-License-Identifier: Apache-2.0
#include "traces/row_group_parts.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/check.h"
#include "storage/columnar/integers.h"
#include "traces/row_group_tree.h"

namespace orrery::traces {
namespace {

using columnar::ByteReader;
using columnar::DecodeCodes;
using columnar::DecodeNumbers;
using columnar::EncodeCodes;
using columnar::EncodeNumbers;
using columnar::UnZigZag;
using columnar::ZigZag;

uint64_t Difference(uint64_t a, uint64_t b) { return ZigZag(static_cast<int64_t>(a - b)); }
uint64_t Sum(uint64_t base, uint64_t zigzag) {
  return base + static_cast<uint64_t>(UnZigZag(zigzag));
}

// Sparse columns: how long they are, then their values.
void EncodeSparse(const SparseColumn& column, std::string& out) {
  columnar::PutVarint(column.values.size(), out);
  if (!column.values.empty()) EncodeCodes(column.values, out);
}

bool DecodeSparse(ByteReader& in, uint64_t rows, SparseColumn& column) {
  const uint64_t count = in.Varint();
  if (!in.ok() || count > rows) return false;
  return count == 0 || DecodeCodes(in, count, kAnyCode, column.values);
}

// Ends of runs are kept as lengths.
void EncodeEnds(const std::vector<uint32_t>& ends, std::string& out) {
  std::vector<uint32_t> lengths(ends);
  for (size_t i = lengths.size(); i-- > 1;) lengths[i] -= lengths[i - 1];
  EncodeCodes(lengths, out);
}

bool DecodeEnds(ByteReader& in, uint64_t count, uint64_t last, std::vector<uint32_t>& ends) {
  if (!DecodeCodes(in, count, last + 1, ends)) return false;
  uint64_t end = 0;
  for (uint32_t& entry : ends) {
    end += entry;
    if (end > last) return false;
    entry = static_cast<uint32_t>(end);
  }
  return end == last;
}

// Traces: ids as they are, then how many rows each has; the rows follow from that.
void EncodeTraces(const SpanTable& table, uint32_t, std::string& out) {
  std::vector<uint32_t> lengths;
  for (const TraceRows& trace : table.traces) {
    out.append(trace.id.view());
    ORRERY_DCHECK(trace.first <= trace.last);
    lengths.push_back(trace.last - trace.first + 1);
  }
  EncodeCodes(lengths, out);
}

bool DecodeTraces(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  const std::string_view ids = in.Bytes(16 * counts.traces);
  std::vector<uint32_t> ends;
  if (!in.ok() || !DecodeEnds(in, counts.traces, counts.rows, ends)) return false;
  table.traces.resize(counts.traces);
  table.trace_of_row.resize(counts.rows);
  table.next_of_trace.resize(counts.rows);
  uint32_t row = 0;
  for (uint32_t i = 0; i < counts.traces; ++i) {
    if (ends[i] == row) return false;  // A trace without rows.
    table.traces[i] = {model::TraceId::FromBytes(ids.substr(16 * i, 16)), row, ends[i] - 1};
    for (; row < ends[i]; ++row) {
      table.trace_of_row[row] = i;
      table.next_of_trace[row] = row + 1 < ends[i] ? row + 1 : kNoRow;
    }
  }
  return true;
}

// Times: the first start; each trace's first start as difference to the trace before; the other
// starts as difference to the row before; durations.
void EncodeTimes(const SpanTable& table, uint32_t, std::string& out) {
  std::vector<uint64_t> firsts;
  std::vector<uint64_t> others;
  const uint64_t base = table.rows() == 0 ? 0 : table.starts[0];
  uint64_t previous = base;
  for (const TraceRows& trace : table.traces) {
    firsts.push_back(Difference(table.starts[trace.first], previous));
    previous = table.starts[trace.first];
    for (uint32_t row = trace.first + 1; row <= trace.last; ++row) {
      others.push_back(Difference(table.starts[row], table.starts[row - 1]));
    }
  }
  columnar::PutVarint(base, out);
  EncodeNumbers(firsts, out);
  EncodeNumbers(others, out);
  EncodeNumbers(table.durations, out);
}

bool DecodeTimes(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  uint64_t previous = in.Varint();
  std::vector<uint64_t> firsts;
  std::vector<uint64_t> others;
  if (!in.ok() || !DecodeNumbers(in, counts.traces, firsts) ||
      !DecodeNumbers(in, counts.rows - counts.traces, others) ||
      !DecodeNumbers(in, counts.rows, table.durations)) {
    return false;
  }
  table.starts.resize(counts.rows);
  size_t next = 0;
  for (size_t i = 0; i < table.traces.size(); ++i) {
    const TraceRows& trace = table.traces[i];
    previous = table.starts[trace.first] = Sum(previous, firsts[i]);
    for (uint32_t row = trace.first + 1; row <= trace.last; ++row) {
      table.starts[row] = Sum(table.starts[row - 1], others[next++]);
    }
  }
  return true;
}

void EncodeNames(const SpanTable& table, uint32_t, std::string& out) {
  EncodeCodes(table.names, out);
}

bool DecodeNames(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  return DecodeCodes(in, counts.rows, kAnyCode, table.names) && AreTexts(table.names, counts);
}

void EncodeStates(const SpanTable& table, uint32_t, std::string& out) {
  EncodeCodes(table.kinds, out);
  EncodeCodes(table.status_codes, out);
}

bool DecodeStates(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  return DecodeCodes(in, counts.rows, kAnyCode, table.kinds) &&
         DecodeCodes(in, counts.rows, kAnyCode, table.status_codes);
}

void EncodeStatusMessages(const SpanTable& table, uint32_t, std::string& out) {
  EncodeSparse(table.status_messages, out);
}

bool DecodeStatusMessages(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  return DecodeSparse(in, counts.rows, table.status_messages) &&
         AreTexts(table.status_messages.values, counts);
}

void EncodeRare(const SpanTable& table, uint32_t, std::string& out) {
  for (const SparseColumn* column : {&table.trace_states, &table.flags, &table.dropped_attributes,
                                     &table.dropped_events, &table.dropped_links}) {
    EncodeSparse(*column, out);
  }
}

bool DecodeRare(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  for (SparseColumn* column : {&table.trace_states, &table.flags, &table.dropped_attributes,
                               &table.dropped_events, &table.dropped_links}) {
    if (!DecodeSparse(in, counts.rows, *column)) return false;
  }
  return AreTexts(table.trace_states.values, counts);
}

void EncodeResources(const SpanTable& table, uint32_t, std::string& out) {
  EncodeCodes(table.resource_of_row, out);
  for (const SpanTable::Resource& resource : table.resources) {
    columnar::PutVarint(resource.schema_url, out);
    columnar::PutVarint(resource.entity_refs, out);
    columnar::PutVarint(resource.dropped_attributes_count, out);
  }
}

bool DecodeResources(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  if (!DecodeCodes(in, counts.rows, counts.resources, table.resource_of_row)) return false;
  if (counts.resources > in.remaining()) return false;
  table.resources.resize(counts.resources);
  for (SpanTable::Resource& resource : table.resources) {
    resource.schema_url = static_cast<uint32_t>(in.Varint());
    resource.entity_refs = static_cast<uint32_t>(in.Varint());
    resource.dropped_attributes_count = static_cast<uint32_t>(in.Varint());
    if (!IsText(resource.schema_url, counts) || !IsText(resource.entity_refs, counts)) return false;
  }
  return true;
}

void EncodeScopes(const SpanTable& table, uint32_t, std::string& out) {
  EncodeCodes(table.scope_of_row, out);
  for (const SpanTable::Scope& scope : table.scopes) {
    columnar::PutVarint(scope.name, out);
    columnar::PutVarint(scope.version, out);
    columnar::PutVarint(scope.schema_url, out);
    columnar::PutVarint(scope.dropped_attributes_count, out);
  }
}

bool DecodeScopes(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  if (!DecodeCodes(in, counts.rows, counts.scopes, table.scope_of_row)) return false;
  if (counts.scopes > in.remaining()) return false;
  table.scopes.resize(counts.scopes);
  for (SpanTable::Scope& scope : table.scopes) {
    scope.name = static_cast<uint32_t>(in.Varint());
    scope.version = static_cast<uint32_t>(in.Varint());
    scope.schema_url = static_cast<uint32_t>(in.Varint());
    scope.dropped_attributes_count = static_cast<uint32_t>(in.Varint());
    if (!IsText(scope.name, counts) || !IsText(scope.version, counts) ||
        !IsText(scope.schema_url, counts)) {
      return false;
    }
  }
  return true;
}

// Event times are differences to the start of their span.
void EncodeEvents(const SpanTable& table, uint32_t, std::string& out) {
  EncodeEnds(table.event_ends, out);
  std::vector<uint64_t> offsets;
  for (uint32_t row = 0; row < table.rows(); ++row) {
    for (uint32_t i = table.EventsBegin(row); i < table.event_ends[row]; ++i) {
      offsets.push_back(Difference(table.event_times[i], table.starts[row]));
    }
  }
  EncodeNumbers(offsets, out);
  EncodeCodes(table.event_names, out);
  EncodeSparse(table.event_dropped, out);
}

bool DecodeEvents(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  if (!DecodeEnds(in, counts.rows, counts.events, table.event_ends) ||
      !DecodeNumbers(in, counts.events, table.event_times) ||
      !DecodeCodes(in, counts.events, kAnyCode, table.event_names) ||
      !DecodeSparse(in, counts.events, table.event_dropped)) {
    return false;
  }
  for (uint32_t row = 0; row < counts.rows; ++row) {
    for (uint32_t i = table.EventsBegin(row); i < table.event_ends[row]; ++i) {
      table.event_times[i] = Sum(table.starts[row], table.event_times[i]);
    }
  }
  return AreTexts(table.event_names, counts);
}

void EncodeLinks(const SpanTable& table, uint32_t, std::string& out) {
  EncodeEnds(table.link_ends, out);
  EncodeCodes(table.link_trace_ids, out);
  EncodeCodes(table.link_span_ids, out);
  EncodeSparse(table.link_trace_states, out);
  EncodeSparse(table.link_flags, out);
  EncodeSparse(table.link_dropped, out);
}

bool DecodeLinks(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  return DecodeEnds(in, counts.rows, counts.links, table.link_ends) &&
         DecodeCodes(in, counts.links, kAnyCode, table.link_trace_ids) &&
         DecodeCodes(in, counts.links, kAnyCode, table.link_span_ids) &&
         DecodeSparse(in, counts.links, table.link_trace_states) &&
         DecodeSparse(in, counts.links, table.link_flags) &&
         DecodeSparse(in, counts.links, table.link_dropped) &&
         AreTexts(table.link_trace_ids, counts) && AreTexts(table.link_span_ids, counts) &&
         AreTexts(table.link_trace_states.values, counts);
}

// Texts: all lengths, then all bytes.
void EncodeTexts(const SpanTable& table, uint32_t bit, std::string& out) {
  const bool is_short = (1u << bit) == kShortTextsPart;
  const TextList& texts = is_short ? table.texts.short_texts : table.texts.long_texts;
  columnar::PutVarint(texts.bytes.size(), out);
  EncodeEnds(texts.ends, out);
  out.append(texts.bytes);
}

bool DecodeTexts(ByteReader& in, uint32_t bit, const GroupCounts& counts, SpanTable& table) {
  const bool is_short = (1u << bit) == kShortTextsPart;
  TextList& texts = is_short ? table.texts.short_texts : table.texts.long_texts;
  const uint64_t bytes = in.Varint();
  texts.ends.clear();
  if (!in.ok() || bytes > in.remaining() ||
      !DecodeEnds(in, is_short ? counts.short_texts : counts.long_texts, bytes, texts.ends)) {
    return false;
  }
  texts.bytes = in.Bytes(bytes);
  return in.ok() && (!is_short || texts.ends[0] == 0);
}

// With a column's type: its values have different keys.
constexpr uint8_t kRestBit = 0x80;

// Shapes: the columns (key and type), the shapes but the empty first, the shape of each list.
void EncodeShapes(const SpanTable& table, uint32_t bit, std::string& out) {
  const auto owner = static_cast<Owner>(bit - std::countr_zero<uint32_t>(kShapesPart));
  const AttributeLists& lists = ListsOf(table, owner);
  columnar::PutVarint(lists.columns.size(), out);
  for (const ValueColumn& column : lists.columns) {
    columnar::PutVarint(column.key, out);
    out.push_back(
        static_cast<char>(static_cast<uint8_t>(column.type) | (column.is_rest ? kRestBit : 0)));
  }
  columnar::PutVarint(lists.shapes.size() - 1, out);
  for (size_t i = 1; i < lists.shapes.size(); ++i) {
    const AttributeLists::Shape& shape = lists.shapes[i];
    columnar::PutVarint(shape.count, out);
    for (uint32_t c = 0; c < shape.count; ++c) {
      columnar::PutVarint(lists.shape_columns[shape.begin + c], out);
    }
  }
  EncodeCodes(lists.shape_of_list, out);
}

bool DecodeColumns(ByteReader& in, const GroupCounts& counts, AttributeLists& lists) {
  const uint64_t columns = in.Varint();
  if (!in.ok() || columns > in.remaining()) return false;
  lists.columns.resize(columns);
  for (ValueColumn& column : lists.columns) {
    column.key = static_cast<TextCode>(in.Varint());
    const uint8_t coded_type = in.Byte();
    const uint8_t type = coded_type & ~kRestBit;
    column.is_rest = (coded_type & kRestBit) != 0;
    if (!IsText(column.key, counts) || type > static_cast<uint8_t>(model::Value::Type::kKvList)) {
      return false;
    }
    column.type = static_cast<model::Value::Type>(type);
  }
  return in.ok();
}

bool DecodeShapes(ByteReader& in, uint32_t bit, const GroupCounts& counts, SpanTable& table) {
  const auto owner = static_cast<Owner>(bit - std::countr_zero<uint32_t>(kShapesPart));
  AttributeLists& lists = ListsOf(table, owner);
  lists = AttributeLists();
  if (!DecodeColumns(in, counts, lists)) return false;
  const uint64_t shapes = in.Varint();
  if (!in.ok() || shapes > in.remaining()) return false;
  for (uint64_t i = 0; i < shapes; ++i) {
    const uint64_t count = in.Varint();
    if (!in.ok() || count > in.remaining()) return false;
    lists.shapes.push_back(
        {static_cast<uint32_t>(lists.shape_columns.size()), static_cast<uint32_t>(count)});
    for (uint64_t c = 0; c < count; ++c) {
      const uint64_t column = in.Varint();
      if (column >= lists.columns.size()) return false;
      lists.shape_columns.push_back(static_cast<uint32_t>(column));
    }
  }
  return DecodeCodes(in, counts.ListsOf(owner), lists.shapes.size(), lists.shape_of_list);
}

// By bit of TablePart.
constexpr std::array<PartCodec, 19> kParts = {{
    {"traces", EncodeTraces, DecodeTraces},
    {"ids", EncodeIds, DecodeIds},
    {"times", EncodeTimes, DecodeTimes},
    {"names", EncodeNames, DecodeNames},
    {"kinds and status codes", EncodeStates, DecodeStates},
    {"status messages", EncodeStatusMessages, DecodeStatusMessages},
    {"rare fields", EncodeRare, DecodeRare},
    {"resources", EncodeResources, DecodeResources},
    {"scopes", EncodeScopes, DecodeScopes},
    {"events", EncodeEvents, DecodeEvents},
    {"links", EncodeLinks, DecodeLinks},
    {"short texts", EncodeTexts, DecodeTexts},
    {"long texts", EncodeTexts, DecodeTexts},
    {"span attributes", EncodeShapes, DecodeShapes},
    {"resource attributes", EncodeShapes, DecodeShapes},
    {"scope attributes", EncodeShapes, DecodeShapes},
    {"event attributes", EncodeShapes, DecodeShapes},
    {"link attributes", EncodeShapes, DecodeShapes},
    {"tree", EncodeTree, DecodeTree},
}};
static_assert((uint32_t{1} << kParts.size()) - 1 == kAllParts);

}  // namespace

const PartCodec& FindPart(uint32_t part) {
  ORRERY_CHECK(std::has_single_bit(part) && (part & kAllParts) != 0);
  return kParts[std::countr_zero(part)];
}

bool IsText(TextCode code, const GroupCounts& counts) {
  return (code >> 1) < (Texts::IsLong(code) ? counts.long_texts : counts.short_texts);
}

bool AreTexts(const std::vector<uint32_t>& codes, const GroupCounts& counts) {
  return std::ranges::all_of(codes, [&counts](TextCode code) { return IsText(code, counts); });
}

}  // namespace orrery::traces
