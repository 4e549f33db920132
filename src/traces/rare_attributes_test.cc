// SPDX-License-Identifier: Apache-2.0
#include "traces/rare_attributes.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/clock.h"
#include "gtest/gtest.h"
#include "model/span_batch_testing.h"
#include "traces/block_testing.h"
#include "traces/head.h"
#include "traces/span_reader.h"
#include "traces/span_scan.h"
#include "traces/trace_query.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::Condition;
using contracts::SpanFilter;
using model::SpanBatch;
using model::Value;

SpanFilter Where(std::string name, Condition::Op op,
                 std::variant<bool, int64_t, double, std::string> operand) {
  SpanFilter filter;
  filter.kind = SpanFilter::Kind::kCondition;
  filter.condition.field = AttributeRef{AttributeScope::kSpan, std::move(name)};
  filter.condition.op = op;
  filter.condition.operand = std::move(operand);
  return filter;
}

SpanBatch ReadAll(const SpanTable& table) {
  SpanBatch batch;
  SpanReader reader(table, batch);
  for (uint32_t row = 0; row < table.rows(); ++row) EXPECT_TRUE(reader.Read(row).ok());
  return batch;
}

// Traces of ten spans. Each span has a key of its own between two that all have, and every other
// one a number under a second key of its own.
class UniqueKeys : public ::testing::Test {
 protected:
  static constexpr uint32_t kSpans = 100'000;
  static constexpr uint32_t kRowGroupSpans = 8192;

  void SetUp() override {
    texts_.reserve(2 * kSpans);
    traces_.reserve(kSpans / 10);
    for (uint32_t first = 0; first < kSpans; first += 10) traces_.push_back(Trace(first));
  }

  SpanBatch Trace(uint32_t first) {
    SpanBatch trace;
    trace.resources.resize(1);
    trace.scopes.resize(1);
    for (uint32_t i = first; i < first + 10; ++i) {
      model::Span& span = trace.spans.emplace_back();
      span.trace_id.bytes[0] = 1;
      span.trace_id.bytes[1] = static_cast<uint8_t>(i / 10);
      span.trace_id.bytes[2] = static_cast<uint8_t>(i / 10 >> 8);
      span.span_id.bytes[0] = static_cast<uint8_t>(i % 10 + 1);
      span.start = span.end = 1'000'000'000 + i;
      span.name = "work";
      const auto begin = static_cast<uint32_t>(trace.attributes.size());
      trace.attributes.push_back({"step", Value::Int(i % 7)});
      trace.attributes.push_back({Key(i), Value::String(i % 3 == 0 ? "on" : "off")});
      trace.attributes.push_back({"model", Value::String("gpt-4o")});
      if (i % 2 == 0) {
        trace.attributes.push_back(
            {texts_.emplace_back("n." + std::to_string(i)), Value::Int(int64_t{i} * 5)});
      }
      span.attributes = {begin, static_cast<uint32_t>(trace.attributes.size()) - begin};
    }
    return trace;
  }

  std::string_view Key(uint32_t i) { return texts_.emplace_back("custom." + std::to_string(i)); }

  // How many traces, and how many row groups were read for them.
  std::pair<size_t, uint64_t> Find(const Snapshot& snapshot, const SpanFilter& filter) {
    contracts::QueryContext context(clock_, {});
    const auto found = FindTraces(snapshot, filter, {}, 0, context);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return {found->size(), context.row_groups()};
  }

  SystemClock clock_;
  std::vector<std::string> texts_;
  std::vector<SpanBatch> traces_;
};

