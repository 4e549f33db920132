// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "traces/store_testing.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::FieldRef;
using contracts::Intrinsic;
using model::SpanBatch;

std::string TextOf(const SpanBatch& pools, const model::Value& value) {
  switch (value.type()) {
    case model::Value::Type::kEmpty:
      return "-";
    case model::Value::Type::kString:
      return "\"" + std::string(value.text()) + "\"";
    case model::Value::Type::kBool:
      return value.bool_value() ? "true" : "false";
    case model::Value::Type::kInt:
      return std::to_string(value.int_value());
    case model::Value::Type::kDouble:
      return std::to_string(value.double_value());
    case model::Value::Type::kArray: {
      std::string text = "[";
      for (const model::Value& item : pools.Items(value)) text += TextOf(pools, item) + ",";
      return text + "]";
    }
    default:
      return "other";
  }
}

// One span as the fields of a query see it, read from its whole trace.
std::string ReadField(const SpanBatch& batch, const model::Span& span, const FieldRef& field) {
  if (const auto* intrinsic = std::get_if<Intrinsic>(&field)) {
    switch (*intrinsic) {
      case Intrinsic::kName:
        return TextOf(batch, model::Value::String(span.name));
      case Intrinsic::kDuration:
        return std::to_string(span.duration_nanos());
      case Intrinsic::kStatus:
        return std::to_string(span.status_code);
      case Intrinsic::kStatusMessage:
        return TextOf(batch, model::Value::String(span.status_message));
      case Intrinsic::kKind:
        return std::to_string(span.kind);
      case Intrinsic::kNestedSetParent:
        return span.parent_span_id.IsZero() ? "-1" : "0";
      case Intrinsic::kInstrumentationName:
        return TextOf(batch, model::Value::String(batch.ScopeOf(span).name));
      default:
        return TextOf(batch, model::Value::String(batch.ScopeOf(span).version));
    }
  }
  const auto& attribute = std::get<AttributeRef>(field);
  const std::pair<AttributeScope, model::IndexRange> lists[] = {
      {AttributeScope::kSpan, span.attributes},
      {AttributeScope::kResource, batch.ResourceOf(span).attributes},
      {AttributeScope::kInstrumentation, batch.ScopeOf(span).attributes}};
  for (const auto& [scope, list] : lists) {
    if (attribute.scope != AttributeScope::kAny && attribute.scope != scope) continue;
    const model::Value* value = batch.Find(list, attribute.name);
    if (value != nullptr && value->type() != model::Value::Type::kEmpty) {
      return TextOf(batch, *value);
    }
  }
  return "-";
}

std::string ColumnText(const contracts::SpanColumns& columns, size_t field, size_t span) {
  const contracts::FieldColumn& column = columns.fields[field];
  if (!column.nanos.empty()) return std::to_string(column.nanos[span]);
  return TextOf(columns.pools, column.values[column.codes[span]]);
}

// Spans in blocks, in the head, and in both, some of which were sent twice.
class SpanScanTest : public ::testing::Test {
 protected:
  SpanScanTest() {
    rig_.options().row_group_spans = 64;
    rig_.options().head_age_nanos = UINT64_MAX;
  }

  void SetUp() override {
    ASSERT_TRUE(rig_.Open().ok());
    for (const uint64_t seed : {1, 2, 3, 4, 5, 6, 3, 7, 8, 9, 2, 9, 10}) {
      ASSERT_TRUE(rig_.Append(seed).ok());
      if (seed == 5 || seed == 8) {
        ASSERT_TRUE(rig_.store().Flush().ok());
      }
    }
    contracts::QueryContext context(clock_, {});
    const auto names = rig_.store().FindTagNames({}, context);
    ASSERT_TRUE(names.ok());
    const auto add = [&](AttributeScope scope, const std::vector<std::string>& list) {
      for (const std::string& name : list) fields_.push_back(AttributeRef{scope, name});
    };
    add(AttributeScope::kSpan, names->span);
    add(AttributeScope::kAny, names->span);
    add(AttributeScope::kResource, names->resource);
    add(AttributeScope::kAny, names->resource);
    add(AttributeScope::kInstrumentation, names->instrumentation);
    add(AttributeScope::kAny, {"nobody has this"});
    for (const Intrinsic intrinsic :
         {Intrinsic::kName, Intrinsic::kDuration, Intrinsic::kStatus, Intrinsic::kStatusMessage,
          Intrinsic::kKind, Intrinsic::kInstrumentationName, Intrinsic::kInstrumentationVersion,
          Intrinsic::kNestedSetParent}) {
      fields_.emplace_back(intrinsic);
    }
  }

