// SPDX-License-Identifier: Apache-2.0
#include "traces/zone_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "gtest/gtest.h"
#include "model/span_batch_testing.h"
#include "traces/block_testing.h"
#include "traces/filter_testing.h"
#include "traces/head.h"
#include "traces/row_filter.h"
#include "traces/store_testing.h"
#include "traces/trace_query.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::Condition;
using contracts::Intrinsic;
using contracts::SpanFilter;
using model::SpanBatch;
using model::Value;
using Op = Condition::Op;
using Operand = std::variant<bool, int64_t, double, std::string>;

SpanFilter Where(contracts::FieldRef field, Op op, Operand operand = false) {
  SpanFilter filter;
  filter.kind = SpanFilter::Kind::kCondition;
  filter.condition.field = std::move(field);
  filter.condition.op = op;
  filter.condition.operand = std::move(operand);
  return filter;
}

AttributeRef Of(AttributeScope scope, std::string name) { return {scope, std::move(name)}; }
AttributeRef Any(std::string name) { return Of(AttributeScope::kAny, std::move(name)); }

std::vector<SpanBatch> RandomTraces(uint64_t seed) {
  model::RandomBatchOptions options;
  options.spans = 150;
  options.traces = 40;
  return SplitTraces(model::RandomBatch(seed, options));
}

Snapshot HeadOf(const std::vector<SpanBatch>& traces) {
  Snapshot snapshot;
  snapshot.tables.push_back(std::make_shared<const HeadTable>(TableOf(traces)));
  return snapshot;
}

std::vector<std::pair<model::TraceId, UnixNanos>> Find(const Snapshot& snapshot,
                                                       const SpanFilter& filter,
                                                       contracts::QueryContext& context) {
  const auto found = FindTraces(snapshot, filter, {}, 0, context);
  EXPECT_TRUE(found.ok()) << found.status().ToString();
  std::vector<std::pair<model::TraceId, UnixNanos>> traces;
  traces.reserve(found->size());
  for (const auto& candidate : *found) traces.emplace_back(candidate.id, candidate.newest_start);
  return traces;
}

// The head has no zones, so its answer is the one without pruning.
TEST(ZoneMap, TheAnswerWithPruningIsTheAnswerWithout) {
  const SystemClock clock;
  uint64_t skipped = 0;
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    const std::vector<SpanBatch> traces = RandomTraces(seed);
    const Snapshot head = HeadOf(traces);
    BlockRig rig;
    Snapshot blocks;
    blocks.blocks = {rig.Write(traces, 8)};
    std::mt19937_64 random(seed);
    for (int i = 0; i < 120; ++i) {
      const SpanFilter filter = RandomFilter(traces[random() % traces.size()], random);
      contracts::QueryContext context(clock, {});
      contracts::QueryContext pruned(clock, {});
      EXPECT_EQ(Find(blocks, filter, pruned), Find(head, filter, context))
          << "seed " << seed << ", filter " << i;
      EXPECT_EQ(pruned.row_groups() + pruned.skipped_row_groups(),
                blocks.blocks[0]->groups().size());
      skipped += pruned.skipped_row_groups();
    }
  }
  EXPECT_GT(skipped, 25u * 120) << "hardly anything is pruned";
}

// What one column of such values says about conditions.
class OneColumn {
 public:
  explicit OneColumn(const std::vector<Value>& values) {
    batch_.resources.resize(1);
    batch_.scopes.resize(1);
    for (const Value& value : values) {
      model::Span& span = batch_.spans.emplace_back();
      span.trace_id.bytes[0] = 1;
      span.attributes = {static_cast<uint32_t>(batch_.attributes.size()), 1};
      batch_.attributes.push_back({"x", value});
    }
    table_ = TableOf({batch_});
    zones_ = ZonesOf(table_);
    texts_ = TextFilterOf(table_.texts);
  }

