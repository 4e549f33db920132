// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/metrics_json.h"

#include <cmath>

#include "api/tempo/answer_json.h"
#include "api/tempo/warnings.h"
#include "wire/json_writer.h"

namespace orrery::api {
namespace {

using wire::JsonWriter;

void WriteValue(JsonWriter& json, double value) {
  if (value == 0) return;
  json.Key("value");
  json.Number(value);
}

void WriteSamples(JsonWriter& json, const std::vector<UnixNanos>& times,
                  const std::vector<double>& values) {
  json.Key("samples");
  json.BeginArray();
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    json.BeginObject();
    json.Key("timestampMs");
    json.Text64(times[i] / kNanosPerMilli);
    WriteValue(json, values[i]);
    json.EndObject();
  }
  json.EndArray();
}

void WriteExemplars(JsonWriter& json, const std::vector<traceql::MetricsExemplar>& exemplars) {
  if (exemplars.empty()) return;
  json.Key("exemplars");
  json.BeginArray();
  for (const traceql::MetricsExemplar& exemplar : exemplars) {
    json.BeginObject();
    WriteAttributes(json, "labels", exemplar.labels);
    WriteValue(json, exemplar.value);
    json.Key("timestampMs");
    json.Text64(exemplar.time / kNanosPerMilli);
    json.EndObject();
  }
  json.EndArray();
}

// The whole answer; `write_series` writes one series' own part.
template <typename WriteSeries>
std::string AnswerJson(const traceql::MetricsResponse& computed, size_t max_series,
                       const contracts::QueryContext& context, const WriteSeries& write_series) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Key("series");
  json.BeginArray();
  for (const traceql::MetricsSeries& series : computed.series) write_series(json, series);
  json.EndArray();
  WriteSearchMetrics(json, context);
  const std::string missing = WhatIsMissing(computed, max_series, context);
  if (!missing.empty()) {
    WriteText(json, "status", "PARTIAL");
    WriteText(json, "message", missing);
  }
  json.EndObject();
  return text;
}

}  // namespace

std::string WhatIsMissing(const traceql::MetricsResponse& computed, size_t max_series,
                          const contracts::QueryContext& context) {
  std::string missing;
  const auto add = [&](const std::string& sentence) {
    if (!missing.empty() && !sentence.empty()) missing += "; ";
    missing += sentence;
  };
  add(WhatIsCut(context));
  add(WhatIsDamaged(context));
  if (computed.truncated) {
    add("Response exceeds maximum series limit of " + std::to_string(max_series) +
        ", a partial response is returned. Warning: the accuracy of each individual value is not "
        "guaranteed.");
  }
  return missing;
}

std::string QueryRangeJson(const traceql::MetricsResponse& computed, size_t max_series,
                           const contracts::QueryContext& context) {
  return AnswerJson(computed, max_series, context,
                    [&](JsonWriter& json, const traceql::MetricsSeries& series) {
                      json.BeginObject();
                      WriteAttributes(json, "labels", series.labels);
                      WriteSamples(json, computed.times, series.values);
                      WriteExemplars(json, series.exemplars);
                      json.EndObject();
                    });
}

std::string QueryInstantJson(const traceql::MetricsResponse& computed, size_t max_series,
                             const contracts::QueryContext& context) {
  return AnswerJson(computed, max_series, context,
                    [&](JsonWriter& json, const traceql::MetricsSeries& series) {
                      if (std::isnan(series.values.back())) return;
                      json.BeginObject();
                      WriteAttributes(json, "labels", series.labels);
                      WriteValue(json, series.values.back());
                      json.EndObject();
                    });
}

}  // namespace orrery::api
