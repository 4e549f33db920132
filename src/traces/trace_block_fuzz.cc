// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "traces/row_filter.h"
#include "traces/row_group.h"
#include "traces/row_group_fuzz_input.h"
#include "traces/span_reader.h"
#include "traces/table_tags.h"
#include "traces/trace_block_format.h"

using namespace orrery;          // NOLINT(google-build-using-namespace)
using namespace orrery::traces;  // NOLINT(google-build-using-namespace)

// Footer, index and row groups of any bytes: refused, or read to the last span without a fault.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)DecodeFooter(input, 1 << 20);
  (void)DecodeIndex(input, 100);
  auto file = FuzzedRowGroup::Make(input, 2000);
  if (!file.has_value()) return 0;
  const auto group = RowGroup::Open(*file, file->entry());
  uint64_t read = 0;
  if (!group.ok() || !(*group)->Load(TableNeed::Everything(), read).ok()) return 0;
  const SpanTable& table = (*group)->table();
  model::SpanBatch batch;
  SpanReader reader(table, batch);
  for (uint32_t row = 0; row < table.rows() && batch.attributes.size() < 100'000; ++row) {
    if (!reader.Read(row).ok()) return 0;
  }
  TagNameSets names;
  CollectTagNames(table, names);
  std::set<contracts::TagValue> values;
  for (const std::string& name : names[0]) {
    const contracts::AttributeRef field{contracts::AttributeScope::kAny, name};
    if (!CollectTagValues(table, field, values).ok()) return 0;
    if (values.size() > 10'000) break;
  }
  // What was accepted, and read to its last row, is written again and comes back the same.
  if (batch.spans.size() != table.rows()) return 0;
  auto again = FuzzedRowGroup::Make(ToFuzzInput(table), UINT64_MAX);
  if (!again.has_value()) std::abort();
  const auto copy = RowGroup::Open(*again, again->entry());
  if (!copy.ok() || !(*copy)->Load(TableNeed::Everything(), read).ok()) std::abort();
  model::SpanBatch back;
  SpanReader copy_reader((*copy)->table(), back);
  for (uint32_t row = 0; row < table.rows(); ++row) {
    if (!copy_reader.Read(row).ok()) std::abort();
  }
  if (!model::SameSpans(batch, back)) std::abort();
  return 0;
}