  bool May(Op op, Operand operand) const {
    const SpanFilter filter = Where(Any("x"), op, std::move(operand));
    const bool may = MayMatch(zones_, filter, [this](std::string_view text) {
      return texts_.MayContain(bloom::HashOf(text));
    });
    EXPECT_TRUE(may || FilterRows(table_, filter).IsEmpty()) << "not sound";
    return may;
  }

 private:
  SpanBatch batch_;
  SpanTable table_;
  ZoneMap zones_;
  bloom::HashFilter texts_;
};

TEST(ZoneMap, IntegersCompareByRange) {
  const OneColumn x({Value::Int(-5), Value::Int(7)});
  EXPECT_TRUE(x.May(Op::kEqual, int64_t{0}));
  EXPECT_FALSE(x.May(Op::kEqual, int64_t{8}));
  EXPECT_FALSE(x.May(Op::kEqual, -5.5));
  EXPECT_TRUE(x.May(Op::kEqual, 7.0));
  EXPECT_FALSE(x.May(Op::kLess, int64_t{-5}));
  EXPECT_TRUE(x.May(Op::kLess, -4.5));
  EXPECT_TRUE(x.May(Op::kLessEqual, int64_t{-5}));
  EXPECT_FALSE(x.May(Op::kGreater, 7.0));
  EXPECT_TRUE(x.May(Op::kGreaterEqual, 7.0));
  EXPECT_TRUE(x.May(Op::kNotEqual, int64_t{7}));
  EXPECT_TRUE(x.May(Op::kExists, false));
  EXPECT_FALSE(x.May(Op::kEqual, std::string("7")));
  EXPECT_FALSE(x.May(Op::kNotEqual, true));
  EXPECT_FALSE(OneColumn({Value::Int(3), Value::Int(3)}).May(Op::kNotEqual, 3.0));
}

TEST(ZoneMap, LargeIntegersAreNotRoundedAway) {
  constexpr int64_t kLarge = (int64_t{1} << 53) + 1;
  const OneColumn x({Value::Int(kLarge)});
  EXPECT_TRUE(x.May(Op::kEqual, static_cast<double>(kLarge)));
  EXPECT_FALSE(x.May(Op::kEqual, kLarge - 1));
  EXPECT_TRUE(OneColumn({Value::Int(std::numeric_limits<int64_t>::min()),
                         Value::Int(std::numeric_limits<int64_t>::max())})
                  .May(Op::kGreater, int64_t{0}));
}

TEST(ZoneMap, DoublesCompareByRangeAndNanIsOnlyDifferent) {
  const OneColumn x({Value::Double(1.5), Value::Double(std::nan("")), Value::Double(-0.0)});
  EXPECT_TRUE(x.May(Op::kEqual, int64_t{0}));
  EXPECT_FALSE(x.May(Op::kGreater, 1.5));
  EXPECT_FALSE(x.May(Op::kLess, 0.0));
  EXPECT_TRUE(x.May(Op::kNotEqual, 1.5));
  const OneColumn nan({Value::Double(std::nan(""))});
  EXPECT_FALSE(nan.May(Op::kEqual, std::nan("")));
  EXPECT_FALSE(nan.May(Op::kLess, 1e300));
  EXPECT_TRUE(nan.May(Op::kNotEqual, 1.0));
  EXPECT_FALSE(nan.May(Op::kNotEqual, std::string("x")));
  EXPECT_TRUE(nan.May(Op::kExists, false));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(OneColumn({Value::Double(infinity)}).May(Op::kGreater, int64_t{5}));
}

