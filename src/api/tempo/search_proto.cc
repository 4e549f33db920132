// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/search_proto.h"

#include <algorithm>
#include <limits>

#include "api/tempo/answer_json.h"
#include "api/tempo/trace_id.h"

namespace orrery::api {
namespace {

using traceql::AnswerAttribute;
using wire::ProtoWriter;

// OTLP's AnyValue. What is set is written also when it is a default.
void WriteAny(ProtoWriter& any, const std::string& text) { any.Bytes(1, text); }
void WriteAny(ProtoWriter& any, bool flag) { any.Varint(2, flag ? 1 : 0); }
void WriteAny(ProtoWriter& any, int64_t number) { any.Signed(3, number); }
void WriteAny(ProtoWriter& any, double real) { any.Double(4, real); }
template <typename T>
void WriteAny(ProtoWriter& any, const std::vector<T>& items) {
  ProtoWriter array(any, 5);
  for (const auto& item : items) {
    ProtoWriter value(array, 1);
    WriteAny(value, static_cast<const T&>(item));
  }
}

void WriteSpanset(ProtoWriter& trace, uint32_t field, const traceql::SearchSpanset& spanset) {
  ProtoWriter message(trace, field);
  for (const traceql::SearchSpan& span : spanset.spans) {
    ProtoWriter out(message, 1);
    out.Bytes(1, ToHex(span.id));
    WriteText(out, 2, span.name);
    WriteNumber(out, 3, span.start);
    WriteNumber(out, 4, span.duration_nanos);
    WriteAttributes(out, 5, span.attributes);
  }
  WriteNumber(message, 2, spanset.matched);
  WriteAttributes(message, 3, spanset.attributes);
}

void WriteTrace(ProtoWriter& answer, const traceql::SearchTrace& trace) {
  ProtoWriter message(answer, 1);
  message.Bytes(1, ShortTraceId(trace.id));
  WriteText(message, 2, trace.has_root ? trace.root_service : "<root span not yet received>");
  WriteText(message, 3, trace.root_name);
  WriteNumber(message, 4, trace.start);
  WriteNumber(message, 5,
              std::min<uint64_t>(trace.duration_nanos / kNanosPerMilli,
                                 std::numeric_limits<uint32_t>::max()));
  if (!trace.spansets.empty()) WriteSpanset(message, 6, trace.spansets.front());
  for (const traceql::SearchSpanset& spanset : trace.spansets) WriteSpanset(message, 7, spanset);
  for (const traceql::ServiceStats& stats : trace.services) {
    ProtoWriter entry(message, 8);
    entry.Bytes(1, stats.service);
    ProtoWriter value(entry, 2);
    WriteNumber(value, 1, stats.spans);
    WriteNumber(value, 2, stats.errors);
  }
}

}  // namespace

void WriteAttributes(ProtoWriter& message, uint32_t field,
                     const std::vector<AnswerAttribute>& attributes) {
  for (const AnswerAttribute& attribute : attributes) {
    ProtoWriter entry(message, field);
    entry.Bytes(1, attribute.key);
    ProtoWriter any(entry, 2);
    std::visit([&](const auto& value) { WriteAny(any, value); }, attribute.value);
  }
}

void WriteText(ProtoWriter& message, uint32_t field, std::string_view text) {
  if (!text.empty()) message.Bytes(field, text);
}

void WriteNumber(ProtoWriter& message, uint32_t field, uint64_t number) {
  if (number != 0) message.Varint(field, number);
}

void WriteSearchMetrics(ProtoWriter& answer, uint32_t field,
                        const contracts::QueryContext& context) {
  ProtoWriter metrics(answer, field);
  WriteNumber(metrics, 1, context.traces());
  WriteNumber(metrics, 2, context.bytes());
  WriteNumber(metrics, 3, context.blocks());
  const Jobs jobs = JobsOf(context);
  WriteNumber(metrics, 4, jobs.done);
  WriteNumber(metrics, 5, jobs.total);
  WriteNumber(metrics, 7, context.spans());
}

std::string SearchProto(const traceql::SearchResponse& found,
                        const contracts::QueryContext& context) {
  return SearchProtoMessages(found, context, std::numeric_limits<size_t>::max()).front();
}

std::vector<std::string> SearchProtoMessages(const traceql::SearchResponse& found,
                                             const contracts::QueryContext& context,
                                             size_t max_bytes) {
  std::vector<std::string> messages(1);
  for (const traceql::SearchTrace& trace : found.traces) {
    std::string one;
    ProtoWriter writer(one);
    WriteTrace(writer, trace);
    std::string& last = messages.back();
    if (!last.empty() && one.size() > max_bytes - std::min(last.size(), max_bytes)) {
      messages.push_back(std::move(one));
    } else {
      last += one;
    }
  }
  for (std::string& message : messages) {
    ProtoWriter answer(message);
    WriteSearchMetrics(answer, 2, context);
  }
  return messages;
}

void WriteMetadataMetrics(ProtoWriter& answer, uint32_t field,
                          const contracts::QueryContext& context) {
  ProtoWriter metrics(answer, field);
  WriteNumber(metrics, 1, context.bytes());
  metrics.Varint(2, 1);
  metrics.Varint(3, 1);
  WriteNumber(metrics, 4, context.blocks());
}

}  // namespace orrery::api
