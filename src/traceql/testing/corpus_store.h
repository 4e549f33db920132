// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "contracts/trace_queryable.h"
#include "fs/memory_file_system.h"
#include "traces/trace_store.h"

namespace orrery::traceql {

// A variation under which the corpora run; tests/configs/ has the files. Answers may not differ.
struct CorpusConfig {
  std::string name;
  bool flush_after_data = false;  // Everything is in blocks when a query asks.
  bool restart_after_each = false;
  bool reversed_singles = false;  // A request for each span, the last one first.
  int flush_every = 0;            // Requests; 0 for never.
  bool prune = true;              // Whether conditions are pushed down into the store.
  bool ask_twice = false;         // Each query, the second time over what the first one left kept.
  uint32_t row_group_spans = 0;   // 0 for the default.
};

// InvalidArgument: an unknown key, with its line.
Result<CorpusConfig> ReadCorpusConfig(const std::string& path);

// The real store on files in memory, with what corpora do to it.
class CorpusStore {
 public:
  explicit CorpusStore(const CorpusConfig& config);
  ~CorpusStore();

  Status Append(std::vector<std::string> requests);  // Of OTLP protobuf.
  Status Flush() { return store_->Flush(); }
  Status Restart();
  Status Clear();

  const contracts::TraceQueryable& queryable() const { return *queryable_; }
  const Clock& clock() const { return clock_; }

 private:
  Status Open();

  const CorpusConfig& config_;
  ManualClock clock_;
  Logger logger_;
  std::unique_ptr<contracts::SpanDecoder> decoder_;
  std::unique_ptr<fs::MemoryFileSystem> fs_;
  std::unique_ptr<Telemetry> telemetry_;
  std::unique_ptr<traces::TraceStore> store_;
  std::unique_ptr<contracts::TraceQueryable> unpruned_;
  const contracts::TraceQueryable* queryable_ = nullptr;
};

}  // namespace orrery::traceql