  // A line for each span, sorted.
  std::vector<std::string> Scan(const contracts::SpanFilter& filter,
                                const model::TimeRange& starts) {
    contracts::QueryContext context(clock_, {});
    std::vector<std::string> lines;
    const auto visit = [&](const contracts::SpanColumns& columns) {
      for (size_t span = 0; span < columns.starts.size(); ++span) {
        std::string line = model::ToHex(columns.traces[columns.trace_of_span[span]]) + " " +
                           std::to_string(columns.starts[span]);
        for (size_t i = 0; i < fields_.size(); ++i) line += " " + ColumnText(columns, i, span);
        lines.push_back(std::move(line));
      }
      return true;
    };
    EXPECT_TRUE(rig_.store().ScanSpans(filter, starts, fields_, context, visit).ok());
    std::ranges::sort(lines);
    return lines;
  }

  std::vector<std::string> Expected(const model::TimeRange& starts, bool failed_only = false) {
    contracts::QueryContext context(clock_, {});
    const auto found = rig_.store().FindTraces({}, {}, context);
    EXPECT_TRUE(found.ok());
    std::vector<model::TraceId> ids;
    ids.reserve(found->size());
    for (const auto& candidate : *found) ids.push_back(candidate.id);
    std::vector<std::string> lines;
    const auto visit = [&](const SpanBatch& trace) {
      for (const model::Span& span : trace.spans) {
        if (!starts.Contains(span.start)) continue;
        if (failed_only && span.status_code != model::kStatusError) continue;
        std::string line = model::ToHex(span.trace_id) + " " + std::to_string(span.start);
        for (const FieldRef& field : fields_) line += " " + ReadField(trace, span, field);
        lines.push_back(std::move(line));
      }
      return true;
    };
    EXPECT_TRUE(rig_.store().ReadTraces(ids, {}, context, visit).ok());
    std::ranges::sort(lines);
    return lines;
  }

  SystemClock clock_;
  fs::MemoryFileSystem fs_;
  StoreRig rig_{fs_};
  std::vector<FieldRef> fields_;
};

TEST_F(SpanScanTest, ColumnsAgreeWithWholeTracesAndASpanComesOnce) {
  const auto lines = Scan({}, {});
  EXPECT_GE(lines.size(), 500u);
  EXPECT_EQ(lines, Expected({}));
}

TEST_F(SpanScanTest, OnlySpansThatStartInTheRangeCome) {
  std::vector<uint64_t> starts;
  for (const SpanBatch& batch : rig_.acknowledged()) {
    for (const model::Span& span : batch.spans) starts.push_back(span.start);
  }
  std::ranges::sort(starts);
  const model::TimeRange middle{starts[starts.size() / 3], starts[starts.size() / 2]};
  const auto lines = Scan({}, middle);
  EXPECT_GT(lines.size(), 10u);
  EXPECT_LT(lines.size(), starts.size() / 2);
  EXPECT_EQ(lines, Expected(middle));
}

TEST_F(SpanScanTest, AFilterOnOneNumberIsExact) {
  contracts::SpanFilter filter;
  filter.kind = contracts::SpanFilter::Kind::kCondition;
  filter.condition.field = Intrinsic::kStatus;
  filter.condition.op = contracts::Condition::Op::kEqual;
  filter.condition.operand = int64_t{model::kStatusError};
  const auto lines = Scan(filter, {});
  EXPECT_GT(lines.size(), 0u);
  EXPECT_EQ(lines, Expected({}, true));
}

TEST_F(SpanScanTest, StopsWhenTheVisitorHasEnough) {
  contracts::QueryContext context(clock_, {});
  int visits = 0;
  const auto visit = [&](const contracts::SpanColumns&) { return ++visits < 2; };
  EXPECT_TRUE(rig_.store().ScanSpans({}, {}, fields_, context, visit).ok());
  EXPECT_EQ(visits, 2);
}

TEST_F(SpanScanTest, ACancelledQueryEnds) {
  contracts::QueryContext context(clock_, {});
  context.Cancel();
  const auto visit = [](const contracts::SpanColumns&) { return true; };
  EXPECT_EQ(rig_.store().ScanSpans({}, {}, fields_, context, visit).code(), StatusCode::kCancelled);
}

}  // namespace
}  // namespace orrery::traces
