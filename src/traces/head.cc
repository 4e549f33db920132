// SPDX-License-Identifier: Apache-2.0
#include "traces/head.h"

#include <utility>

namespace orrery::traces {

void Head::Append(const model::SpanBatch& batch) {
  growing_copy_ = nullptr;
  growing_.Begin(batch);
  for (const model::Span& span : batch.spans) {
    if (growing_.Full(table_spans_)) {
      Finish();
      growing_.Begin(batch);
    }
    growing_.Append(span);
  }
}

HeadTables Head::Tables() {
  HeadTables tables = finished_;
  if (growing_.table().rows() > 0) {
    if (growing_copy_ == nullptr) {
      growing_copy_ = std::make_shared<const HeadTable>(SpanTable(growing_.table()));
    }
    tables.push_back(growing_copy_);
  }
  return tables;
}

HeadTables Head::Take() {
  Finish();
  finished_spans_ = 0;
  finished_bytes_ = 0;
  return std::exchange(finished_, {});
}

void Head::Finish() {
  growing_copy_ = nullptr;
  if (growing_.table().rows() == 0) return;
  finished_.push_back(std::make_shared<const HeadTable>(growing_.Take()));
  finished_spans_ += finished_.back()->table.rows();
  finished_bytes_ += finished_.back()->bytes;
}

}  // namespace orrery::traces
