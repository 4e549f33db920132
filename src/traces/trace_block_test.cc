// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_block.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "model/span_batch_testing.h"
#include "storage/columnar/bytes.h"
#include "storage/columnar/frame.h"
#include "traces/block_testing.h"

namespace orrery::traces {
namespace {

using model::SpanBatch;

model::TraceId Id(uint32_t number) {
  model::TraceId id;
  id.bytes[0] = 0xab;
  id.bytes[1] = static_cast<uint8_t>(number);
  id.bytes[2] = static_cast<uint8_t>(number >> 8);
  return id;
}

std::vector<SpanBatch> Traces(uint32_t count) {
  std::vector<SpanBatch> traces;
  for (uint32_t i = 0; i < count; ++i) {
    SpanBatch& trace = traces.emplace_back();
    trace.resources.resize(1);
    trace.scopes.resize(1);
    model::Span& span = trace.spans.emplace_back();
    span.trace_id = Id(i);
    span.span_id.bytes[0] = 1;
    span.start = span.end = 1000 + i;
  }
  return traces;
}

// A byte in the first chunk of the first row group: which traces it has.
void DamageFirstRowGroup(BlockRig& rig, const TraceBlock& block) {
  rig.fs().FlipBits(BlockRig::PathOf(block), block.groups()[0].offset, 1);
}

// The block's data with a byte of the trace index damaged; the checksum tells.
void DamageIndex(BlockRig& rig, const TraceBlock& block) {
  const std::string path = BlockRig::PathOf(block);
  const auto file = rig.fs().OpenRead(path);
  ASSERT_TRUE(file.ok());
  const auto data = (*file)->Read(0, (*file)->size());
  ASSERT_TRUE(data.ok());
  columnar::ByteReader trailer(std::string_view(*data).substr(data->size() - kTrailerBytes));
  const uint64_t offset = trailer.Fixed64();
  const auto frame = columnar::ReadFrame(std::string_view(*data).substr(offset, trailer.Fixed64()));
  ASSERT_TRUE(frame.ok());
  const auto footer = DecodeFooter(*frame, offset);
  ASSERT_TRUE(footer.ok());
  rig.fs().FlipBits(path, footer->index_offset + footer->index_bytes - 1, 1);
}

TEST(TraceBlock, EveryTraceIsFound) {
  BlockRig rig;
  const auto block = rig.Write(Traces(3000), 500);
  std::vector<TraceBlock::Place> places;
  for (uint32_t i = 0; i < 3000; ++i) {
    ASSERT_TRUE(block->FindTrace(Id(i), places).ok());
    ASSERT_EQ(places.size(), 1u) << i;
    EXPECT_EQ(places[0].group, i / 500);
    EXPECT_EQ(places[0].trace, i % 500);
  }
}

TEST(TraceBlock, AnIdThatIsNotThereCostsNoIndex) {
  BlockRig rig;
  const auto written = rig.Write(Traces(3000), 500);
  DamageIndex(rig, *written);
  // Who is not answered by the filter asks the index, and then has to look into this row group.
  DamageFirstRowGroup(rig, *written);
  const auto block = rig.Open(written->manifest());
  std::vector<TraceBlock::Place> places;
  uint32_t asked_the_index = 0;
  for (uint32_t i = 10'000; i < 11'000; ++i) {
    ASSERT_TRUE(block->FindTrace(Id(i), places).ok());
    asked_the_index += places.empty() ? 0 : 1;
  }
  EXPECT_LT(asked_the_index, 30u);
  EXPECT_EQ(block->VerifyIndex().code(), StatusCode::kCorruption);
}

TEST(TraceBlock, WithoutAnIndexRowGroupsAreLookedThrough) {
  BlockRig rig;
  const auto written = rig.Write(Traces(3000), 500);
  DamageIndex(rig, *written);
  DamageFirstRowGroup(rig, *written);
  const auto block = rig.Open(written->manifest());
  std::vector<TraceBlock::Place> places;
  ASSERT_TRUE(block->FindTrace(Id(1234), places).ok());
  ASSERT_EQ(places.size(), 2u);
  EXPECT_EQ(places[0].group, 0u) << "it may be there, too";
  EXPECT_EQ(places[1].group, 2u);
  EXPECT_EQ(places[1].trace, 234u);
}

TEST(TraceBlock, ShortTracesAreNotCut) {
  model::RandomBatchOptions options;
  options.spans = 600;
  options.traces = 150;
  BlockRig rig;
  const std::vector<SpanBatch> made = SplitTraces(model::RandomBatch(3, options));
  const auto block = rig.Write(made, 64);
  uint32_t traces = 0;
  for (const GroupEntry& group : block->groups()) traces += group.traces;
  EXPECT_EQ(traces, made.size()) << "a trace that is cut counts in each row group";
}

TEST(TraceBlock, AnotherVersionIsRefusedWithASentence) {
  BlockRig rig;
  block::Manifest manifest = rig.Write(Traces(1), 8)->manifest();
  manifest.version = 1;
  RowGroupCache cache(1 << 20);
  const Status status = TraceBlock::Open(rig.fs(), "blocks", manifest, cache).status();
  EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
  EXPECT_NE(status.ToString().find("block version 1 is not known here"), std::string::npos);
}

}  // namespace
}  // namespace orrery::traces
