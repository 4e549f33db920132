// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "contracts/trace_queryable.h"
#include "traces/head.h"
#include "traces/trace_block.h"

namespace orrery::traces {

// What a query looks at: everything that was acknowledged before it began, unchanging.
struct Snapshot {
  HeadTables tables;
  std::vector<std::shared_ptr<const TraceBlock>> blocks;
};

// Tells the context how many parts a pass over all of the snapshot has: head tables, row groups.
void AddJobs(const Snapshot& snapshot, contracts::QueryContext& context);

// True when `status` says that a part of a block is damaged, which is noted: the query goes on
// without that part.
bool PassesOver(const Status& status, contracts::QueryContext& context);

// The methods of contracts::TraceQueryable over a snapshot. `slack` nanoseconds are added around
// what a row group or trace covers, for traces whose other parts are elsewhere.
Result<std::vector<contracts::TraceCandidate>> FindTraces(const Snapshot& snapshot,
                                                          const contracts::SpanFilter& filter,
                                                          const model::TimeRange& range,
                                                          uint64_t slack,
                                                          contracts::QueryContext& context);

// Blocks that end before the `most` newest traces are not looked at.
Result<contracts::NewestTraces> FindNewestTraces(Snapshot snapshot,
                                                 const contracts::SpanFilter& filter,
                                                 const model::TimeRange& range, uint64_t slack,
                                                 size_t most, contracts::QueryContext& context);

Status ReadTraces(const Snapshot& snapshot, std::span<const model::TraceId> ids,
                  const contracts::WantedFields& wanted, contracts::QueryContext& context,
                  const std::function<bool(const model::SpanBatch&)>& visit);

Result<contracts::TagNames> FindTagNames(const Snapshot& snapshot, const model::TimeRange& range,
                                         contracts::QueryContext& context);

Result<std::vector<contracts::TagValue>> FindTagValues(const Snapshot& snapshot,
                                                       const contracts::FieldRef& field,
                                                       const model::TimeRange& range, size_t limit,
                                                       contracts::QueryContext& context);

}  // namespace orrery::traces
