// SPDX-License-Identifier: Apache-2.0
#include "traceql/trace_scan.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

namespace orrery::traceql {
namespace {

constexpr size_t kMaxStep = 1024;     // Traces read in one call.
constexpr size_t kTracesPerJob = 64;  // As progress tells it.
constexpr size_t kFurther = 16;       // Times as many candidates when the first ones did not do.

}  // namespace

Status ScanTraces(const contracts::TraceQueryable& store, const contracts::SpanFilter& sieve,
                  const contracts::WantedFields& wanted, const model::TimeRange& range,
                  size_t expected, contracts::QueryContext& context,
                  const std::function<bool(TraceView&)>& visit) {
  bool done = false;
  Status stopped;
  size_t visited = 0;
  const auto visit_batch = [&](const model::SpanBatch& batch) {
    if (++visited % kTracesPerJob == 0) context.FinishJobs(1);
    stopped = context.Check();
    if (!stopped.ok()) return false;
    if (batch.spans.empty()) return true;
    TraceView trace(batch);
    if (range.Overlaps({trace.start(), trace.end()})) done = !visit(trace);
    return !done;
  };
  size_t step = std::clamp<size_t>(expected, 1, kMaxStep);
  const auto read = [&](const std::vector<model::TraceId>& all) {
    for (size_t at = 0; at < all.size() && !done;) {
      const auto ids = std::span(all).subspan(at, std::min(step, all.size() - at));
      ORRERY_RETURN_IF_ERROR(store.ReadTraces(ids, wanted, context, visit_batch));
      ORRERY_RETURN_IF_ERROR(stopped);
      at += ids.size();
      step = std::min(2 * step, kMaxStep);
    }
    return OkStatus();
  };
  // Most candidates become results, so that the newest few are enough; else further back.
  std::unordered_set<model::TraceId, model::IdHash> seen;
  for (size_t most = std::max<size_t>(expected, 1); !done;
       most = most > SIZE_MAX / kFurther ? SIZE_MAX : most * kFurther) {
    ORRERY_ASSIGN_OR_RETURN(const auto newest, store.FindNewestTraces(sieve, range, most, context));
    std::vector<model::TraceId> ids;
    for (const contracts::TraceCandidate& candidate : newest.candidates) {
      if (newest.all && seen.empty()) {
        ids.push_back(candidate.id);
      } else if (seen.insert(candidate.id).second) {
        ids.push_back(candidate.id);
      }
    }
    context.AddJobs(ids.size() / kTracesPerJob);
    ORRERY_RETURN_IF_ERROR(read(ids));
    if (newest.all) break;
  }
  return OkStatus();
}

}  // namespace orrery::traceql
