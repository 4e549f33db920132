// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "storage/bloom/hash_filter.h"
#include "traces/rare_attributes.h"
#include "traces/row_filter.h"
#include "traces/row_group.h"
#include "traces/row_group_fuzz_input.h"
#include "traces/span_reader.h"
#include "traces/table_tags.h"
#include "traces/trace_block_format.h"

using namespace orrery;          // NOLINT(google-build-using-namespace)
using namespace orrery::traces;  // NOLINT(google-build-using-namespace)

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

// All spans; fewer when one does not decode, or they are very large.
model::SpanBatch ReadAll(const SpanTable& table) {
  model::SpanBatch batch;
  SpanReader reader(table, batch);
  for (uint32_t row = 0; row < table.rows() && batch.attributes.size() < 100'000; ++row) {
    if (!reader.Read(row).ok()) break;
  }
  return batch;
}

contracts::SpanFilter Where(contracts::FieldRef field, contracts::Condition::Op op,
                            const contracts::TagValue& operand) {
  contracts::SpanFilter filter = ExistsFilter(field);
  filter.condition.op = op;
  filter.condition.operand = operand;
  return filter;
}

// Asks a row group for what is in it. Where a row passes, the zones must have said that it may.
void AskForValues(RowGroup& group, bool zones_are_true) {
  using Op = contracts::Condition::Op;
  const SpanTable& table = group.table();
  TagNameSets names;
  CollectTagNames(table, names);
  CollectRestTagNames(table, names);
  std::vector<contracts::FieldRef> fields = {
      contracts::Intrinsic::kName, contracts::Intrinsic::kStatus, contracts::Intrinsic::kKind,
      contracts::Intrinsic::kEventName, contracts::Intrinsic::kInstrumentationName};
  for (const auto& of_owner : names) {
    for (const std::string& name : of_owner) {
      if (fields.size() == 20) break;
      fields.emplace_back(contracts::AttributeRef{contracts::AttributeScope::kAny, name});
    }
  }
  for (const contracts::FieldRef& field : fields) {
    std::set<contracts::TagValue> values;
    if (!CollectTagValues(table, field, values).ok()) return;
    values.emplace(int64_t{3});
    size_t asked = 0;
    for (const contracts::TagValue& value : values) {
      if (++asked == 5) break;
      for (const Op op : {Op::kExists, Op::kEqual, Op::kNotEqual, Op::kLess, Op::kGreaterEqual}) {
        const contracts::SpanFilter filter = Where(field, op, value);
        uint64_t read = 0;
        const auto may = group.MayMatch(filter, read);
        const bool passes = !FilterRows(table, filter).IsEmpty();
        if (zones_are_true) Require(may.ok() && (*may || !passes));
      }
    }
  }
}

}  // namespace

// Footer, index, filters and row groups of any bytes: refused, or read to the last span without a
// fault. What was accepted, and read to its last row, is written again and comes back the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)DecodeFooter(input, 1 << 20);
  (void)DecodeIndex(input, 100);
  if (const auto filter = bloom::HashFilter::Parse(input); filter.has_value()) {
    Require(filter->bytes() == input);
    (void)filter->MayContain(bloom::HashOf(input));
  }
  auto file = FuzzedRowGroup::Make(input, 2000);
  if (!file.has_value()) return 0;
  const auto group = RowGroup::Open(*file, file->entry());
  uint64_t read = 0;
  if (!group.ok() || !(*group)->Load(TableNeed::Everything(), read).ok()) return 0;
  const SpanTable& table = (*group)->table();
  const model::SpanBatch batch = ReadAll(table);
  AskForValues(**group, false);
  if (batch.spans.size() != table.rows()) return 0;

  SpanTable sorted_out = table;
  for (const Owner owner : kOwners) GatherRareAttributes(ListsOf(sorted_out, owner));
  Require(model::SameSpans(batch, ReadAll(sorted_out)));
  auto again = FuzzedRowGroup::Make(ToFuzzInput(sorted_out), UINT64_MAX);
  Require(again.has_value());
  const auto copy = RowGroup::Open(*again, again->entry());
  Require(copy.ok() && (*copy)->Load(TableNeed::Everything(), read).ok());
  const SpanTable& back = (*copy)->table();
  Require(model::SameSpans(batch, ReadAll(back)));
  Require(back.nested.left == table.nested.left && back.nested.right == table.nested.right &&
          back.nested.parent == table.nested.parent);
  AskForValues(**copy, true);
  return 0;
}