TEST(ZoneMap, TruthsTextsAndArrays) {
  const OneColumn truths({Value::Bool(true)});
  EXPECT_TRUE(truths.May(Op::kEqual, true));
  EXPECT_FALSE(truths.May(Op::kEqual, false));
  EXPECT_FALSE(truths.May(Op::kEqual, int64_t{1}));
  const std::string prompt(200, 'p');
  const OneColumn texts({Value::String("gpt-4o"), Value::String(prompt)});
  EXPECT_TRUE(texts.May(Op::kEqual, std::string("gpt-4o")));
  EXPECT_FALSE(texts.May(Op::kEqual, std::string("gpt-5")));
  EXPECT_TRUE(texts.May(Op::kEqual, prompt + "other")) << "long texts are not in the filter";
  EXPECT_TRUE(texts.May(Op::kEqual, std::string()));
  EXPECT_TRUE(texts.May(Op::kNotEqual, std::string("gpt-4o")));
  EXPECT_TRUE(texts.May(Op::kLess, std::string("a")));
  EXPECT_FALSE(texts.May(Op::kLess, int64_t{5}));
  EXPECT_TRUE(OneColumn({Value::Array({0, 0})}).May(Op::kEqual, int64_t{1}));
  EXPECT_TRUE(OneColumn({Value::Bytes("\x01")}).May(Op::kEqual, std::string("no")));
}

// Traces of one span each, so that each row group of 8 is like no other.
SpanBatch OneSpan(uint32_t i, std::vector<std::string>& texts) {
  SpanBatch trace;
  trace.resources.resize(1);
  trace.scopes.resize(1);
  model::Span& span = trace.spans.emplace_back();
  span.trace_id.bytes[0] = 1;
  span.trace_id.bytes[1] = static_cast<uint8_t>(i);
  span.span_id.bytes[0] = 9;
  span.start = 1'000'000 + i;
  span.end = span.start + 10 * i;
  span.name = texts.emplace_back("operation " + std::to_string(i));
  span.kind = i < 8 ? model::kServer : model::kClient;
  span.status_code = i == 100 ? model::kStatusError : model::kStatusUnset;
  trace.attributes = {{"user", Value::String(texts.emplace_back("user-" + std::to_string(i)))},
                      {"tokens", Value::Int(i)},
                      {i < 64 ? "early" : "late", Value::Double(i / 2.0)}};
  span.attributes = {0, 3};
  if (i == 50) {
    trace.events.push_back({.time = span.start + 5, .name = "exception", .attributes = {}});
    span.events = {0, 1};
  }
  return trace;
}

TEST(ZoneMap, RowGroupsThatCannotMatchAreSkipped) {
  std::vector<std::string> texts;
  texts.reserve(1000);
  std::vector<SpanBatch> traces;
  traces.reserve(128);
  for (uint32_t i = 0; i < 128; ++i) traces.push_back(OneSpan(i, texts));
  BlockRig rig;
  Snapshot snapshot;
  snapshot.blocks = {rig.Write(traces, 8)};
  ASSERT_EQ(snapshot.blocks[0]->groups().size(), 16u);
  const SystemClock clock;
  const auto looked_at = [&](const SpanFilter& filter) {
    contracts::QueryContext context(clock, {});
    Find(snapshot, filter, context);
    EXPECT_EQ(context.skipped_row_groups(), 16 - context.row_groups());
    return context.row_groups();
  };
  EXPECT_EQ(looked_at({}), 16u);
  EXPECT_EQ(looked_at(Where(Intrinsic::kStatus, Op::kEqual, int64_t{2})), 1u);
  EXPECT_EQ(looked_at(Where(Intrinsic::kKind, Op::kEqual, int64_t{2})), 1u);
  EXPECT_EQ(looked_at(Where(Intrinsic::kKind, Op::kNotEqual, int64_t{2})), 15u);
  EXPECT_EQ(looked_at(Where(Intrinsic::kDuration, Op::kGreater, int64_t{1240})), 1u);
  EXPECT_EQ(looked_at(Where(Intrinsic::kEventName, Op::kEqual, std::string("exception"))), 1u);
  EXPECT_EQ(looked_at(Where(Intrinsic::kLinkTraceId, Op::kExists)), 0u);
  EXPECT_EQ(looked_at(Where(Any("tokens"), Op::kLess, 3.5)), 1u);
  EXPECT_EQ(looked_at(Where(Any("early"), Op::kExists)), 8u);
  EXPECT_EQ(looked_at(Where(Of(AttributeScope::kResource, "early"), Op::kExists)), 0u);
  EXPECT_EQ(looked_at(Where(Any("absent"), Op::kNotEqual, int64_t{1})), 0u);
  // One in fifty filters says yes for nothing, so these are counted together.
  EXPECT_LE(looked_at(Where(Any("user"), Op::kEqual, std::string("user-77"))), 3u);
  EXPECT_LE(looked_at(Where(Intrinsic::kName, Op::kEqual, std::string("operation 3"))), 3u);
  const std::string id = model::ToHex(traces[40].spans[0].trace_id);
  EXPECT_EQ(looked_at(Where(Intrinsic::kTraceId, Op::kEqual, id)), 1u);
  SpanFilter both;
  both.kind = SpanFilter::Kind::kAnd;
  both.children = {Where(Any("tokens"), Op::kGreater, int64_t{60}),
                   Where(Any("early"), Op::kExists)};
  EXPECT_EQ(looked_at(both), 1u);
  both.kind = SpanFilter::Kind::kOr;
  EXPECT_EQ(looked_at(both), 16u);
}

