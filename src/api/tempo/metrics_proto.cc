// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/metrics_proto.h"

#include <algorithm>
#include <cmath>

#include "api/tempo/metrics_json.h"
#include "api/tempo/search_proto.h"
#include "wire/proto_writer.h"

namespace orrery::api {
namespace {

using wire::ProtoWriter;

constexpr uint64_t kPartial = 1;  // Of PartialStatus.

void WriteValue(ProtoWriter& message, uint32_t field, double value) {
  if (value != 0) message.Double(field, value);
}

void WriteRangeSeries(ProtoWriter& answer, const std::vector<UnixNanos>& times,
                      const traceql::MetricsSeries& series) {
  ProtoWriter message(answer, 1);
  WriteAttributes(message, 1, series.labels);
  for (size_t i = 0; i < series.values.size(); ++i) {
    if (std::isnan(series.values[i])) continue;
    ProtoWriter sample(message, 2);
    WriteValue(sample, 1, series.values[i]);
    WriteNumber(sample, 2, times[i] / kNanosPerMilli);
  }
  for (const traceql::MetricsExemplar& exemplar : series.exemplars) {
    ProtoWriter out(message, 4);
    WriteAttributes(out, 1, exemplar.labels);
    WriteValue(out, 2, exemplar.value);
    WriteNumber(out, 3, exemplar.time / kNanosPerMilli);
  }
}

void WriteEnd(std::string& message, const std::string& missing,
              const contracts::QueryContext& context) {
  ProtoWriter answer(message);
  WriteSearchMetrics(answer, 2, context);
  if (missing.empty()) return;
  answer.Varint(3, kPartial);
  answer.Bytes(4, missing);
}

}  // namespace

std::vector<std::string> QueryRangeProtoMessages(const traceql::MetricsResponse& computed,
                                                 size_t max_series,
                                                 const contracts::QueryContext& context,
                                                 size_t max_bytes) {
  std::vector<std::string> messages(1);
  for (const traceql::MetricsSeries& series : computed.series) {
    std::string one;
    ProtoWriter writer(one);
    WriteRangeSeries(writer, computed.times, series);
    std::string& last = messages.back();
    if (!last.empty() && one.size() > max_bytes - std::min(last.size(), max_bytes)) {
      messages.push_back(std::move(one));
    } else {
      last += one;
    }
  }
  const std::string missing = WhatIsMissing(computed, max_series, context);
  for (std::string& message : messages) WriteEnd(message, missing, context);
  return messages;
}

std::string QueryInstantProto(const traceql::MetricsResponse& computed, size_t max_series,
                              const contracts::QueryContext& context) {
  std::string text;
  ProtoWriter answer(text);
  for (const traceql::MetricsSeries& series : computed.series) {
    if (std::isnan(series.values.back())) continue;
    ProtoWriter message(answer, 1);
    WriteAttributes(message, 1, series.labels);
    WriteValue(message, 2, series.values.back());
  }
  WriteEnd(text, WhatIsMissing(computed, max_series, context), context);
  return text;
}

}  // namespace orrery::api
