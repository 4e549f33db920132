// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/search_json.h"

#include <algorithm>
#include <limits>

#include "api/tempo/trace_id.h"
#include "wire/json_writer.h"

namespace orrery::api {
namespace {

using traceql::AnswerAttribute;
using traceql::AnswerValue;
using wire::JsonWriter;

void WriteScalar(JsonWriter& json, const std::string& text) {
  json.Key("stringValue");
  json.String(text);
}
void WriteScalar(JsonWriter& json, bool value) {
  json.Key("boolValue");
  json.Bool(value);
}
void WriteScalar(JsonWriter& json, int64_t number) {
  json.Key("intValue");
  json.Text64(number);
}
void WriteScalar(JsonWriter& json, double number) {
  json.Key("doubleValue");
  json.Number(number);
}
template <typename T>
void WriteScalar(JsonWriter& json, const std::vector<T>& items) {
  json.Key("arrayValue");
  json.BeginObject();
  json.Key("values");
  json.BeginArray();
  for (const auto& item : items) {
    json.BeginObject();
    WriteScalar(json, item);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void WriteAttributes(JsonWriter& json, const std::vector<AnswerAttribute>& attributes) {
  if (attributes.empty()) return;
  json.Key("attributes");
  json.BeginArray();
  for (const AnswerAttribute& attribute : attributes) {
    json.BeginObject();
    json.Key("key");
    json.String(attribute.key);
    json.Key("value");
    json.BeginObject();
    std::visit([&](const auto& value) { WriteScalar(json, value); }, attribute.value);
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
}

void WriteText(JsonWriter& json, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  json.Key(key);
  json.String(text);
}

void WriteText64(JsonWriter& json, std::string_view key, uint64_t number) {
  if (number == 0) return;
  json.Key(key);
  json.Text64(number);
}

void WriteNumber(JsonWriter& json, std::string_view key, uint64_t number) {
  if (number == 0) return;
  json.Key(key);
  json.Number(number);
}

void WriteSpanset(JsonWriter& json, const traceql::SearchSpanset& spanset) {
  json.BeginObject();
  json.Key("spans");
  json.BeginArray();
  for (const traceql::SearchSpan& span : spanset.spans) {
    json.BeginObject();
    json.Key("spanID");
    json.String(ToHex(span.id));
    WriteText(json, "name", span.name);
    WriteText64(json, "startTimeUnixNano", span.start);
    WriteText64(json, "durationNanos", span.duration_nanos);
    WriteAttributes(json, span.attributes);
    json.EndObject();
  }
  json.EndArray();
  WriteNumber(json, "matched", spanset.matched);
  WriteAttributes(json, spanset.attributes);
  json.EndObject();
}

void WriteServiceStats(JsonWriter& json, const std::vector<traceql::ServiceStats>& services) {
  if (services.empty()) return;
  json.Key("serviceStats");
  json.BeginObject();
  for (const traceql::ServiceStats& stats : services) {
    json.Key(stats.service);
    json.BeginObject();
    WriteNumber(json, "spanCount", stats.spans);
    WriteNumber(json, "errorCount", stats.errors);
    json.EndObject();
  }
  json.EndObject();
}

// `text` is what `json` writes to.
void WriteTrace(JsonWriter& json, const traceql::SearchTrace& trace, const std::string& text) {
  json.BeginObject();
  json.Key("traceID");
  json.String(ShortTraceId(trace.id));
  WriteText(json, "rootServiceName",
            trace.has_root ? trace.root_service : "<root span not yet received>");
  WriteText(json, "rootTraceName", trace.root_name);
  WriteText64(json, "startTimeUnixNano", trace.start);
  // An uint32 in Tempo's schema; Grafana refuses the whole answer for a larger number.
  WriteNumber(json, "durationMs",
              std::min<uint64_t>(trace.duration_nanos / kNanosPerMilli,
                                 std::numeric_limits<uint32_t>::max()));
  if (!trace.spansets.empty()) {
    json.Key("spanSet");
    const size_t begin = text.size();
    WriteSpanset(json, trace.spansets.front());
    const std::string first = text.substr(begin);
    json.Key("spanSets");
    json.BeginArray();
    json.Raw(first);
    for (size_t i = 1; i < trace.spansets.size(); ++i) WriteSpanset(json, trace.spansets[i]);
    json.EndArray();
  }
  WriteServiceStats(json, trace.services);
  json.EndObject();
}

}  // namespace

std::string SearchJson(const traceql::SearchResponse& found,
                       const contracts::QueryContext& context) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Key("traces");
  json.BeginArray();
  for (const traceql::SearchTrace& trace : found.traces) WriteTrace(json, trace, text);
  json.EndArray();
  json.Key("metrics");
  json.BeginObject();
  WriteNumber(json, "inspectedTraces", context.traces());
  WriteText64(json, "inspectedBytes", context.bytes());
  WriteNumber(json, "totalBlocks", context.blocks());
  WriteNumber(json, "completedJobs", 1);
  WriteNumber(json, "totalJobs", 1);
  WriteText64(json, "inspectedSpans", context.spans());
  json.EndObject();
  json.EndObject();
  return text;
}

}  // namespace orrery::api
