// SPDX-License-Identifier: Apache-2.0
#include "traces/span_appender.h"

#include <algorithm>
#include <utility>

#include "storage/columnar/bytes.h"
#include "traces/nested_value.h"

namespace orrery::traces {
namespace {

constexpr size_t kFirstTraceSlots = 256;

// Contents of resources and scopes are compared as bytes.
void EncodeAttributes(const model::SpanBatch& batch, model::IndexRange list, std::string& out) {
  columnar::PutVarint(list.count, out);
  for (const model::Attribute& attribute : batch.Attributes(list)) {
    columnar::PutText(attribute.key, out);
    EncodeNested(batch, attribute.value, out);
  }
}

// Position of `content` in `contents`; equal to its size when there is no such one. Distinct
// resources in one table are few, and the newest are the likeliest.
uint32_t FindContent(const std::vector<std::string>& contents, const std::string& content) {
  const auto found = std::find(contents.rbegin(), contents.rend(), content);
  return static_cast<uint32_t>(found == contents.rend() ? contents.size()
                                                        : contents.rend() - found - 1);
}

size_t PlaceOf(const std::vector<uint32_t>& slots, const std::vector<TraceRows>& traces,
               const model::TraceId& id) {
  // Mixed once more: ids that count up differ in few bits, and in the highest ones.
  uint64_t hash = model::IdHash{}(id);
  hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15ull;
  const size_t mask = slots.size() - 1;
  size_t place = (hash ^ (hash >> 32)) & mask;
  while (slots[place] != 0 && traces[slots[place] - 1].id != id) place = (place + 1) & mask;
  return place;
}

}  // namespace

SpanAppender::SpanAppender() : trace_slots_(kFirstTraceSlots, 0) {}

void SpanAppender::Begin(const model::SpanBatch& batch) {
  batch_ = &batch;
  batch_resources_.assign(batch.resources.size(), kUnknown);
  batch_scopes_.assign(batch.scopes.size(), kUnknown);
}

void SpanAppender::Append(const model::Span& span) {
  const uint32_t row = table_.rows();
  AppendTraceRow(span.trace_id);
  table_.span_ids.push_back(span.span_id);
  table_.parent_ids.push_back(span.parent_span_id);
  if (row == 0 || span.start < table_.min_start) table_.min_start = span.start;
  table_.max_end = std::max(table_.max_end, span.end);
  table_.starts.push_back(span.start);
  table_.durations.push_back(span.end - span.start);
  const TextCode name = Text(span.name);
  table_.names.push_back(name);
  table_.kinds.push_back(static_cast<uint32_t>(span.kind));
  table_.status_codes.push_back(static_cast<uint32_t>(span.status_code));
  if (!span.status_message.empty()) table_.status_messages.Set(row, Text(span.status_message));
  if (!span.trace_state.empty()) table_.trace_states.Set(row, Text(span.trace_state));
  table_.flags.Set(row, span.flags);
  table_.dropped_attributes.Set(row, span.dropped_attributes_count);
  table_.dropped_events.Set(row, span.dropped_events_count);
  table_.dropped_links.Set(row, span.dropped_links_count);

  uint32_t& resource = batch_resources_[span.resource];
  if (resource == kUnknown) resource = AddResource(batch_->resources[span.resource]);
  table_.resource_of_row.push_back(resource);
  uint32_t& scope = batch_scopes_[span.scope];
  if (scope == kUnknown) scope = AddScope(batch_->scopes[span.scope]);
  table_.scope_of_row.push_back(scope);

  // Spans of one name nearly always have the same keys.
  if ((name >> 1) >= shape_of_name_.size()) shape_of_name_.resize((name >> 1) + 64, 0);
  uint32_t& shape = shape_of_name_[name >> 1];
  shape = span_lists_.Append(*batch_, span.attributes, shape, table_.span_attributes, table_.texts,
                             interner_);
  AppendEvents(span);
  AppendLinks(span);
}

void SpanAppender::AppendTraceRow(const model::TraceId& id) {
  const uint32_t row = table_.rows();
  table_.next_of_trace.push_back(kNoRow);
  uint32_t trace;
  if (row > 0 && table_.traces[table_.trace_of_row[row - 1]].id == id) {
    trace = table_.trace_of_row[row - 1];
  } else {
    const size_t place = PlaceOf(trace_slots_, table_.traces, id);
    if (trace_slots_[place] == 0) {
      table_.traces.push_back({.id = id, .first = row, .last = row});
      trace_slots_[place] = static_cast<uint32_t>(table_.traces.size());
      table_.trace_of_row.push_back(static_cast<uint32_t>(table_.traces.size() - 1));
      if (2 * table_.traces.size() > trace_slots_.size()) {
        trace_slots_.assign(2 * trace_slots_.size(), 0);
        for (uint32_t i = 0; i < table_.traces.size(); ++i) {
          trace_slots_[PlaceOf(trace_slots_, table_.traces, table_.traces[i].id)] = i + 1;
        }
      }
      return;
    }
    trace = trace_slots_[place] - 1;
  }
  table_.next_of_trace[table_.traces[trace].last] = row;
  table_.traces[trace].last = row;
  table_.trace_of_row.push_back(trace);
}

void SpanAppender::AppendEvents(const model::Span& span) {
  for (const model::Event& event : batch_->Events(span)) {
    const auto at = static_cast<uint32_t>(table_.event_times.size());
    table_.event_times.push_back(event.time);
    table_.event_names.push_back(Text(event.name));
    table_.event_dropped.Set(at, event.dropped_attributes_count);
    event_shape_ = event_lists_.Append(*batch_, event.attributes, event_shape_,
                                       table_.event_attributes, table_.texts, interner_);
  }
  table_.event_ends.push_back(static_cast<uint32_t>(table_.event_times.size()));
}

void SpanAppender::AppendLinks(const model::Span& span) {
  for (const model::Link& link : batch_->Links(span)) {
    const auto at = static_cast<uint32_t>(table_.link_trace_ids.size());
    table_.link_trace_ids.push_back(Text(link.trace_id));
    table_.link_span_ids.push_back(Text(link.span_id));
    if (!link.trace_state.empty()) table_.link_trace_states.Set(at, Text(link.trace_state));
    table_.link_flags.Set(at, link.flags);
    table_.link_dropped.Set(at, link.dropped_attributes_count);
    link_lists_.Append(*batch_, link.attributes, 0, table_.link_attributes, table_.texts,
                       interner_);
  }
  table_.link_ends.push_back(static_cast<uint32_t>(table_.link_trace_ids.size()));
}

uint32_t SpanAppender::AddResource(const model::Resource& resource) {
  content_.clear();
  EncodeAttributes(*batch_, resource.attributes, content_);
  columnar::PutVarint(resource.dropped_attributes_count, content_);
  columnar::PutText(resource.schema_url, content_);
  columnar::PutText(resource.entity_refs, content_);
  const uint32_t position = FindContent(resource_contents_, content_);
  if (position == resource_contents_.size()) {
    resource_contents_.push_back(content_);
    table_.resources.push_back({.schema_url = Text(resource.schema_url),
                                .entity_refs = Text(resource.entity_refs),
                                .dropped_attributes_count = resource.dropped_attributes_count});
    resource_lists_.Append(*batch_, resource.attributes, 0, table_.resource_attributes,
                           table_.texts, interner_);
  }
  return position;
}

uint32_t SpanAppender::AddScope(const model::Scope& scope) {
  content_.clear();
  EncodeAttributes(*batch_, scope.attributes, content_);
  columnar::PutVarint(scope.dropped_attributes_count, content_);
  columnar::PutText(scope.name, content_);
  columnar::PutText(scope.version, content_);
  columnar::PutText(scope.schema_url, content_);
  const uint32_t position = FindContent(scope_contents_, content_);
  if (position == scope_contents_.size()) {
    scope_contents_.push_back(content_);
    table_.scopes.push_back({.name = Text(scope.name),
                             .version = Text(scope.version),
                             .schema_url = Text(scope.schema_url),
                             .dropped_attributes_count = scope.dropped_attributes_count});
    scope_lists_.Append(*batch_, scope.attributes, 0, table_.scope_attributes, table_.texts,
                        interner_);
  }
  return position;
}

bool SpanAppender::Full(uint32_t max_rows) const {
  return table_.rows() >= max_rows || table_.resources.size() >= kMaxResources ||
         table_.scopes.size() >= kMaxResources ||
         table_.texts.short_texts.bytes.size() + table_.texts.long_texts.bytes.size() >=
             kMaxTextBytes;
}

SpanTable SpanAppender::Take() {
  SpanTable taken = std::move(table_);
  *this = SpanAppender();
  return taken;
}

TraceSlots::TraceSlots(const SpanTable& table) {
  size_t size = 16;
  while (size < 2 * table.traces.size()) size *= 2;
  slots_.assign(size, 0);
  for (uint32_t i = 0; i < table.traces.size(); ++i) {
    slots_[PlaceOf(slots_, table.traces, table.traces[i].id)] = i + 1;
  }
}

uint32_t TraceSlots::FirstRow(const SpanTable& table, const model::TraceId& id) const {
  const uint32_t position = slots_[PlaceOf(slots_, table.traces, id)];
  return position == 0 ? kNoRow : table.traces[position - 1].first;
}

}  // namespace orrery::traces
