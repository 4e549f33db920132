// SPDX-License-Identifier: Apache-2.0
#include "traces/row_group.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "model/span_batch_testing.h"
#include "traces/row_group_fuzz_input.h"
#include "traces/row_group_tree.h"
#include "traces/span_appender.h"
#include "traces/span_reader.h"
#include "traces/trace_block_format.h"

namespace orrery::traces {
namespace {

using model::SpanBatch;

// A file that counts what is read of it.
class CountingFile final : public fs::ReadFile {
 public:
  explicit CountingFile(std::string bytes) : bytes_(std::move(bytes)) {}
  uint64_t size() const override { return bytes_.size(); }
  Result<std::string> Read(uint64_t offset, size_t length) const override {
    if (offset + length > bytes_.size()) return Corruption("file ends before");
    read_ += length;
    return bytes_.substr(offset, length);
  }
  uint64_t read() const { return read_; }

 private:
  const std::string bytes_;
  mutable uint64_t read_ = 0;
};

// Spans of a trace together, as row groups want them.
SpanBatch ByTrace(uint64_t seed, size_t spans) {
  model::RandomBatchOptions options;
  options.spans = spans;
  options.odd_text = true;
  SpanBatch batch = model::RandomBatch(seed, options);
  std::ranges::stable_sort(batch.spans, {}, &model::Span::trace_id);
  return batch;
}

SpanTable TableOf(const SpanBatch& batch) {
  SpanAppender appender;
  appender.Begin(batch);
  for (const model::Span& span : batch.spans) appender.Append(span);
  SpanTable table = appender.Take();
  DeriveNestedSets(table);
  return table;
}

SpanBatch ReadAll(const SpanTable& table) {
  SpanBatch batch;
  SpanReader reader(table, batch);
  for (uint32_t row = 0; row < table.rows(); ++row) EXPECT_TRUE(reader.Read(row).ok());
  return batch;
}

TEST(RowGroup, EverythingComesBack) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const SpanBatch batch = ByTrace(seed, 1 + 7 * seed);
    std::string bytes;
    const GroupEntry entry = WriteRowGroup(TableOf(batch), bytes);
    const CountingFile file(bytes);
    const auto group = RowGroup::Open(file, entry);
    ASSERT_TRUE(group.ok()) << group.status().ToString();
    uint64_t read = 0;
    const Status loaded = (*group)->Load(TableNeed::Everything(), read);
    ASSERT_TRUE(loaded.ok()) << loaded.ToString();
    EXPECT_TRUE(model::SameSpans(batch, ReadAll((*group)->table()))) << "seed " << seed;
  }
}

TEST(RowGroup, PartsLoadedOneByOneMakeTheSameTable) {
  const SpanBatch batch = ByTrace(3, 200);
  std::string bytes;
  const GroupEntry entry = WriteRowGroup(TableOf(batch), bytes);
  const CountingFile file(bytes);
  const auto group = RowGroup::Open(file, entry);
  ASSERT_TRUE(group.ok());
  uint64_t read = 0;
  for (uint32_t part = 1 << 18; part != 0; part >>= 1) {
    TableNeed need;
    need.parts = part;
    ASSERT_TRUE((*group)->Load(need, read).ok()) << "part " << part;
  }
  ASSERT_TRUE((*group)->Load(TableNeed::Everything(), read).ok());
  EXPECT_TRUE(model::SameSpans(batch, ReadAll((*group)->table())));
  const uint64_t once = read;
  ASSERT_TRUE((*group)->Load(TableNeed::Everything(), read).ok());
  EXPECT_EQ(read, once) << "read again what was there";
}

TEST(RowGroup, ALookAtTheNamesReadsLittleElse) {
  std::string bytes;
  const GroupEntry entry = WriteRowGroup(TableOf(ByTrace(5, 800)), bytes);
  const CountingFile file(bytes);
  const auto group = RowGroup::Open(file, entry);
  ASSERT_TRUE(group.ok());
  TableNeed need;
  need.parts = kNamesPart;
  uint64_t read = 0;
  ASSERT_TRUE((*group)->Load(need, read).ok());
  EXPECT_LT(file.read(), bytes.size() / 4);
}

TEST(RowGroup, FuzzInputsAreRowGroups) {
  const SpanBatch batch = ByTrace(9, 60);
  const auto file = FuzzedRowGroup::Make(ToFuzzInput(TableOf(batch)), 10'000);
  ASSERT_TRUE(file.has_value());
  const auto group = RowGroup::Open(*file, file->entry());
  ASSERT_TRUE(group.ok()) << group.status().ToString();
  uint64_t read = 0;
  ASSERT_TRUE((*group)->Load(TableNeed::Everything(), read).ok());
  EXPECT_TRUE(model::SameSpans(batch, ReadAll((*group)->table())));
}

TEST(TraceIndex, FindsEachTrace) {
  std::vector<std::pair<uint32_t, uint32_t>> entries;
  for (uint32_t i = 0; i < 1000; ++i) entries.emplace_back(i * 2654435761u, i);
  std::ranges::sort(entries);
  std::string bytes;
  EncodeIndex(entries, bytes);
  const auto index = DecodeIndex(bytes, 1000);
  ASSERT_TRUE(index.ok()) << index.status().ToString();
  for (uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(index->hashes[i], entries[i].first);
    EXPECT_EQ(index->traces[i], entries[i].second);
  }
  EXPECT_FALSE(DecodeIndex(bytes, 999).ok());
  EXPECT_FALSE(DecodeIndex(std::string_view(bytes).substr(1), 1000).ok());
}

}  // namespace
}  // namespace orrery::traces
