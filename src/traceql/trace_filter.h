// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "model/span_batch.h"
#include "traceql/ast.h"

namespace orrery::traceql {

// Which spans beside those that match stay in a filtered trace. Depths count levels; -1 is all.
struct TraceFilterOptions {
  bool keep_hierarchy = false;  // Ancestors stay, too.
  int64_t match_depth = 0;      // Of descendants.
  int64_t ancestor_depth = -1;  // Of ancestors.
};

// The spans of one trace that a filter leaves, by their place in the batch, ascending. The query
// has to be one span filter that looks at spans only: a filter of a whole trace would keep all of
// it or nothing. Who is whose parent is read from the ids, with and without a root.
// InvalidArgument: it is another query; Check refuses it; or it fails on the data.
// Unimplemented:   as Check has it.
// Cost:            n log n in the spans.
Result<std::vector<uint32_t>> FilterTrace(const Query& query, const model::SpanBatch& trace,
                                          const TraceFilterOptions& options);

}  // namespace orrery::traceql