TEST_F(UniqueKeys, ABlockStaysSmallAndHasThemAll) {
  BlockRig rig;
  const auto block = rig.Write(traces_, kRowGroupSpans);
  EXPECT_LE(block->groups().size(), kSpans / kRowGroupSpans + 2);
  EXPECT_LT(block->disk_bytes() / kSpans, 40u);
  EXPECT_LE(block->names()[0].size(), 2u) << "the footer would grow with the keys";
  std::vector<SpanBatch> read;
  for (uint32_t group = 0; group < block->groups().size(); ++group) {
    const auto table = block->Load(group, TableNeed::Everything(), nullptr);
    ASSERT_TRUE(table.ok()) << table.status().ToString();
    EXPECT_LT((*table)->span_attributes.columns.size(), 8u);
    EXPECT_LT((*table)->span_attributes.shapes.size(), 8u);
    EXPECT_LT((*table)->memory_bytes() / (*table)->rows(), 400u);
    const SpanBatch spans = ReadAll(**table);
    for (uint32_t row = 0, trace = 0; row < spans.spans.size(); ++row) {
      while (traces_[trace].spans[0].trace_id != spans.spans[row].trace_id) ++trace;
      const size_t place = spans.spans[row].span_id.bytes[0] - 1u;
      EXPECT_TRUE(model::SameSpan(traces_[trace], place, spans, row)) << row;
    }
  }
}

TEST_F(UniqueKeys, FiltersFindThemAndPassOverTheRest) {
  BlockRig rig;
  Snapshot snapshot;
  snapshot.blocks = {rig.Write(traces_, kRowGroupSpans)};
  uint64_t row_groups = 0;
  for (const uint32_t i : {0u, 7u, 99'999u, 54'321u, 3u}) {
    const std::string key = "custom." + std::to_string(i);
    const std::string value = i % 3 == 0 ? "on" : "off";
    const auto [exists, read] = Find(snapshot, Where(key, Condition::Op::kExists, false));
    EXPECT_EQ(exists, 1u) << key;
    row_groups += read;
    EXPECT_EQ(Find(snapshot, Where(key, Condition::Op::kEqual, value)).first, 1u);
    EXPECT_EQ(Find(snapshot, Where(key, Condition::Op::kNotEqual, value)).first, 0u);
  }
  EXPECT_LE(row_groups, 10u) << "of 5 questions to 13 row groups";
  EXPECT_EQ(Find(snapshot, Where("n.500", Condition::Op::kGreater, int64_t{2499})).first, 1u);
  EXPECT_EQ(Find(snapshot, Where("n.500", Condition::Op::kGreater, int64_t{2500})).first, 0u);
  EXPECT_EQ(Find(snapshot, Where("step", Condition::Op::kExists, false)).first, traces_.size());
}

TEST_F(UniqueKeys, OnlyTheOneThatIsWantedIsReadBack) {
  BlockRig rig;
  Snapshot snapshot;
  snapshot.blocks = {rig.Write(traces_, kRowGroupSpans)};
  contracts::WantedFields wanted;
  wanted.all = false;
  wanted.fields = {AttributeRef{AttributeScope::kAny, "custom.25"}};
  contracts::QueryContext context(clock_, {});
  size_t attributes = 0;
  const std::vector<model::TraceId> ids = {traces_[2].spans[0].trace_id};
  ASSERT_TRUE(ReadTraces(snapshot, ids, wanted, context, [&](const SpanBatch& trace) {
                for (const model::Span& span : trace.spans) {
                  for (const auto& attribute : trace.Attributes(span.attributes)) {
                    EXPECT_EQ(attribute.key, "custom.25");
                    ++attributes;
                  }
                }
                return true;
              }).ok());
  EXPECT_EQ(attributes, 1u);
}

TEST_F(UniqueKeys, TagNamesAndValuesAreAllThere) {
  BlockRig rig;
  Snapshot snapshot;
  snapshot.blocks = {rig.Write(traces_, kRowGroupSpans)};
  contracts::QueryContext context(clock_, {});
  const auto names = FindTagNames(snapshot, {}, context);
  ASSERT_TRUE(names.ok()) << names.status().ToString();
  EXPECT_EQ(names->span.size(), kSpans + kSpans / 2 + 2);
  const auto values =
      FindTagValues(snapshot, AttributeRef{AttributeScope::kSpan, "custom.9"}, {}, 0, context);
  ASSERT_TRUE(values.ok()) << values.status().ToString();
  EXPECT_EQ(*values, std::vector<contracts::TagValue>{std::string("on")});
}

