// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_traces_encode.h"

#include "wire/otlp_messages.h"
#include "wire/proto_writer.h"
#include "wire/span_groups.h"

namespace orrery::wire {
namespace {

using model::SpanBatch;
using model::Value;

void WriteText(ProtoWriter& out, uint32_t field, std::string_view text) {
  if (!text.empty()) out.Bytes(field, text);
}

void WriteCount(ProtoWriter& out, uint32_t field, uint32_t count) {
  if (count != 0) out.Varint(field, count);
}

void WriteAttributes(ProtoWriter& out, uint32_t field, const SpanBatch& batch,
                     model::IndexRange list);

// The one-of of an AnyValue; a member with a default value is written all the same, or it would
// come back as the empty value.
void WriteValue(ProtoWriter& out, const SpanBatch& batch, const Value& value) {
  switch (value.type()) {
    case Value::Type::kEmpty:
      break;
    case Value::Type::kString:
      out.Bytes(1, value.text());
      break;
    case Value::Type::kBool:
      out.Varint(2, value.bool_value() ? 1 : 0);
      break;
    case Value::Type::kInt:
      out.Signed(3, value.int_value());
      break;
    case Value::Type::kDouble:
      out.Double(4, value.double_value());
      break;
    case Value::Type::kArray: {
      ProtoWriter array(out, 5);
      for (const Value& item : batch.Items(value)) {
        ProtoWriter element(array, 1);
        WriteValue(element, batch, item);
      }
      break;
    }
    case Value::Type::kKvList: {
      ProtoWriter list(out, 6);
      WriteAttributes(list, 1, batch, value.range());
      break;
    }
    case Value::Type::kBytes:
      out.Bytes(7, value.bytes());
      break;
  }
}

void WriteAttributes(ProtoWriter& out, uint32_t field, const SpanBatch& batch,
                     model::IndexRange list) {
  for (const model::Attribute& attribute : batch.Attributes(list)) {
    ProtoWriter entry(out, field);
    WriteText(entry, 1, attribute.key);
    ProtoWriter value(entry, 2);
    WriteValue(value, batch, attribute.value);
  }
}

void WriteEvent(ProtoWriter& out, const SpanBatch& batch, const model::Event& event) {
  if (event.time != 0) out.Fixed64(1, event.time);
  WriteText(out, 2, event.name);
  WriteAttributes(out, 3, batch, event.attributes);
  WriteCount(out, 4, event.dropped_attributes_count);
}

void WriteLink(ProtoWriter& out, const SpanBatch& batch, const model::Link& link) {
  WriteText(out, 1, link.trace_id);
  WriteText(out, 2, link.span_id);
  WriteText(out, 3, link.trace_state);
  WriteAttributes(out, 4, batch, link.attributes);
  WriteCount(out, 5, link.dropped_attributes_count);
  if (link.flags != 0) out.Fixed32(6, link.flags);
}

void WriteSpan(ProtoWriter& out, const SpanBatch& batch, const model::Span& span) {
  WriteText(out, 1, span.trace_id.view());
  WriteText(out, 2, span.span_id.view());
  WriteText(out, 3, span.trace_state);
  if (!span.parent_span_id.IsZero()) WriteText(out, 4, span.parent_span_id.view());
  WriteText(out, 5, span.name);
  if (span.kind != 0) out.Signed(6, span.kind);
  out.Fixed64(7, span.start);
  out.Fixed64(8, span.end);
  WriteAttributes(out, 9, batch, span.attributes);
  WriteCount(out, 10, span.dropped_attributes_count);
  for (const model::Event& event : batch.Events(span)) {
    ProtoWriter message(out, 11);
    WriteEvent(message, batch, event);
  }
  WriteCount(out, 12, span.dropped_events_count);
  for (const model::Link& link : batch.Links(span)) {
    ProtoWriter message(out, 13);
    WriteLink(message, batch, link);
  }
  WriteCount(out, 14, span.dropped_links_count);
  {
    ProtoWriter status(out, 15);
    WriteText(status, 2, span.status_message);
    if (span.status_code != 0) status.Signed(3, span.status_code);
  }
  if (span.flags != 0) out.Fixed32(16, span.flags);
}

void WriteScopeSpans(ProtoWriter& out, const SpanBatch& batch, const ScopeGroup& group) {
  const model::Scope& scope = batch.scopes[group.scope];
  out.Bytes(1, EncodeScope(batch, scope));
  for (const uint32_t index : group.spans) {
    ProtoWriter span(out, 2);
    WriteSpan(span, batch, batch.spans[index]);
  }
  WriteText(out, 3, scope.schema_url);
}

}  // namespace

std::string EncodeResource(const SpanBatch& batch, const model::Resource& resource) {
  std::string bytes;
  ProtoWriter out(bytes);
  WriteAttributes(out, 1, batch, resource.attributes);
  WriteCount(out, 2, resource.dropped_attributes_count);
  out.Raw(resource.entity_refs);
  return bytes;
}

std::string EncodeScope(const SpanBatch& batch, const model::Scope& scope) {
  std::string bytes;
  ProtoWriter out(bytes);
  WriteText(out, 1, scope.name);
  WriteText(out, 2, scope.version);
  WriteAttributes(out, 3, batch, scope.attributes);
  WriteCount(out, 4, scope.dropped_attributes_count);
  return bytes;
}

std::string EncodeOtlpTraces(const SpanBatch& batch) {
  std::string bytes;
  bytes.reserve(batch.spans.size() * 256);
  ProtoWriter out(bytes);
  for (const ResourceGroup& group : GroupSpans(batch)) {
    ProtoWriter resource_spans(out, 1);
    const model::Resource& resource = batch.resources[group.resource];
    resource_spans.Bytes(1, EncodeResource(batch, resource));
    for (const ScopeGroup& scope : group.scopes) {
      ProtoWriter scope_spans(resource_spans, 2);
      WriteScopeSpans(scope_spans, batch, scope);
    }
    WriteText(resource_spans, 3, resource.schema_url);
  }
  return bytes;
}

}  // namespace orrery::wire
