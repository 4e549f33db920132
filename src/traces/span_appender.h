// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/span_batch.h"
#include "traces/span_table.h"

namespace orrery::traces {

// SpanAppender fills one table with spans from batches.
//
// Life:    made empty; Append until the table is full enough; Take ends it.
// Threads: one at a time. table() may be copied between two calls.
// Cost:    about 0.3 us a span of eight attributes (the bench has the number).
class SpanAppender {
 public:
  SpanAppender();

  // Says that spans from another batch follow. `batch` must live until the next call.
  void Begin(const model::SpanBatch& batch);
  // Adds one span of that batch.
  void Append(const model::Span& span);

  // More rows or texts than this make a table slow to read in parts; the caller takes it then.
  bool Full(uint32_t max_rows) const;
  const SpanTable& table() const { return table_; }
  SpanTable Take();

 private:
  static constexpr uint32_t kUnknown = UINT32_MAX;
  static constexpr size_t kMaxResources = 1024;  // They are found by walking over them.
  static constexpr size_t kMaxTextBytes = size_t{16} << 20;

  void AppendTraceRow(const model::TraceId& id);
  void AppendEvents(const model::Span& span);
  void AppendLinks(const model::Span& span);
  uint32_t AddResource(const model::Resource& resource);
  uint32_t AddScope(const model::Scope& scope);
  TextCode Text(std::string_view text) { return interner_.Intern(table_.texts, text); }

  SpanTable table_;
  TextInterner interner_;
  AttributeAppender span_lists_;
  AttributeAppender event_lists_;
  AttributeAppender link_lists_;
  AttributeAppender resource_lists_;
  AttributeAppender scope_lists_;

  const model::SpanBatch* batch_ = nullptr;
  std::vector<uint32_t> batch_resources_;  // The table's position, or kUnknown, by batch position.
  std::vector<uint32_t> batch_scopes_;
  // Encoded content of table resources and scopes, to find equal ones of other batches.
  std::vector<std::string> resource_contents_;
  std::vector<std::string> scope_contents_;
  std::string content_;
  std::vector<uint32_t> trace_slots_;    // Open addressing, position in traces + 1.
  std::vector<uint32_t> shape_of_name_;  // By name code / 2: the last span's shape.
  uint32_t event_shape_ = 0;
};

// Position + 1 in `traces` by open addressing: what finds a trace's rows in a table of the head.
class TraceSlots {
 public:
  explicit TraceSlots(const SpanTable& table);
  // The first row of a trace, or kNoRow. The same table as at construction.
  uint32_t FirstRow(const SpanTable& table, const model::TraceId& id) const;

 private:
  std::vector<uint32_t> slots_;
};

}  // namespace orrery::traces
