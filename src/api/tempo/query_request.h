// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/tempo/tempo_api.h"
#include "base/result.h"
#include "contracts/query_context.h"
#include "net/cancel_signal.h"
#include "net/http_message.h"
#include "traceql/engine.h"

namespace orrery::api {

// A search as its parameters say it: a query, or tags, and within which bounds.
struct SearchQuery {
  traceql::Query query;
  traceql::SearchOptions options;
};
// InvalidArgument, with Tempo's words: a parameter makes no sense, or the query doesn't.
Result<SearchQuery> ParseSearchQuery(const TempoDeps& deps, const net::HttpRequest& request);

struct MetricsQuery {
  traceql::Query query;
  traceql::MetricsOptions options;
};
// InvalidArgument likewise. `instant` asks for one value instead of a range of them.
Result<MetricsQuery> ParseMetricsQuery(const TempoDeps& deps, const net::HttpRequest& request,
                                       bool instant);

// The context of a query that somebody waits for: it is cancelled when the client goes away.
//
// Life: as long as the query; `deps` outlive it.
class QuerySession {
 public:
  QuerySession(const TempoDeps& deps, const std::shared_ptr<net::CancelSignal>& client_left)
      : context_(deps.clock, deps.limits),
        watch_(net::CancelSignal::OnFire(client_left, [this] { context_.Cancel(); })) {}
  QuerySession(const QuerySession&) = delete;
  QuerySession& operator=(const QuerySession&) = delete;

  contracts::QueryContext& context() { return context_; }

 private:
  contracts::QueryContext context_;
  const net::CancelSignal::Subscription watch_;
};

}  // namespace orrery::api
