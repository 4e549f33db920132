// SPDX-License-Identifier: Apache-2.0
#include "traceql/trace_scan.h"

#include <algorithm>
#include <vector>

namespace orrery::traceql {
namespace {

constexpr size_t kMaxStep = 1024;     // Traces read in one call.
constexpr size_t kTracesPerJob = 64;  // As progress tells it.

}  // namespace

Status ScanTraces(const contracts::TraceQueryable& store, const contracts::SpanFilter& sieve,
                  const contracts::WantedFields& wanted, const model::TimeRange& range,
                  size_t expected, contracts::QueryContext& context,
                  const std::function<bool(TraceView&)>& visit) {
  ORRERY_ASSIGN_OR_RETURN(const auto candidates, store.FindTraces(sieve, range, context));
  size_t step = std::clamp<size_t>(expected, 1, kMaxStep);
  bool done = false;
  Status stopped;
  size_t visited = 0;
  context.AddJobs(candidates.size() / kTracesPerJob);
  const auto visit_batch = [&](const model::SpanBatch& batch) {
    if (++visited % kTracesPerJob == 0) context.FinishJobs(1);
    stopped = context.Check();
    if (!stopped.ok()) return false;
    if (batch.spans.empty()) return true;
    TraceView trace(batch);
    if (range.Overlaps({trace.start(), trace.end()})) done = !visit(trace);
    return !done;
  };
  std::vector<model::TraceId> ids;
  for (size_t at = 0; at < candidates.size() && !done; at += ids.size()) {
    ids.clear();
    for (size_t i = at; i < std::min(candidates.size(), at + step); ++i) {
      ids.push_back(candidates[i].id);
    }
    step = std::min(2 * step, kMaxStep);
    ORRERY_RETURN_IF_ERROR(store.ReadTraces(ids, wanted, context, visit_batch));
    ORRERY_RETURN_IF_ERROR(stopped);
  }
  return OkStatus();
}

}  // namespace orrery::traceql
