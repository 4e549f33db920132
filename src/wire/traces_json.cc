// SPDX-License-Identifier: Apache-2.0
#include "wire/traces_json.h"

#include <array>

#include "wire/base64.h"
#include "wire/otlp_traces_json.h"
#include "wire/proto_reader.h"
#include "wire/span_groups.h"
#include "wire/tempo_trace.h"

namespace orrery::wire {
namespace {

using model::SpanBatch;
using model::Value;

constexpr std::array<std::string_view, 6> kKindNames = {
    "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER",
    "SPAN_KIND_CLIENT",      "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER"};
constexpr std::array<std::string_view, 3> kStatusNames = {"STATUS_CODE_UNSET", "STATUS_CODE_OK",
                                                          "STATUS_CODE_ERROR"};

void WriteValue(JsonWriter& json, const SpanBatch& batch, const Value& value) {
  json.BeginObject();
  switch (value.type()) {
    case Value::Type::kEmpty:
      break;
    case Value::Type::kString:
      json.Key("stringValue");
      json.String(value.text());
      break;
    case Value::Type::kBool:
      json.Key("boolValue");
      json.Bool(value.bool_value());
      break;
    case Value::Type::kInt:
      json.Key("intValue");
      json.Text64(value.int_value());
      break;
    case Value::Type::kDouble:
      json.Key("doubleValue");
      json.Number(value.double_value());
      break;
    case Value::Type::kBytes:
      json.Key("bytesValue");
      json.String(Base64Encode(value.bytes()));
      break;
    case Value::Type::kArray:
      json.Key("arrayValue");
      json.BeginObject();
      if (value.range().count > 0) {
        json.Key("values");
        json.BeginArray();
        for (const Value& item : batch.Items(value)) WriteValue(json, batch, item);
        json.EndArray();
      }
      json.EndObject();
      break;
    case Value::Type::kKvList:
      json.Key("kvlistValue");
      json.BeginObject();
      if (value.range().count > 0) {
        json.Key("values");
        json.BeginArray();
        for (const auto& entry : batch.Attributes(value.range())) WriteKeyValue(json, batch, entry);
        json.EndArray();
      }
      json.EndObject();
      break;
  }
  json.EndObject();
}

// Writes the parts of a trace in one of the dialects.
class TracesWriter {
 public:
  TracesWriter(JsonWriter& json, const SpanBatch& batch, TracesDialect dialect)
      : json_(json), batch_(batch), tempo_(dialect == TracesDialect::kTempo) {}

  void ResourceSpans(const ResourceGroup& group) {
    const model::Resource& resource = batch_.resources[group.resource];
    json_.BeginObject();
    json_.Key("resource");
    json_.BeginObject();
    Attributes(resource.attributes);
    Count("droppedAttributesCount", resource.dropped_attributes_count);
    EntityRefs(resource.entity_refs);
    json_.EndObject();
    json_.Key("scopeSpans");
    json_.BeginArray();
    for (const ScopeGroup& scope : group.scopes) ScopeSpans(scope);
    json_.EndArray();
    Text("schemaUrl", resource.schema_url);
    json_.EndObject();
  }

 private:
  void ScopeSpans(const ScopeGroup& group) {
    const model::Scope& scope = batch_.scopes[group.scope];
    json_.BeginObject();
    json_.Key("scope");
    json_.BeginObject();
    Text("name", scope.name);
    Text("version", scope.version);
    Attributes(scope.attributes);
    Count("droppedAttributesCount", scope.dropped_attributes_count);
    json_.EndObject();
    json_.Key("spans");
    json_.BeginArray();
    for (const uint32_t index : group.spans) Span(batch_.spans[index]);
    json_.EndArray();
    Text("schemaUrl", scope.schema_url);
    json_.EndObject();
  }

  void Span(const model::Span& span) {
    json_.BeginObject();
    Id("traceId", span.trace_id.view());
    Id("spanId", span.span_id.view());
    Text("traceState", span.trace_state);
    if (!span.parent_span_id.IsZero()) Id("parentSpanId", span.parent_span_id.view());
    Count("flags", span.flags);
    Text("name", span.name);
    Enum("kind", span.kind, kKindNames);
    Time("startTimeUnixNano", span.start);
    Time("endTimeUnixNano", span.end);
    Attributes(span.attributes);
    Count("droppedAttributesCount", span.dropped_attributes_count);
    if (span.events.count > 0) Events(span);
    Count("droppedEventsCount", span.dropped_events_count);
    if (span.links.count > 0) Links(span);
    Count("droppedLinksCount", span.dropped_links_count);
    json_.Key("status");
    json_.BeginObject();
    Text("message", span.status_message);
    Enum("code", span.status_code, kStatusNames);
    json_.EndObject();
    json_.EndObject();
  }

