// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/answer_json.h"

#include <algorithm>
#include <string>

namespace orrery::api {

using traceql::AnswerAttribute;
using wire::JsonWriter;

namespace {

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

}  // namespace

void WriteAttributes(JsonWriter& json, std::string_view key,
                     const std::vector<AnswerAttribute>& attributes) {
  if (attributes.empty()) return;
  json.Key(key);
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

Jobs JobsOf(const contracts::QueryContext& context) {
  // A query that needs no data is one job, which is done.
  if (context.jobs() == 0) return {.done = 1, .total = 1};
  return {.done = std::min(context.done_jobs(), context.jobs()), .total = context.jobs()};
}

void WriteSearchMetrics(JsonWriter& json, const contracts::QueryContext& context) {
  json.Key("metrics");
  json.BeginObject();
  WriteNumber(json, "inspectedTraces", context.traces());
  WriteText64(json, "inspectedBytes", context.bytes());
  WriteNumber(json, "totalBlocks", context.blocks());
  const Jobs jobs = JobsOf(context);
  WriteNumber(json, "completedJobs", jobs.done);
  WriteNumber(json, "totalJobs", jobs.total);
  WriteText64(json, "inspectedSpans", context.spans());
  json.EndObject();
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

}  // namespace orrery::api
