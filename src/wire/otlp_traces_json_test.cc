// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_traces_json.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "model/span_batch_testing.h"
#include "wire/otlp_limits.h"
#include "wire/otlp_traces_decode.h"

namespace orrery::wire {
namespace {

using model::SpanBatch;
using model::Value;

// A request with one span, which has ids and a start, and `members` behind them.
std::string OneSpan(const std::string& members) {
  return R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C",)"
         R"("spanId":"eee19b7ec3c1b174","startTimeUnixNano":"100","endTimeUnixNano":200)" +
         (members.empty() ? "" : "," + members) + "}]}]}]}";
}

std::string WithValue(const std::string& value) {
  return OneSpan(R"("attributes":[{"key":"k","value":)" + value + "}]");
}

SpanBatch Read(const std::string& json) {
  auto otlp = TranscodeOtlpTracesJson(json);
  EXPECT_TRUE(otlp.ok()) << otlp.status().ToString() << "\n" << json;
  if (!otlp.ok()) return {};
  auto decoded = DecodeOtlpTraces(std::make_shared<const std::string>(*std::move(otlp)));
  EXPECT_TRUE(decoded.ok());
  return std::move(decoded->batch);
}

Value ReadValue(const std::string& value) {
  const SpanBatch batch = Read(WithValue(value));
  // Only for values without text: the batch goes with this scope.
  return batch.attributes.empty() ? Value() : batch.attributes[0].value;
}

std::string ErrorOf(const std::string& json) {
  const auto otlp = TranscodeOtlpTracesJson(json);
  EXPECT_FALSE(otlp.ok());
  EXPECT_EQ(otlp.status().code(), StatusCode::kInvalidArgument);
  return std::string(otlp.status().message());
}

TEST(TranscodeOtlpTracesJson, ReplacesHalvesOfSurrogatePairs) {
  const auto name = [](const std::string& text) {
    const SpanBatch batch = Read(OneSpan(R"("name":")" + text + "\""));
    return batch.spans.empty() ? "" : std::string(batch.spans[0].name);
  };
  EXPECT_EQ(name(R"(cut \ud83d)"), "cut \xef\xbf\xbd");
  EXPECT_EQ(name(R"(\udca9 low)"), "\xef\xbf\xbd low");
  EXPECT_EQ(name(R"(\ud83d\ud83d\udca9)"), "\xef\xbf\xbd\xf0\x9f\x92\xa9");
  EXPECT_EQ(name(R"(\\ud83d \ud83d)"), "\\ud83d \xef\xbf\xbd");
  ErrorOf(OneSpan(R"("name":"\ud83d \q")"));
}

TEST(TranscodeOtlpTracesJson, ReadsIdsOfEitherCaseAndTimesAsTextOrNumber) {
  const SpanBatch batch = Read(OneSpan(R"("parentSpanId":"EEE19B7EC3C1B173","kind":2)"));
  ASSERT_EQ(batch.spans.size(), 1u);
  EXPECT_EQ(ToHex(batch.spans[0].trace_id), "5b8efff798038103d269b633813fc60c");
  EXPECT_EQ(ToHex(batch.spans[0].parent_span_id), "eee19b7ec3c1b173");
  EXPECT_EQ(batch.spans[0].start, 100u);
  EXPECT_EQ(batch.spans[0].end, 200u);
  EXPECT_EQ(batch.spans[0].kind, model::kServer);
}

TEST(TranscodeOtlpTracesJson, ReadsEveryTypeOfValue) {
  EXPECT_EQ(ReadValue(R"({"boolValue":true})").bool_value(), true);
  EXPECT_EQ(ReadValue(R"({"intValue":"-9223372036854775808"})").int_value(), INT64_MIN);
  EXPECT_EQ(ReadValue(R"({"intValue":42})").int_value(), 42);
  EXPECT_EQ(ReadValue(R"({"intValue":1e3})").int_value(), 1000);
  EXPECT_EQ(ReadValue(R"({"intValue":1.5e300})").double_value(), 1.5e300);
  EXPECT_EQ(ReadValue(R"({"intValue":9223372036854775808})").double_value(), 9223372036854775808.0);
  EXPECT_EQ(ReadValue(R"({"doubleValue":1})").double_value(), 1.0);
  EXPECT_TRUE(std::isnan(ReadValue(R"({"doubleValue":"NaN"})").double_value()));
  EXPECT_EQ(ReadValue(R"({"doubleValue":"-Infinity"})").double_value(), -INFINITY);
  EXPECT_EQ(ReadValue(R"({"arrayValue":{}})").type(), Value::Type::kArray);
  EXPECT_EQ(ReadValue(R"({"kvlistValue":{"values":[]}})").type(), Value::Type::kKvList);
  EXPECT_EQ(ReadValue("{}").type(), Value::Type::kEmpty);
  EXPECT_EQ(ReadValue("null").type(), Value::Type::kEmpty);
  EXPECT_EQ(Read(WithValue(R"({"bytesValue":"YQ=="})")).attributes[0].value.bytes(), "a");
  EXPECT_EQ(Read(WithValue(R"({"stringValue":"\u00e9"})")).attributes[0].value.text(), "\xc3\xa9");
}

TEST(TranscodeOtlpTracesJson, EnumsAreNumbersAndTheirNamesAreTaken) {
  EXPECT_EQ(Read(OneSpan(R"("kind":"SPAN_KIND_CLIENT")")).spans[0].kind, model::kClient);
  EXPECT_EQ(Read(OneSpan(R"("status":{"code":2})")).spans[0].status_code, model::kStatusError);
  EXPECT_EQ(ErrorOf(OneSpan(R"("kind":"CLIENT")")),
            "resourceSpans[0].scopeSpans[0].spans[0].kind: not a number that names a kind");
}

TEST(TranscodeOtlpTracesJson, UnknownAndSnakeCaseFieldsAndNullAreIgnored) {
  const SpanBatch batch =
      Read(OneSpan(R"("start_time_unix_nano":"7","future":{"a":[1]},"name":null,"events":null)"));
  ASSERT_EQ(batch.spans.size(), 1u);
  EXPECT_EQ(batch.spans[0].start, 100u);
  EXPECT_EQ(batch.spans[0].name, "");
}

TEST(TranscodeOtlpTracesJson, ABadSpanIdHarmsItsSpanAlone) {
  for (const char* id : {"xyz", "12", "5b8efff798038103d269b633813fc60c0"}) {
    auto otlp = TranscodeOtlpTracesJson(OneSpan(R"("traceId":")" + std::string(id) + '"'));
    ASSERT_TRUE(otlp.ok());
    const auto decoded = DecodeOtlpTraces(std::make_shared<const std::string>(*std::move(otlp)));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->counts.bad_trace_id, 1u) << id;
  }
}

TEST(TranscodeOtlpTracesJson, ErrorsSayWhere) {
  EXPECT_EQ(ErrorOf(OneSpan(R"("name":5)")),
            "resourceSpans[0].scopeSpans[0].spans[0].name: a string is wanted here");
  EXPECT_EQ(ErrorOf(R"({"resourceSpans":{}})"), "resourceSpans: an array is wanted here");
  EXPECT_EQ(ErrorOf("[]"), "an object is wanted here");
  EXPECT_EQ(ErrorOf(WithValue(R"({"intValue":"1.5"})")),
            "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.intValue: not a signed "
            "64-bit integer; write it as \"42\"");
  EXPECT_EQ(ErrorOf(OneSpan(R"("startTimeUnixNano":-1)")),
            "resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano: not an unsigned 64-bit "
            "integer; write it as \"42\"");
  EXPECT_EQ(ErrorOf(OneSpan(R"("links":[{"traceId":"1"}])")),
            "resourceSpans[0].scopeSpans[0].spans[0].links[0].traceId: not hex digits in pairs");
  EXPECT_EQ(ErrorOf("{").substr(0, 8), "not JSON");
  EXPECT_EQ(ErrorOf("").substr(0, 8), "not JSON");
}

TEST(TranscodeOtlpTracesJson, NestingHasTheLimitOfTheDecoder) {
  const auto nested = [](int depth) {
    std::string value;
    for (int i = 0; i < depth; ++i) value += R"({"arrayValue":{"values":[)";
    value += R"({"intValue":1})";
    for (int i = 0; i < depth; ++i) value += "]}}";
    return WithValue(value);
  };
  EXPECT_EQ(Read(nested(kMaxValueDepth)).spans.size(), 1u);
  for (const int depth : {kMaxValueDepth + 1, 10'000}) {
    const SpanBatch batch = Read(nested(depth));
    ASSERT_EQ(batch.spans.size(), 1u);
    EXPECT_EQ(batch.spans[0].attributes.count, 0u);
    EXPECT_EQ(batch.spans[0].dropped_attributes_count, 1u);
  }
  EXPECT_EQ(ErrorOf(nested(20'000)), "JSON nests too deep");
}

TEST(EncodeOtlpTracesJson, ReadingGivesTheSpansBack) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const SpanBatch batch = model::RandomBatch(seed);
    const SpanBatch back = Read(EncodeOtlpTracesJson(batch));
    ASSERT_EQ(back.spans.size(), batch.spans.size());
    for (size_t i = 0; i < back.spans.size(); ++i) {
      const auto found = std::find_if(
          batch.spans.begin(), batch.spans.end(),
          [&](const model::Span& span) { return span.span_id == back.spans[i].span_id; });
      ASSERT_NE(found, batch.spans.end());
      EXPECT_TRUE(SameSpan(batch, static_cast<size_t>(found - batch.spans.begin()), back, i));
    }
  }
}

TEST(EncodeOtlpTracesJson, LooksAsOtlpSays) {
  const SpanBatch batch = Read(OneSpan(
      R"("name":"GET","kind":3,"status":{"code":2,"message":"boom"},"flags":257,)"
      R"("attributes":[{"key":"n","value":{"intValue":"7"}},{"key":"e","value":{}}],)"
      R"("events":[{"timeUnixNano":"150","name":"exception"}],)"
      R"("links":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b173"}])"));
  EXPECT_EQ(
      EncodeOtlpTracesJson(batch),
      R"({"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[)"
      R"({"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","flags":257,)"
      R"("name":"GET","kind":3,"startTimeUnixNano":"100","endTimeUnixNano":"200",)"
      R"("attributes":[{"key":"n","value":{"intValue":"7"}},{"key":"e","value":{}}],)"
      R"("events":[{"timeUnixNano":"150","name":"exception"}],)"
      R"("links":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b173"}],)"
      R"("status":{"message":"boom","code":2}}]}]}]})");
}

}  // namespace
}  // namespace orrery::wire
