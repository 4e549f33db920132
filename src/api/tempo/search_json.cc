// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/search_json.h"

#include <algorithm>
#include <limits>

#include "api/tempo/answer_json.h"
#include "api/tempo/trace_id.h"
#include "wire/json_writer.h"

namespace orrery::api {
namespace {

using wire::JsonWriter;

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
    WriteAttributes(json, "attributes", span.attributes);
    json.EndObject();
  }
  json.EndArray();
  WriteNumber(json, "matched", spanset.matched);
  WriteAttributes(json, "attributes", spanset.attributes);
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
  WriteSearchMetrics(json, context);
  json.EndObject();
  return text;
}

}  // namespace orrery::api
