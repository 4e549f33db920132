// SPDX-License-Identifier: Apache-2.0
#include "traces/span_reader.h"

#include <algorithm>
#include <bit>

#include "traces/nested_value.h"

namespace orrery::traces {
namespace {

using model::IndexRange;
using model::Value;

uint32_t Count(size_t n) { return static_cast<uint32_t>(n); }

}  // namespace

SpanReader::SpanReader(const SpanTable& table, model::SpanBatch& batch, const TableNeed& need)
    : table_(table),
      batch_(batch),
      need_(need),
      parts_(need.parts),
      lists_{Lists(table.span_attributes), Lists(table.resource_attributes),
             Lists(table.scope_attributes), Lists(table.event_attributes),
             Lists(table.link_attributes)},
      resource_places_(table.resources.size(), kNotRead) {
  scope_places_.assign(need.has(kScopesPart) ? table.scopes.size() : 1, kNotRead);
  for (const Owner owner : kOwners) {
    if (!need.has(ShapesPart(owner))) continue;
    Lists& of = Of(owner);
    const auto& columns = of.lists.columns;
    of.wanted.assign(columns.size(), need.all_columns);
    for (uint32_t column = 0; !need.all_columns && column < columns.size(); ++column) {
      of.wanted[column] =
          columns[column].is_rest
              ? std::ranges::find(need.keys, owner, &TableNeed::Key::owner) != need.keys.end()
              : need.HasKey(owner, table.texts.at(columns[column].key));
    }
    of.is_any_wanted = std::ranges::find(of.wanted, true) != of.wanted.end();
  }
}

Status SpanReader::Read(uint32_t row) {
  model::Span span;
  span.trace_id = table_.traces[table_.trace_of_row[row]].id;
  span.span_id = table_.span_ids[row];
  span.parent_span_id = table_.parent_ids[row];
  span.start = table_.starts[row];
  span.end = span.start + table_.durations[row];
  span.name = table_.texts.at(table_.names[row]);
  span.kind = static_cast<int32_t>(table_.kinds[row]);
  span.status_code = static_cast<int32_t>(table_.status_codes[row]);
  if ((parts_ & kStatusMessagesPart) != 0) {
    span.status_message = table_.texts.at(table_.status_messages.at(row));
  }
  if ((parts_ & kRarePart) != 0) ReadRare(row, span);
  ORRERY_RETURN_IF_ERROR(ReadList(Owner::kSpan, row, span.attributes));
  if ((parts_ & kEventsPart) != 0) ORRERY_RETURN_IF_ERROR(ReadEvents(row, span.events));
  if ((parts_ & kLinksPart) != 0) ORRERY_RETURN_IF_ERROR(ReadLinks(row, span.links));
  ORRERY_RETURN_IF_ERROR(ReadResource(table_.resource_of_row[row], span.resource));
  ORRERY_RETURN_IF_ERROR(ReadScope(row, span.scope));
  batch_.spans.push_back(span);
  return OkStatus();
}

void SpanReader::ReadRare(uint32_t row, model::Span& span) {
  span.trace_state = table_.texts.at(table_.trace_states.at(row));
  span.flags = table_.flags.at(row);
  span.dropped_attributes_count = table_.dropped_attributes.at(row);
  span.dropped_events_count = table_.dropped_events.at(row);
  span.dropped_links_count = table_.dropped_links.at(row);
}

Status SpanReader::ReadList(Owner owner, uint32_t list, IndexRange& range) {
  Lists& of = Of(owner);
  if (!of.is_any_wanted) return OkStatus();
  const auto columns = of.lists.ColumnsOf(list);
  if (columns.empty()) return OkStatus();
  of.cursor.Seek(list);
  picked_.clear();
  for (const uint32_t c : columns) {
    const uint32_t place = of.cursor.Next(c);
    if (of.wanted[c] && IsWanted(owner, c, place)) picked_.push_back({c, place});
  }
  // A nested value adds its own entries to the same pool: the list's run is reserved first.
  range = {Count(batch_.attributes.size()), Count(picked_.size())};
  batch_.attributes.resize(batch_.attributes.size() + range.count);
  uint32_t out = range.begin;
  for (const auto& [c, place] : picked_) {
    const ValueColumn& column = of.lists.columns[c];
    Value value;
    ORRERY_RETURN_IF_ERROR(ReadValue(column, place, value));
    batch_.attributes[out++] = {table_.texts.at(column.KeyOf(place)), value};
  }
  return OkStatus();
}

bool SpanReader::IsWanted(Owner owner, uint32_t column, uint32_t place) {
  const ValueColumn& values = Of(owner).lists.columns[column];
  return need_.all_columns || !values.is_rest ||
         need_.HasKey(owner, table_.texts.at(values.keys[place]));
}

Status SpanReader::ReadValue(const ValueColumn& column, uint32_t place, Value& value) {
  switch (column.type) {
    case Value::Type::kEmpty:
      break;
    case Value::Type::kString:
      value = Value::String(table_.texts.at(column.codes[place]));
      break;
    case Value::Type::kBytes:
      value = Value::Bytes(table_.texts.at(column.codes[place]));
      break;
    case Value::Type::kBool:
      value = Value::Bool(column.codes[place] != 0);
      break;
    case Value::Type::kInt:
      value = Value::Int(static_cast<int64_t>(column.numbers[place]));
      break;
    case Value::Type::kDouble:
      value = Value::Double(std::bit_cast<double>(column.numbers[place]));
      break;
    case Value::Type::kArray:
    case Value::Type::kKvList:
      return DecodeNested(table_.texts.at(column.codes[place]), column.type, batch_, value);
  }
  return OkStatus();
}

Status SpanReader::ReadEvents(uint32_t row, IndexRange& range) {
  const uint32_t begin = table_.EventsBegin(row);
  const uint32_t end = table_.event_ends[row];
  if (begin == end) return OkStatus();
  range = {Count(batch_.events.size()), end - begin};
  for (uint32_t i = begin; i < end; ++i) {
    model::Event event;
    event.time = table_.event_times[i];
    event.name = table_.texts.at(table_.event_names[i]);
    event.dropped_attributes_count = table_.event_dropped.at(i);
    ORRERY_RETURN_IF_ERROR(ReadList(Owner::kEvent, i, event.attributes));
    batch_.events.push_back(event);
  }
  return OkStatus();
}

Status SpanReader::ReadLinks(uint32_t row, IndexRange& range) {
  const uint32_t begin = table_.LinksBegin(row);
  const uint32_t end = table_.link_ends[row];
  if (begin == end) return OkStatus();
  range = {Count(batch_.links.size()), end - begin};
  for (uint32_t i = begin; i < end; ++i) {
    model::Link link;
    link.trace_id = table_.texts.at(table_.link_trace_ids[i]);
    link.span_id = table_.texts.at(table_.link_span_ids[i]);
    link.trace_state = table_.texts.at(table_.link_trace_states.at(i));
    link.flags = table_.link_flags.at(i);
    link.dropped_attributes_count = table_.link_dropped.at(i);
    ORRERY_RETURN_IF_ERROR(ReadList(Owner::kLink, i, link.attributes));
    batch_.links.push_back(link);
  }
  return OkStatus();
}

Status SpanReader::ReadResource(uint32_t resource, uint32_t& out) {
  uint32_t& place = resource_places_[resource];
  if (place == kNotRead) {
    const SpanTable::Resource& from = table_.resources[resource];
    model::Resource to;
    to.schema_url = table_.texts.at(from.schema_url);
    to.entity_refs = table_.texts.at(from.entity_refs);
    to.dropped_attributes_count = from.dropped_attributes_count;
    ORRERY_RETURN_IF_ERROR(ReadList(Owner::kResource, resource, to.attributes));
    place = Count(batch_.resources.size());
    batch_.resources.push_back(to);
  }
  out = place;
  return OkStatus();
}

Status SpanReader::ReadScope(uint32_t row, uint32_t& out) {
  const bool is_wanted = (parts_ & kScopesPart) != 0;
  const uint32_t scope = is_wanted ? table_.scope_of_row[row] : 0;
  uint32_t& place = scope_places_[scope];
  if (place == kNotRead) {
    model::Scope to;
    if (is_wanted) {
      const SpanTable::Scope& from = table_.scopes[scope];
      to.name = table_.texts.at(from.name);
      to.version = table_.texts.at(from.version);
      to.schema_url = table_.texts.at(from.schema_url);
      to.dropped_attributes_count = from.dropped_attributes_count;
      ORRERY_RETURN_IF_ERROR(ReadList(Owner::kScope, scope, to.attributes));
    }
    place = Count(batch_.scopes.size());
    batch_.scopes.push_back(to);
  }
  out = place;
  return OkStatus();
}

}  // namespace orrery::traces
