// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "api/tempo/query_request.h"
#include "api/tempo/tempo_api.h"
#include "net/cancel_signal.h"
#include "traceql/engine.h"

namespace orrery::api {

// A query whose answer is told while it is being computed, at most ten times a second and only when
// the client has read what it was told before: a slow reader gets fewer messages, not a longer
// queue.
inline constexpr uint64_t kStreamTickNanos = kNanosPerSecond / 10;

// Who tells it. `part` is called on the query's thread.
template <typename Response>
struct StreamOutput {
  std::function<bool()> idle;  // Whether a message could be sent at once.
  std::function<void(const Response& part, contracts::QueryContext& context)> part;
};

// Searches; each part has the traces that were found since the one before. The answer is all of
// them, for a last message.
Result<traceql::SearchResponse> StreamSearch(const TempoDeps& deps, SearchQuery search,
                                             contracts::QueryContext& context,
                                             const StreamOutput<traceql::SearchResponse>& output);

// Computes metrics; parts tell how far it is and have no series.
Result<traceql::MetricsResponse> StreamMetrics(
    const TempoDeps& deps, const MetricsQuery& metrics, contracts::QueryContext& context,
    const StreamOutput<traceql::MetricsResponse>& output);

}  // namespace orrery::api
