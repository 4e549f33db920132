// SPDX-License-Identifier: Apache-2.0
#include "traces/nested_sets.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "traceql/trace_view.h"
#include "traces/block_testing.h"
#include "traces/row_group_codec.h"
#include "traces/row_group_tree.h"

namespace orrery::traces {
namespace {

using model::SpanBatch;

model::SpanId Id(uint64_t number) {
  model::SpanId id;
  for (int i = 0; i < 8; ++i) id.bytes[7 - i] = static_cast<uint8_t>(number >> (8 * i));
  return id;
}

// What may happen to a span of a made-up trace.
enum class Oddity { kNone, kOrphans, kCycles, kTwins, kTriplets };

// A trace whose parents are anywhere before or after.
SpanBatch RandomTrace(uint64_t number, size_t spans, Oddity oddity, std::mt19937_64& random) {
  SpanBatch trace;
  trace.resources.resize(1);
  trace.scopes.resize(1);
  for (size_t i = 0; i < spans; ++i) {
    model::Span& span = trace.spans.emplace_back();
    span.trace_id.bytes[0] = static_cast<uint8_t>(number + 1);
    span.span_id = Id(i + 1);
    span.start = span.end = 1000 + i;
    span.kind = static_cast<int32_t>(random() % 6);
    // Mostly an earlier one, sometimes none: several roots.
    if (i > 0 && random() % 12 != 0) span.parent_span_id = Id(1 + random() % i);
    const bool is_odd = random() % 6 == 0;
    if (oddity == Oddity::kOrphans && is_odd) span.parent_span_id = Id(1'000'000 + i);
    if (oddity == Oddity::kCycles && is_odd) span.parent_span_id = Id(1 + random() % spans);
    if (oddity == Oddity::kTwins && is_odd && i > 0) {
      model::Span& client = trace.spans[i - 1];
      if (i < 2 || client.span_id != trace.spans[i - 2].span_id) span.span_id = client.span_id;
      client.kind = model::kClient;
      span.kind = model::kServer;
    }
    if (oddity == Oddity::kTriplets && i > 1 && i == spans / 2) {
      span.span_id = trace.spans[i - 1].span_id = trace.spans[0].span_id;
    }
  }
  return trace;
}

// left, right and parent of every span of a block, by trace and in the order of the rows.
struct Numbers {
  std::vector<int32_t> left;
  std::vector<int32_t> right;
  std::vector<int32_t> parent;
  bool operator==(const Numbers&) const = default;
};

std::map<model::TraceId, Numbers> NumbersOf(const TraceBlock& block) {
  std::map<model::TraceId, Numbers> numbers;
  TableNeed need;
  need.parts = kTracesPart | kTreePart;
  for (uint32_t group = 0; group < block.groups().size(); ++group) {
    const auto table = block.Load(group, need, nullptr);
    EXPECT_TRUE(table.ok()) << table.status().ToString();
    EXPECT_TRUE((*table)->span_ids.empty()) << "the numbers do not need the ids";
    const NestedSets& nested = (*table)->nested;
    for (const TraceRows& trace : (*table)->traces) {
      Numbers& of = numbers[trace.id];
      for (uint32_t row = trace.first; row <= trace.last; ++row) {
        of.left.push_back(static_cast<int32_t>(nested.left[row]));
        of.right.push_back(static_cast<int32_t>(nested.right[row]));
        of.parent.push_back(nested.parent[row]);
      }
    }
  }
  return numbers;
}

TEST(NestedSets, AreThoseThatTheEngineMakesOfTheWholeTrace) {
  std::mt19937_64 random(7);
  for (const Oddity oddity :
       {Oddity::kNone, Oddity::kOrphans, Oddity::kCycles, Oddity::kTwins, Oddity::kTriplets}) {
    // Row groups that cut most traces, few, and none.
    for (const uint32_t row_group_spans : {4u, 40u, 8192u}) {
      std::vector<SpanBatch> traces;
      traces.reserve(30);
      for (uint64_t i = 0; i < 30; ++i) {
        traces.push_back(RandomTrace(i, 1 + random() % 30, oddity, random));
      }
      BlockRig rig;
      const auto numbers = NumbersOf(*rig.Write(traces, row_group_spans));
      ASSERT_EQ(numbers.size(), traces.size());
      for (const SpanBatch& trace : traces) {
        traceql::TraceView view(trace);
        const traceql::TraceTree& tree = view.tree();
        const Numbers expected{tree.left, tree.right, tree.nested_parent};
        EXPECT_TRUE(numbers.at(trace.spans[0].trace_id) == expected)
            << "oddity " << static_cast<int>(oddity) << ", row groups of " << row_group_spans
            << ", trace " << int{trace.spans[0].trace_id.bytes[0]};
      }
    }
  }
}

TEST(NestedSets, IdsComeBackWhateverTheTreeIs) {
  std::mt19937_64 random(8);
  for (const Oddity oddity :
       {Oddity::kOrphans, Oddity::kCycles, Oddity::kTwins, Oddity::kTriplets}) {
    const SpanBatch trace = RandomTrace(1, 50, oddity, random);
    BlockRig rig;
    const auto block = rig.Write({trace}, 16);
    size_t next = 0;
    for (uint32_t group = 0; group < block->groups().size(); ++group) {
      const auto table = block->Load(group, TableNeed::Everything(), nullptr);
      ASSERT_TRUE(table.ok()) << table.status().ToString();
      for (uint32_t row = 0; row < (*table)->rows(); ++row, ++next) {
        EXPECT_EQ((*table)->span_ids[row], trace.spans[next].span_id);
        EXPECT_EQ((*table)->parent_ids[row], trace.spans[next].parent_span_id);
      }
    }
    EXPECT_EQ(next, trace.spans.size());
  }
}

TEST(NestedSets, CostLittleBesideTheParents) {
  std::mt19937_64 random(9);
  std::vector<SpanBatch> traces;
  traces.reserve(200);
  for (uint64_t i = 0; i < 200; ++i) traces.push_back(RandomTrace(i, 13, Oddity::kNone, random));
  const SpanTable table = [&] {
    SpanTable made = TableOf(traces);
    DeriveNestedSets(made);
    return made;
  }();
  std::string tree;
  EncodePart(table, kTreePart, tree);
  std::string ids;
  EncodePart(table, kIdsPart, ids);
  // Both together are not more than ids and one code for the parent.
  EXPECT_LE(tree.size() + ids.size(), 9 * table.rows() + 64);
}

}  // namespace
}  // namespace orrery::traces