  void Events(const model::Span& span) {
    json_.Key("events");
    json_.BeginArray();
    for (const model::Event& event : batch_.Events(span)) {
      json_.BeginObject();
      Time("timeUnixNano", event.time);
      Text("name", event.name);
      Attributes(event.attributes);
      Count("droppedAttributesCount", event.dropped_attributes_count);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void Links(const model::Span& span) {
    json_.Key("links");
    json_.BeginArray();
    for (const model::Link& link : batch_.Links(span)) {
      json_.BeginObject();
      Id("traceId", link.trace_id);
      Id("spanId", link.span_id);
      Text("traceState", link.trace_state);
      Attributes(link.attributes);
      Count("droppedAttributesCount", link.dropped_attributes_count);
      Count("flags", link.flags);
      json_.EndObject();
    }
    json_.EndArray();
  }

  // `encoded` are the fields as they stand in the Resource message.
  void EntityRefs(std::string_view encoded) {
    if (encoded.empty()) return;
    json_.Key("entityRefs");
    json_.BeginArray();
    ProtoError error;
    for (ProtoReader fields(encoded, error); fields.Next();) EntityRef(fields.Bytes());
    json_.EndArray();
  }

  void EntityRef(std::string_view message) {
    ProtoError error;
    std::string_view schema_url;
    std::string_view type;
    std::vector<std::string_view> id_keys;
    std::vector<std::string_view> description_keys;
    for (ProtoReader reader(message, error); reader.Next();) {
      switch (reader.tag()) {
        case Tag(1, kBytes):
          schema_url = reader.Bytes();
          break;
        case Tag(2, kBytes):
          type = reader.Bytes();
          break;
        case Tag(3, kBytes):
          id_keys.push_back(reader.Bytes());
          break;
        case Tag(4, kBytes):
          description_keys.push_back(reader.Bytes());
          break;
        default:
          reader.Skip();
      }
    }
    json_.BeginObject();
    Text("schemaUrl", schema_url);
    Text("type", type);
    Texts("idKeys", id_keys);
    Texts("descriptionKeys", description_keys);
    json_.EndObject();
  }

  void Attributes(model::IndexRange list) {
    if (list.count == 0) return;
    json_.Key("attributes");
    json_.BeginArray();
    for (const auto& attribute : batch_.Attributes(list)) WriteKeyValue(json_, batch_, attribute);
    json_.EndArray();
  }

  void Text(std::string_view key, std::string_view text) {
    if (text.empty()) return;
    json_.Key(key);
    json_.String(text);
  }

  void Texts(std::string_view key, const std::vector<std::string_view>& texts) {
    if (texts.empty()) return;
    json_.Key(key);
    json_.BeginArray();
    for (const std::string_view text : texts) json_.String(text);
    json_.EndArray();
  }

  void Id(std::string_view key, std::string_view bytes) {
    if (bytes.empty()) return;
    json_.Key(key);
    json_.String(tempo_ ? Base64Encode(bytes) : model::BytesToHex(bytes));
  }

  void Count(std::string_view key, uint32_t count) {
    if (count == 0) return;
    json_.Key(key);
    json_.Number(count);
  }

  void Time(std::string_view key, UnixNanos time) {
    if (time == 0) return;
    json_.Key(key);
    json_.Text64(time);
  }

  void Enum(std::string_view key, int32_t number, std::span<const std::string_view> names) {
    if (number == 0) return;
    json_.Key(key);
    if (tempo_ && number > 0 && static_cast<size_t>(number) < names.size()) {
      json_.String(names[static_cast<size_t>(number)]);
    } else {
      json_.Number(number);
    }
  }

  JsonWriter& json_;
  const SpanBatch& batch_;
  const bool tempo_;
};

// Roughly what a span takes in JSON.
constexpr size_t kBytesPerSpan = 1000;

}  // namespace

void WriteKeyValue(JsonWriter& json, const SpanBatch& batch, const model::Attribute& attribute) {
  json.BeginObject();
  json.Key("key");
  json.String(attribute.key);
  json.Key("value");
  WriteValue(json, batch, attribute.value);
  json.EndObject();
}

void WriteResourceSpans(JsonWriter& json, const SpanBatch& batch, TracesDialect dialect) {
  json.BeginArray();
  TracesWriter writer(json, batch, dialect);
  for (const ResourceGroup& group : GroupSpans(batch)) writer.ResourceSpans(group);
  json.EndArray();
}

std::string EncodeOtlpTracesJson(const SpanBatch& batch) {
  std::string text;
  text.reserve(batch.spans.size() * kBytesPerSpan);
  JsonWriter json(text);
  json.BeginObject();
  json.Key("resourceSpans");
  WriteResourceSpans(json, batch, TracesDialect::kOtlp);
  json.EndObject();
  return text;
}

std::string EncodeTempoTraceJson(const SpanBatch& batch) {
  std::string text;
  text.reserve(batch.spans.size() * kBytesPerSpan);
  JsonWriter json(text);
  json.BeginObject();
  json.Key("batches");
  WriteResourceSpans(json, batch, TracesDialect::kTempo);
  json.EndObject();
  return text;
}

std::string EncodeTempoTraceByIdJson(const SpanBatch& batch, uint64_t inspected_bytes,
                                     std::string_view partial) {
  std::string text;
  text.reserve(batch.spans.size() * kBytesPerSpan);
  JsonWriter json(text);
  json.BeginObject();
  json.Key("trace");
  json.BeginObject();
  if (!batch.spans.empty()) {
    json.Key("resourceSpans");
    WriteResourceSpans(json, batch, TracesDialect::kTempo);
  }
  json.EndObject();
  json.Key("metrics");
  json.BeginObject();
  if (inspected_bytes != 0) {
    json.Key("inspectedBytes");
    json.Text64(inspected_bytes);
  }
  json.EndObject();
  if (!partial.empty()) {
    json.Key("status");
    json.String("PARTIAL");
    json.Key("message");
    json.String(partial);
  }
  json.EndObject();
  return text;
}

}  // namespace orrery::wire
