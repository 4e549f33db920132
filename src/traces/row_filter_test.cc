// SPDX-License-Identifier: Apache-2.0
#include "traces/row_filter.h"

#include <random>
#include <string>

#include "gtest/gtest.h"
#include "model/span_batch_testing.h"
#include "traces/filter_testing.h"
#include "traces/span_appender.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::Condition;
using contracts::Intrinsic;
using contracts::SpanFilter;
using model::SpanBatch;
using model::Value;

SpanTable TableOf(const SpanBatch& batch) {
  SpanAppender appender;
  appender.Begin(batch);
  for (const model::Span& span : batch.spans) appender.Append(span);
  return appender.Take();
}

SpanFilter Where(contracts::FieldRef field, Condition::Op op,
                 std::variant<bool, int64_t, double, std::string> operand) {
  SpanFilter filter;
  filter.kind = SpanFilter::Kind::kCondition;
  filter.condition.field = std::move(field);
  filter.condition.op = op;
  filter.condition.operand = std::move(operand);
  return filter;
}

AttributeRef Any(std::string name) { return {AttributeScope::kAny, std::move(name)}; }

// Three spans: retries 2; retries 2.5 and a resource; retries "2".
SpanBatch Sample() {
  SpanBatch batch;
  batch.resources.resize(2);
  batch.scopes.resize(1);
  batch.attributes = {{"retries", Value::Int(2)},
                      {"retries", Value::Double(2.5)},
                      {"retries", Value::String("2")},
                      {"service.name", Value::String("shop")}};
  batch.resources[1].attributes = {3, 1};
  for (uint32_t i = 0; i < 3; ++i) {
    model::Span span;
    span.trace_id.bytes[15] = 1;
    span.span_id.bytes[7] = static_cast<uint8_t>(i + 1);
    span.start = 100;
    span.end = 100 + 10 * i;
    span.name = i == 0 ? "first" : "other";
    span.status_code = static_cast<int32_t>(i);
    span.attributes = {i, 1};
    span.resource = i == 1 ? 1 : 0;
    batch.spans.push_back(span);
  }
  return batch;
}

std::string Rows(const SpanFilter& filter) {
  const SpanTable table = TableOf(Sample());
  std::string rows;
  FilterRows(table, filter).ForEach([&rows](uint32_t row) { rows += std::to_string(row); });
  return rows;
}

TEST(RowFilter, NumbersCompareAcrossTypesAndTextDoesNot) {
  EXPECT_EQ(Rows(Where(Any("retries"), Condition::Op::kEqual, 2.0)), "0");
  EXPECT_EQ(Rows(Where(Any("retries"), Condition::Op::kGreaterEqual, int64_t{2})), "01");
  EXPECT_EQ(Rows(Where(Any("retries"), Condition::Op::kEqual, std::string("2"))), "2");
  EXPECT_EQ(Rows(Where(Any("retries"), Condition::Op::kNotEqual, int64_t{2})), "1");
}

TEST(RowFilter, ScopesAreKeptApart) {
  EXPECT_EQ(Rows(Where(Any("service.name"), Condition::Op::kEqual, std::string("shop"))), "1");
  EXPECT_EQ(Rows(Where(AttributeRef{AttributeScope::kSpan, "service.name"}, Condition::Op::kEqual,
                       std::string("shop"))),
            "");
  EXPECT_EQ(Rows(Where(AttributeRef{AttributeScope::kResource, "service.name"},
                       Condition::Op::kExists, false)),
            "1");
}

TEST(RowFilter, IntrinsicsAreThoseOfTheSpan) {
  EXPECT_EQ(Rows(Where(Intrinsic::kName, Condition::Op::kEqual, std::string("other"))), "12");
  EXPECT_EQ(Rows(Where(Intrinsic::kStatus, Condition::Op::kEqual, int64_t{2})), "2");
  EXPECT_EQ(Rows(Where(Intrinsic::kDuration, Condition::Op::kGreater, int64_t{9})), "12");
  EXPECT_EQ(Rows(Where(Intrinsic::kSpanId, Condition::Op::kEqual, std::string("0000000000000002"))),
            "1");
}

TEST(RowFilter, AndIntersectsAndOrUnites) {
  SpanFilter both;
  both.kind = SpanFilter::Kind::kAnd;
  both.children = {Where(Intrinsic::kName, Condition::Op::kEqual, std::string("other")),
                   Where(Intrinsic::kStatus, Condition::Op::kEqual, int64_t{2})};
  EXPECT_EQ(Rows(both), "2");
  both.kind = SpanFilter::Kind::kOr;
  EXPECT_EQ(Rows(both), "12");
}

TEST(RowFilter, NothingThatMatchesIsLost) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    const SpanBatch batch = model::RandomBatch(seed);
    const SpanTable table = TableOf(batch);
    size_t passed = 0;
    size_t matched = 0;
    for (int i = 0; i < 60; ++i) {
      const SpanFilter filter = RandomFilter(batch, random);
      const RowSet rows = FilterRows(table, filter);
      for (uint32_t row = 0; row < table.rows(); ++row) {
        const bool matches = SurelyMatches(batch, row, filter);
        passed += rows.Has(row) ? 1 : 0;
        matched += matches ? 1 : 0;
        EXPECT_TRUE(rows.Has(row) || !matches) << "seed " << seed << ", filter " << i;
      }
    }
    EXPECT_GT(matched, 0u) << seed;
    EXPECT_LT(passed, matched + table.rows() * 60 / 2) << "the sieve lets nearly all pass";
  }
}

}  // namespace
}  // namespace orrery::traces
