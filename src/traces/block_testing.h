// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "model/span_batch.h"
#include "storage/block/block_directory.h"
#include "traces/row_group_cache.h"
#include "traces/span_appender.h"
#include "traces/trace_block.h"
#include "traces/trace_block_writer.h"

namespace orrery::traces {

// One batch for each trace of `batch`, in the order of their first spans; pools are shared.
inline std::vector<model::SpanBatch> SplitTraces(const model::SpanBatch& batch) {
  std::vector<model::SpanBatch> traces;
  for (const model::Span& span : batch.spans) {
    auto trace = traces.begin();
    while (trace != traces.end() && trace->spans[0].trace_id != span.trace_id) ++trace;
    if (trace == traces.end()) {
      trace = traces.insert(traces.end(), batch);
      trace->spans.clear();
    }
    trace->spans.push_back(span);
  }
  return traces;
}

inline SpanTable TableOf(const std::vector<model::SpanBatch>& batches) {
  SpanAppender appender;
  for (const model::SpanBatch& batch : batches) {
    appender.Begin(batch);
    for (const model::Span& span : batch.spans) appender.Append(span);
  }
  return appender.Take();
}

// Blocks in memory.
class BlockRig {
 public:
  // A block of one trace after the other.
  std::shared_ptr<const TraceBlock> Write(const std::vector<model::SpanBatch>& traces,
                                          uint32_t row_group_spans) {
    auto writer = TraceBlockWriter::Create(fs_, "blocks", ++last_, row_group_spans);
    EXPECT_TRUE(writer.ok()) << writer.status().ToString();
    for (const model::SpanBatch& trace : traces) EXPECT_TRUE((*writer)->Add(trace).ok());
    const auto manifest = (*writer)->Finish();
    EXPECT_TRUE(manifest.ok()) << manifest.status().ToString();
    return Open(*manifest);
  }
  std::shared_ptr<const TraceBlock> Open(const block::Manifest& manifest) {
    const auto block = TraceBlock::Open(fs_, "blocks", manifest, cache_);
    EXPECT_TRUE(block.ok()) << block.status().ToString();
    return *block;
  }

  fs::MemoryFileSystem& fs() { return fs_; }
  static std::string PathOf(const TraceBlock& block) {
    return block::PathOf("blocks", block.id()) + "/data";
  }

 private:
  fs::MemoryFileSystem fs_;
  RowGroupCache cache_{uint64_t{256} << 20};
  uint64_t last_ = 0;
};

}  // namespace orrery::traces
