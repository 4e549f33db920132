// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_assembler.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "traces/span_reader.h"

namespace orrery::traces {
namespace {

void Clear(model::SpanBatch& batch) {
  batch.resources.clear();
  batch.scopes.clear();
  batch.spans.clear();
  batch.events.clear();
  batch.links.clear();
  batch.attributes.clear();
  batch.array_items.clear();
  batch.owners.clear();
}

}  // namespace

void TraceAssembler::AddRows(std::shared_ptr<const SpanTable> table, uint32_t first, size_t most) {
  const auto number = static_cast<uint32_t>(tables_.size());
  for (uint32_t row = first; row != kNoRow && most > 0; row = table->next_of_trace[row], --most) {
    refs_.push_back({table->starts[row], table->span_ids[row], table->kinds[row], number, row});
  }
  tables_.push_back(std::move(table));
}

Status TraceAssembler::Assemble(model::SpanBatch& batch) {
  Clear(batch);
  const auto key = [](const Ref& ref) { return std::tie(ref.start, ref.span_id, ref.kind); };
  const auto before = [&key](const Ref& a, const Ref& b) {
    return std::tuple_cat(key(a), std::tie(a.table, a.row)) <
           std::tuple_cat(key(b), std::tie(b.table, b.row));
  };
  if (!std::ranges::is_sorted(refs_, before)) std::ranges::sort(refs_, before);
  const auto same = [&key](const Ref& a, const Ref& b) { return key(a) == key(b); };
  refs_.erase(std::unique(refs_.begin(), refs_.end(), same), refs_.end());

  std::vector<std::optional<SpanReader>> readers(tables_.size());
  Status status;
  for (const Ref& ref : refs_) {
    auto& reader = readers[ref.table];
    if (!reader.has_value()) reader.emplace(*tables_[ref.table], batch, need_);
    status = reader->Read(ref.row);
    if (!status.ok()) break;
  }
  for (auto& table : tables_) batch.owners.push_back(std::move(table));
  tables_.clear();
  refs_.clear();
  return status;
}

}  // namespace orrery::traces
