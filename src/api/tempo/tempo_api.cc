// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/tempo_api.h"

#include <memory>

#include "api/tempo/endpoints.h"

namespace orrery::api {
namespace {

using Endpoint = net::HttpResponse (*)(const TempoDeps&, const net::HttpRequest&);

struct Entry {
  std::string_view pattern;
  net::RunOn run_on;
  Endpoint endpoint;
  std::string_view method = "GET";
};

// A tag's name may hold slashes, so the patterns of values catch "/values" with it.
constexpr Entry kEndpoints[] = {
    {"/api/echo", net::RunOn::kIo, Echo},
    {"/ready", net::RunOn::kIo, Ready},
    {"/api/status/buildinfo", net::RunOn::kIo, BuildInfo},
    {"/api/traces/{id}", net::RunOn::kWorkers, TraceByIdV1},
    {"/api/v2/traces/{id}", net::RunOn::kWorkers, TraceByIdV2},
    {"/api/v2/traces/diff", net::RunOn::kWorkers, TraceDiff, "POST"},
    {"/api/search", net::RunOn::kWorkers, Search},
    {"/api/search/tags", net::RunOn::kWorkers, SearchTagsV1},
    {"/api/v2/search/tags", net::RunOn::kWorkers, SearchTagsV2},
    {"/api/search/tag/{name...}", net::RunOn::kWorkers, TagValuesV1},
    {"/api/v2/search/tag/{name...}", net::RunOn::kWorkers, TagValuesV2},
    {"/api/metrics/query_range", net::RunOn::kWorkers, MetricsQueryRange},
    {"/api/metrics/query", net::RunOn::kWorkers, MetricsQueryInstant},
};

}  // namespace

void RegisterTempo(net::HttpRouter& router, const TempoDeps& deps) {
  const auto shared = std::make_shared<const TempoDeps>(deps);
  for (const Entry& entry : kEndpoints) {
    router.Add(entry.method, entry.pattern, entry.run_on,
               [shared, endpoint = entry.endpoint](const net::HttpRequest& request,
                                                   const net::HttpResponder& respond) {
                 respond(endpoint(*shared, request));
               });
  }
}

}  // namespace orrery::api
