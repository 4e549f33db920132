// SPDX-License-Identifier: Apache-2.0
#include "wire/tempo_trace.h"

#include <gtest/gtest.h>

#include "wire/otlp_traces_encode.h"

namespace orrery::wire {
namespace {

using model::SpanBatch;

SpanBatch OneSpan() {
  SpanBatch batch;
  batch.attributes = {{"service.name", model::Value::String("cart")}};
  batch.resources.emplace_back().attributes = {0, 1};
  batch.scopes.emplace_back().name = "library";
  model::Span& span = batch.spans.emplace_back();
  span.trace_id.bytes[15] = 1;
  span.span_id.bytes[7] = 2;
  span.name = "GET /";
  span.kind = model::kServer;
  span.status_code = model::kStatusError;
  span.start = 100;
  span.end = 200;
  return batch;
}

constexpr char kResourceSpans[] =
    R"([{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},)"
    R"("scopeSpans":[{"scope":{"name":"library"},"spans":[{"traceId":"AAAAAAAAAAAAAAAAAAAAAQ==",)"
    R"("spanId":"AAAAAAAAAAI=","name":"GET /","kind":"SPAN_KIND_SERVER",)"
    R"("startTimeUnixNano":"100","endTimeUnixNano":"200",)"
    R"("status":{"code":"STATUS_CODE_ERROR"}}]}]}])";

TEST(TempoTrace, HasIdsInBase64AndEnumsAsNames) {
  EXPECT_EQ(EncodeTempoTraceJson(OneSpan()), R"({"batches":)" + std::string(kResourceSpans) + "}");
}

TEST(TempoTrace, SecondVersionWrapsTheTrace) {
  EXPECT_EQ(EncodeTempoTraceByIdJson(OneSpan(), 12), R"({"trace":{"resourceSpans":)" +
                                                         std::string(kResourceSpans) +
                                                         R"(},"metrics":{"inspectedBytes":"12"}})");
}

TEST(TempoTrace, KindsWithoutANameAreNumbers) {
  SpanBatch batch = OneSpan();
  batch.spans[0].kind = 77;
  batch.spans[0].status_code = -1;
  const std::string text = EncodeTempoTraceJson(batch);
  EXPECT_NE(text.find(R"("kind":77)"), std::string::npos);
  EXPECT_NE(text.find(R"("code":-1)"), std::string::npos);
}

TEST(TempoTrace, NotFoundIsAnEmptyTraceThatIsThere) {
  EXPECT_EQ(EncodeTempoTraceByIdJson({}, 0), R"({"trace":{},"metrics":{}})");
  EXPECT_EQ(EncodeTempoTraceById({}, 0), std::string("\x0a\x00\x12\x00", 4));
}

TEST(TempoTrace, ProtobufHoldsTheTraceAsOtlpHasIt) {
  const std::string trace = EncodeOtlpTraces(OneSpan());
  const std::string answer = EncodeTempoTraceById(OneSpan(), 3);
  EXPECT_EQ(answer.substr(2, trace.size()), trace);
  EXPECT_EQ(answer.substr(2 + trace.size()), "\x12\x02\x08\x03");
}

TEST(TempoTrace, WhatIsMissingIsSaid) {
  EXPECT_EQ(EncodeTempoTraceByIdJson({}, 0, "half"),
            R"({"trace":{},"metrics":{},"status":"PARTIAL","message":"half"})");
  EXPECT_EQ(EncodeTempoTraceById({}, 0, "half"),
            std::string("\x0a\x00\x12\x00\x18\x01\x22\x04half", 12));
}

TEST(TempoTrace, ProtobufGivesABareResourceAnEmptyServiceName) {
  SpanBatch batch = OneSpan();
  batch.resources[0].attributes = {};
  const std::string answer = EncodeTempoTraceById(batch, 0);
  EXPECT_NE(answer.find("\x0a\x14\x0a\x12\x0a\x0cservice.name\x12\x02\x0a"), std::string::npos);
  EXPECT_EQ(batch.attributes.size(), 1u);
}

}  // namespace
}  // namespace orrery::wire
