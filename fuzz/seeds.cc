// SPDX-License-Identifier: Apache-2.0
// Writes seeds for the fuzz targets whose input carries checksums: orrery_fuzz_seeds DIRECTORY.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "fs/file_system.h"
#include "fs/memory_file_system.h"
#include "model/span_batch_testing.h"
#include "storage/wal/log_writer.h"
#include "storage/wal/segment.h"
#include "traces/rare_attributes.h"
#include "traces/row_group_fuzz_input.h"
#include "traces/row_group_tree.h"
#include "traces/span_appender.h"
#include "traces/table_parts.h"

namespace orrery {
namespace {

void WriteSeed(const std::filesystem::path& folder, const std::string& name,
               std::string_view bytes) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / name, std::ios::binary) << bytes;
}

// Whole segments, one torn, as log_reader_fuzz takes them: the first byte is even when the header
// of the segment is part of the input.
Status WriteLogSeeds(const std::filesystem::path& folder) {
  fs::MemoryFileSystem fs;
  auto log = wal::LogWriter::Open(fs, "log", {});
  if (!log.ok()) return log.status();
  const std::string large(5000, 'x');
  const std::vector<std::string_view> records = {"a", "second record", large};
  Status status = (*log)->Append(records);
  if (!status.ok()) return status;
  const std::string path = "log/" + wal::SegmentName(1);
  const auto file = fs.OpenRead(path);
  if (!file.ok()) return file.status();
  const auto bytes = (*file)->Read(0, (*file)->size());
  if (!bytes.ok()) return bytes.status();
  WriteSeed(folder, "whole", '\0' + *bytes);
  WriteSeed(folder, "torn", '\0' + bytes->substr(0, bytes->size() - 3));
  return OkStatus();
}

// The spans of each trace together, as row groups want them.
std::string RowGroupOf(model::SpanBatch batch) {
  std::ranges::stable_sort(batch.spans, {}, &model::Span::trace_id);
  traces::SpanAppender appender;
  appender.Begin(batch);
  for (const model::Span& span : batch.spans) appender.Append(span);
  traces::SpanTable table = appender.Take();
  for (const traces::Owner owner : traces::kOwners) {
    traces::GatherRareAttributes(traces::ListsOf(table, owner));
  }
  traces::DeriveNestedSets(table);
  return traces::ToFuzzInput(table);
}

// One trace in which each span has a key of its own: a row group with rest columns.
std::string RowGroupWithRareKeys() {
  std::vector<std::string> keys(300);
  model::SpanBatch batch;
  batch.resources.resize(1);
  batch.scopes.resize(1);
  for (uint32_t i = 0; i < keys.size(); ++i) {
    keys[i] = "key " + std::to_string(i);
    batch.attributes.push_back(
        {keys[i], i % 2 == 0 ? model::Value::Int(i) : model::Value::String(keys[i / 2])});
    model::Span& span = batch.spans.emplace_back();
    span.trace_id.bytes[0] = 1;
    span.span_id.bytes[0] = static_cast<uint8_t>(i + 1);
    if (i > 0) span.parent_span_id.bytes[0] = static_cast<uint8_t>(i / 2 + 1);
    span.attributes = {i, 1};
  }
  return RowGroupOf(std::move(batch));
}

void WriteRowGroupSeeds(const std::filesystem::path& folder) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    model::RandomBatchOptions options;
    options.spans = 8 * seed;
    options.traces = 3;
    options.odd_text = seed % 2 == 0;
    WriteSeed(folder, "random_" + std::to_string(seed),
              RowGroupOf(model::RandomBatch(seed, options)));
  }
  WriteSeed(folder, "rare_keys", RowGroupWithRareKeys());
}

}  // namespace
}  // namespace orrery

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: orrery_fuzz_seeds DIRECTORY\n", stderr);
    return 2;
  }
  const std::filesystem::path folder(argv[1]);
  orrery::WriteRowGroupSeeds(folder / "trace_block_fuzz");
  const auto status = orrery::WriteLogSeeds(folder / "log_reader_fuzz");
  if (!status.ok()) {
    std::fprintf(stderr, "orrery_fuzz_seeds: %s\n", status.ToString().c_str());
    return 1;
  }
  return 0;
}
