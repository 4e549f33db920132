// SPDX-License-Identifier: Apache-2.0
#include "traces/span_table.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "model/span_batch_testing.h"
#include "traces/nested_value.h"
#include "traces/span_appender.h"
#include "traces/span_reader.h"
#include "traces/table_tags.h"

namespace orrery::traces {
namespace {

using model::SpanBatch;
using model::Value;

SpanTable TableOf(const std::vector<SpanBatch>& batches) {
  SpanAppender appender;
  for (const SpanBatch& batch : batches) {
    appender.Begin(batch);
    for (const model::Span& span : batch.spans) appender.Append(span);
  }
  return appender.Take();
}

SpanBatch ReadAll(const SpanTable& table, const std::vector<uint32_t>& rows) {
  SpanBatch batch;
  SpanReader reader(table, batch);
  for (const uint32_t row : rows) EXPECT_TRUE(reader.Read(row).ok());
  return batch;
}

std::vector<uint32_t> Ascending(uint32_t rows) {
  std::vector<uint32_t> order(rows);
  for (uint32_t row = 0; row < rows; ++row) order[row] = row;
  return order;
}

model::RandomBatchOptions OddOptions() {
  model::RandomBatchOptions options;
  options.spans = 120;
  options.odd_text = true;
  return options;
}

TEST(SpanTable, EverythingComesBackInOrder) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const SpanBatch batch = model::RandomBatch(seed, OddOptions());
    const SpanTable table = TableOf({batch});
    ASSERT_EQ(table.rows(), batch.spans.size());
    EXPECT_TRUE(model::SameSpans(batch, ReadAll(table, Ascending(table.rows())))) << seed;
  }
}

TEST(SpanTable, RowsComeBackInAnyOrder) {
  const SpanBatch batch = model::RandomBatch(7, OddOptions());
  const SpanTable table = TableOf({batch});
  std::vector<uint32_t> order = Ascending(table.rows());
  std::ranges::reverse(order);
  std::swap(order[3], order[90]);
  const SpanBatch back = ReadAll(table, order);
  for (size_t i = 0; i < order.size(); ++i) {
    EXPECT_TRUE(model::SameSpan(batch, order[i], back, i)) << i;
  }
}

TEST(SpanTable, EqualResourcesOfSeveralBatchesAreKeptOnce) {
  const SpanBatch batch = model::RandomBatch(3);
  const SpanTable once = TableOf({batch});
  const SpanTable thrice = TableOf({batch, batch, batch});
  EXPECT_EQ(thrice.rows(), 3 * once.rows());
  EXPECT_EQ(thrice.resources.size(), once.resources.size());
  EXPECT_EQ(thrice.scopes.size(), once.scopes.size());
  EXPECT_EQ(thrice.texts.short_texts.size(), once.texts.short_texts.size());
  EXPECT_EQ(thrice.traces.size(), once.traces.size());
}

TEST(SpanTable, TheRowsOfATraceAreChained) {
  const SpanBatch batch = model::RandomBatch(11, OddOptions());
  const SpanTable table = TableOf({batch});
  const TraceSlots slots(table);
  for (const TraceRows& trace : table.traces) {
    std::set<uint32_t> expected;
    for (uint32_t row = 0; row < table.rows(); ++row) {
      if (batch.spans[row].trace_id == trace.id) expected.insert(row);
    }
    std::set<uint32_t> chained;
    for (uint32_t row = slots.FirstRow(table, trace.id); row != kNoRow;
         row = table.next_of_trace[row]) {
      chained.insert(row);
    }
    EXPECT_EQ(chained, expected);
  }
  model::TraceId absent;
  absent.bytes.fill(0xfe);
  EXPECT_EQ(slots.FirstRow(table, absent), kNoRow);
}

TEST(SpanTable, ListsWithTheSameKeysShareAShape) {
  SpanBatch batch;
  batch.resources.resize(1);
  batch.scopes.resize(1);
  for (int i = 0; i < 100; ++i) {
    model::Span span;
    span.trace_id.bytes[15] = 1;
    span.start = 1;
    span.end = 2;
    span.attributes = {static_cast<uint32_t>(batch.attributes.size()), 2};
    batch.attributes.push_back({"http.method", Value::String(i % 2 == 0 ? "GET" : "PUT")});
    batch.attributes.push_back({"retries", Value::Int(i)});
    batch.spans.push_back(span);
  }
  const SpanTable table = TableOf({batch});
  EXPECT_EQ(table.span_attributes.shapes.size(), 2u);  // With the empty one.
  ASSERT_EQ(table.span_attributes.columns.size(), 2u);
  EXPECT_EQ(table.span_attributes.columns[1].numbers.size(), 100u);
}

TEST(SpanTable, FullWhenRowsOrColumnsRunOut) {
  SpanAppender appender;
  const SpanBatch batch = model::RandomBatch(5);
  appender.Begin(batch);
  EXPECT_FALSE(appender.Full(1));
  appender.Append(batch.spans[0]);
  EXPECT_TRUE(appender.Full(1));
  EXPECT_FALSE(appender.Full(2));
}

TEST(SpanTable, TagNamesAndValuesAreThoseOfTheSpans) {
  SpanBatch batch;
  batch.resources.resize(1);
  batch.scopes.resize(1);
  batch.array_items = {Value::String("a"), Value::Int(4)};
  batch.attributes = {{"x", Value::Int(3)},
                      {"x", Value::String("three")},
                      {"x", Value::Array({0, 2})},
                      {"service.name", Value::String("shop")}};
  batch.resources[0].attributes = {3, 1};
  model::Span span;
  span.trace_id.bytes[0] = 1;
  span.start = span.end = 5;
  span.name = "GET";
  span.attributes = {0, 3};
  batch.spans.push_back(span);
  const SpanTable table = TableOf({batch});

  TagNameSets names;
  CollectTagNames(table, names);
  EXPECT_EQ(ToTagNames(names).span, std::vector<std::string>{"x"});
  EXPECT_EQ(ToTagNames(names).resource, std::vector<std::string>{"service.name"});

  std::set<contracts::TagValue> values;
  contracts::AttributeRef x{contracts::AttributeScope::kAny, "x"};
  ASSERT_TRUE(CollectTagValues(table, x, values).ok());
  const std::set<contracts::TagValue> expected = {int64_t{3}, int64_t{4}, std::string("a"),
                                                  std::string("three")};
  EXPECT_EQ(values, expected);

  std::set<contracts::TagValue> span_names;
  ASSERT_TRUE(CollectTagValues(table, contracts::Intrinsic::kName, span_names).ok());
  EXPECT_EQ(span_names, std::set<contracts::TagValue>{std::string("GET")});
}

TEST(NestedValue, GarbageIsCorruption) {
  SpanBatch batch;
  batch.array_items = {Value::String("abc"), Value::Double(1.5), Value()};
  std::string bytes;
  EncodeNested(batch, Value::Array({0, 3}), bytes);
  SpanBatch back;
  Value value;
  ASSERT_TRUE(DecodeNested(bytes, Value::Type::kArray, back, value).ok());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(DecodeNested(bytes.substr(0, length), Value::Type::kArray, back, value).code(),
              StatusCode::kCorruption);
  }
  // A fuzzer found the list that was read as an array.
  EXPECT_EQ(DecodeNested(bytes, Value::Type::kKvList, back, value).code(), StatusCode::kCorruption);
  const std::string deep(100'000, static_cast<char>(Value::Type::kArray));
  EXPECT_EQ(DecodeNested(deep, Value::Type::kArray, back, value).code(), StatusCode::kCorruption);
}

}  // namespace
}  // namespace orrery::traces