TEST_F(UniqueKeys, AScanOfColumnsReadsThem) {
  BlockRig rig;
  Snapshot in_block;
  in_block.blocks = {rig.Write(traces_, kRowGroupSpans)};
  Head head(kRowGroupSpans);
  for (const SpanBatch& trace : traces_) head.Append(trace);
  Snapshot in_head;
  in_head.tables = head.Tables();
  const std::vector<contracts::FieldRef> fields = {
      AttributeRef{AttributeScope::kSpan, "custom.54321"},
      AttributeRef{AttributeScope::kAny, "n.500"}, AttributeRef{AttributeScope::kSpan, "step"}};
  for (const Snapshot* snapshot : {&in_block, &in_head}) {
    contracts::QueryContext context(clock_, {});
    std::array<size_t, 3> found{};
    const auto visit = [&](const contracts::SpanColumns& columns) {
      for (size_t field = 0; field < fields.size(); ++field) {
        const contracts::FieldColumn& column = columns.fields[field];
        for (const uint32_t code : column.codes) {
          if (code == 0) continue;
          ++found[field];
          if (field == 0) {
            EXPECT_EQ(column.values[code].text(), "on");
          } else if (field == 1) {
            EXPECT_EQ(column.values[code].int_value(), 2500);
          }
        }
      }
      return true;
    };
    ASSERT_TRUE(ScanSpans(*snapshot, {}, {}, fields, context, visit).ok());
    EXPECT_EQ(found, (std::array<size_t, 3>{1, 1, kSpans}));
  }
}

TEST_F(UniqueKeys, TheHeadStaysSmallToo) {
  Head head(kRowGroupSpans);
  for (const SpanBatch& trace : traces_) head.Append(trace);
  Snapshot snapshot;
  snapshot.tables = head.Tables();
  EXPECT_LE(snapshot.tables.size(), kSpans / kRowGroupSpans + 1);
  size_t bytes = 0;
  for (const auto& table : snapshot.tables) bytes += table->bytes;
  EXPECT_LT(bytes / kSpans, 600u);
  EXPECT_EQ(Find(snapshot, Where("custom.77777", Condition::Op::kExists, false)).first, 1u);
  contracts::QueryContext context(clock_, {});
  const auto names = FindTagNames(snapshot, {}, context);
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(names->span.size(), kSpans + kSpans / 2 + 2);
}

// Keys that a table saw late, when it had no column left, are frequent after all.
TEST(RareAttributes, FrequentKeysGetTheirColumnBack) {
  std::vector<std::string> texts;
  texts.reserve(2000);
  SpanBatch batch;
  batch.resources.resize(1);
  batch.scopes.resize(1);
  for (int i = 0; i < 1000; ++i) {
    model::Span& span = batch.spans.emplace_back();
    span.trace_id.bytes[0] = 1;
    span.attributes = {static_cast<uint32_t>(batch.attributes.size()), 1};
    batch.attributes.push_back(
        {i < 400 ? texts.emplace_back("once." + std::to_string(i)) : std::string_view("often"),
         i % 100 == 99 ? Value() : Value::Int(i)});
  }
  SpanTable table = TableOf({batch});
  ASSERT_TRUE(table.span_attributes.has_rest());
  GatherRareAttributes(table.span_attributes);
  const auto& columns = table.span_attributes.columns;
  const auto often = std::ranges::find_if(
      columns, [&](const ValueColumn& column) { return table.texts.at(column.key) == "often"; });
  ASSERT_NE(often, columns.end());
  EXPECT_EQ(often->numbers.size(), 594u);
  EXPECT_LT(columns.size(), 6u);
  EXPECT_TRUE(model::SameSpans(batch, ReadAll(table)));
}

TEST(RareAttributes, ListsWithFewKeysStayAsTheyAre) {
  SpanTable table = TableOf({model::RandomBatch(4)});
  const std::vector<uint32_t> before = table.span_attributes.shape_columns;
  GatherRareAttributes(table.span_attributes);
  EXPECT_EQ(table.span_attributes.shape_columns, before);
  EXPECT_FALSE(table.span_attributes.has_rest());
}

}  // namespace
}  // namespace orrery::traces
