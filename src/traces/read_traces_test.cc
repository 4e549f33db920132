// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "traces/filter_testing.h"
#include "traces/store_testing.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::Intrinsic;
using contracts::SpanFilter;
using contracts::WantedFields;
using model::SpanBatch;

// Traces that lie in blocks, in the head, and in both.
class ReadTracesTest : public ::testing::Test {
 protected:
  ReadTracesTest() {
    rig_.options().row_group_spans = 64;
    rig_.options().head_age_nanos = UINT64_MAX;
    // Row groups come and go while traces are read.
    rig_.options().cache_bytes = 50'000;
  }

  void SetUp() override {
    ASSERT_TRUE(rig_.Open().ok());
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      ASSERT_TRUE(rig_.Append(seed).ok());
      if (seed == 13 || seed == 25) {
        ASSERT_TRUE(rig_.store().Flush().ok());
      }
    }
    contracts::QueryContext context(clock_, {});
    const auto found = rig_.store().FindTraces({}, {}, context);
    ASSERT_TRUE(found.ok());
    for (const auto& candidate : *found) ids_.push_back(candidate.id);
    ASSERT_GT(ids_.size(), 10u);
  }

  std::vector<SpanBatch> Read(const WantedFields& wanted) {
    contracts::QueryContext context(clock_, {});
    std::vector<SpanBatch> traces;
    EXPECT_TRUE(rig_.store()
                    .ReadTraces(ids_, wanted, context,
                                [&traces](const SpanBatch& trace) {
                                  traces.push_back(trace);
                                  return true;
                                })
                    .ok());
    EXPECT_EQ(context.traces(), ids_.size());
    return traces;
  }

  SystemClock clock_;
  fs::MemoryFileSystem fs_;
  StoreRig rig_{fs_};
  std::vector<model::TraceId> ids_;
};

void ExpectSameBasics(const SpanBatch& whole, const SpanBatch& part) {
  ASSERT_EQ(part.spans.size(), whole.spans.size());
  for (size_t i = 0; i < whole.spans.size(); ++i) {
    const model::Span& a = whole.spans[i];
    const model::Span& b = part.spans[i];
    EXPECT_EQ(b.trace_id, a.trace_id);
    EXPECT_EQ(b.span_id, a.span_id);
    EXPECT_EQ(b.parent_span_id, a.parent_span_id);
    EXPECT_EQ(b.start, a.start);
    EXPECT_EQ(b.end, a.end);
    EXPECT_EQ(b.name, a.name);
    EXPECT_EQ(b.kind, a.kind);
    EXPECT_EQ(b.status_code, a.status_code);
    EXPECT_EQ(part.ServiceName(b), whole.ServiceName(a));
    EXPECT_LT(b.scope, part.scopes.size());
  }
}

void AddFields(const SpanFilter& filter, WantedFields& wanted) {
  if (filter.kind == SpanFilter::Kind::kCondition) wanted.fields.push_back(filter.condition.field);
  for (const SpanFilter& child : filter.children) AddFields(child, wanted);
}

TEST_F(ReadTracesTest, BasicsAreThereWithoutBeingNamed) {
  const auto whole = Read({});
  const auto part = Read({.all = false, .fields = {}});
  ASSERT_EQ(part.size(), whole.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    ExpectSameBasics(whole[i], part[i]);
    EXPECT_TRUE(part[i].events.empty());
    for (const model::Span& span : part[i].spans) EXPECT_EQ(span.attributes.count, 0u);
  }
}

TEST_F(ReadTracesTest, AFilterSeesTheSameInItsFieldsAsInEverything) {
  const auto whole = Read({});
  std::mt19937_64 random(11);
  size_t matches = 0;
  for (int round = 0; round < 20; ++round) {
    const SpanFilter filter = RandomFilter(rig_.acknowledged()[round % 30], random);
    WantedFields wanted{.all = false, .fields = {}};
    AddFields(filter, wanted);
    const auto part = Read(wanted);
    ASSERT_EQ(part.size(), whole.size());
    for (size_t i = 0; i < whole.size(); ++i) {
      ExpectSameBasics(whole[i], part[i]);
      for (size_t span = 0; span < whole[i].spans.size(); ++span) {
        const bool is_match = SurelyMatches(whole[i], span, filter);
        EXPECT_EQ(SurelyMatches(part[i], span, filter), is_match);
        matches += is_match ? 1 : 0;
      }
    }
  }
  EXPECT_GT(matches, 30u);
}

TEST_F(ReadTracesTest, OnlyTheNamedAttributesAreInTheLists) {
  const std::string key(rig_.acknowledged()[0].attributes[0].key);
  const auto part = Read(
      {.all = false, .fields = {AttributeRef{AttributeScope::kSpan, key}, Intrinsic::kStatus}});
  size_t found = 0;
  for (const SpanBatch& trace : part) {
    for (const model::Span& span : trace.spans) {
      for (const model::Attribute& attribute : trace.Attributes(span.attributes)) {
        EXPECT_EQ(attribute.key, key);
        ++found;
      }
    }
    EXPECT_TRUE(trace.events.empty());
    EXPECT_TRUE(trace.links.empty());
  }
  EXPECT_GT(found, 0u);
}

TEST_F(ReadTracesTest, OfATraceWithTooManySpansTheFirstAreReadAndTheContextKnows) {
  const auto whole = Read({});
  for (const uint64_t most : {uint64_t{1}, uint64_t{7}, uint64_t{100'000}}) {
    contracts::QueryContext context(clock_, {.max_trace_spans = most});
    size_t at = 0;
    size_t larger = 0;
    const auto visit = [&](const SpanBatch& trace) {
      const SpanBatch& all = whole[at++];
      larger += all.spans.size() > most ? 1 : 0;
      EXPECT_EQ(trace.spans.size(), std::min<size_t>(all.spans.size(), most));
      return true;
    };
    ASSERT_TRUE(rig_.store().ReadTraces(ids_, {}, context, visit).ok());
    EXPECT_EQ(at, whole.size());
    EXPECT_EQ(context.cut_traces(), larger);
    EXPECT_EQ(larger > 0, most < 100);
  }
}

}  // namespace
}  // namespace orrery::traces
