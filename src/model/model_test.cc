// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gtest/gtest.h>

#include "model/ids.h"
#include "model/span_batch.h"
#include "model/time_range.h"

namespace orrery::model {
namespace {

// One span whose only attribute is `value`.
SpanBatch OneSpan(Value value) {
  SpanBatch batch;
  batch.resources.emplace_back();
  batch.scopes.emplace_back();
  batch.attributes.push_back({"k", value});
  batch.spans.emplace_back().attributes = {0, 1};
  return batch;
}

TEST(Ids, HexRoundTripsInEitherCase) {
  const auto raw = HexToBytes("00F067aa0BA902b7");
  ASSERT_TRUE(raw.has_value());
  EXPECT_EQ(ToHex(SpanId::FromBytes(*raw)), "00f067aa0ba902b7");
  EXPECT_FALSE(HexToBytes("abc").has_value());
  EXPECT_FALSE(HexToBytes("zz").has_value());
}

TEST(Ids, OrderIsTheOrderOfTheHexTexts) {
  TraceId low;
  TraceId high;
  low.bytes[15] = 0xff;
  high.bytes[0] = 0x01;
  EXPECT_LT(low, high);
  EXPECT_TRUE(TraceId{}.IsZero());
}

TEST(SpanBatch, ValuesAreTwentyFourBytes) { EXPECT_EQ(sizeof(Value), 24u); }

TEST(SpanBatch, FindsTheServiceNameOnlyWhenItIsText) {
  SpanBatch batch = OneSpan(Value::Int(1));
  batch.attributes.push_back({"service.name", Value::String("cart")});
  batch.resources[0].attributes = {1, 1};
  EXPECT_EQ(batch.ServiceName(batch.spans[0]), "cart");
  batch.attributes[1].value = Value::Int(5);
  EXPECT_EQ(batch.ServiceName(batch.spans[0]), "");
}

TEST(SameSpans, ComparesNestedValuesByContent) {
  SpanBatch a = OneSpan(Value::Array({0, 2}));
  a.array_items = {Value::String("x"), Value::Double(std::numeric_limits<double>::quiet_NaN())};
  SpanBatch b = OneSpan(Value::Array({1, 2}));
  b.array_items = {Value(), a.array_items[0], a.array_items[1]};
  EXPECT_TRUE(SameSpans(a, b));
  b.array_items[1] = Value::String("y");
  EXPECT_FALSE(SameSpans(a, b));
}

TEST(SameSpans, IntAndDoubleOfOneNumberDiffer) {
  EXPECT_FALSE(SameSpans(OneSpan(Value::Int(1)), OneSpan(Value::Double(1))));
}

TEST(TimeRange, OverlapIncludesTheEdges) {
  EXPECT_TRUE((TimeRange{1, 5}).Overlaps({5, 9}));
  EXPECT_FALSE((TimeRange{1, 4}).Overlaps({5, 9}));
}

}  // namespace
}  // namespace orrery::model