TEST(ZoneMap, TheStoreTellsWhatItSkipped) {
  fs::MemoryFileSystem fs;
  const SystemClock clock;
  const Logger logger(clock, 2, LogFormat::kLogfmt, LogLevel::kError);
  Telemetry telemetry;
  const WireDecoder decoder;
  Options options;
  options.row_group_spans = 8;
  const auto store = TraceStore::Open({fs, clock, logger, telemetry, decoder, {}}, "data", options);
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  std::vector<std::string> texts;
  texts.reserve(1000);
  for (uint32_t i = 0; i < 64; ++i) {
    const auto otlp =
        std::make_shared<const std::string>(wire::EncodeOtlpTraces(OneSpan(i, texts)));
    const auto decoded = wire::DecodeOtlpTraces(otlp);
    ASSERT_TRUE(decoded.ok());
    const contracts::SpanIngest ingest{decoded->batch, otlp};
    ASSERT_TRUE((*store)->Append(std::span(&ingest, 1)).ok());
  }
  ASSERT_TRUE((*store)->Flush().ok());
  contracts::QueryContext context(clock, {});
  const SpanFilter filter = Where(Any("tokens"), Op::kGreater, int64_t{60});
  ASSERT_TRUE((*store)->FindTraces(filter, {}, context).ok());
  const std::string text = telemetry.Render();
  EXPECT_NE(text.find("orrery_traces_searched_row_groups_total 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("orrery_traces_skipped_row_groups_total 7\n"), std::string::npos) << text;
}

TEST(ZoneMap, ComesBackFromItsBytes) {
  const std::vector<SpanBatch> traces = RandomTraces(5);
  const SpanTable table = TableOf(traces);
  const ZoneMap zones = ZonesOf(table);
  std::string bytes;
  EncodeZones(zones, bytes);
  std::vector<Owner> owners;
  owners.reserve(zones.columns.size());
  for (const ColumnZone& zone : zones.columns) owners.push_back(zone.owner);
  ZoneMap back;
  back.has_events = zones.has_events;
  back.has_links = zones.has_links;
  columnar::ByteReader in(bytes);
  ASSERT_TRUE(DecodeZones(in, owners, back));
  EXPECT_TRUE(in.AtEnd());
  std::string again;
  EncodeZones(back, again);
  EXPECT_EQ(again, bytes);
  for (size_t length = 0; length < bytes.size(); ++length) {
    ZoneMap cut;
    columnar::ByteReader short_in(std::string_view(bytes).substr(0, length));
    EXPECT_FALSE(DecodeZones(short_in, owners, cut)) << length;
  }
}

}  // namespace
}  // namespace orrery::traces
