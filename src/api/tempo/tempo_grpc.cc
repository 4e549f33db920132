// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/tempo_grpc.h"

#include <array>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/http_error.h"
#include "api/tempo/endpoints.h"
#include "api/tempo/grpc_request.h"
#include "api/tempo/metrics_proto.h"
#include "api/tempo/search_proto.h"
#include "api/tempo/streams.h"

namespace orrery::api {
namespace {

using Kind = GrpcParam::Kind;
using StreamPtr = std::shared_ptr<net::GrpcStream>;

// Tempo's clients take 4 MiB.
constexpr size_t kMaxMessageBytes = size_t{1} << 20;

constexpr int kCancelled = 1;
constexpr int kUnknown = 2;
constexpr int kInvalidArgument = 3;
constexpr int kNotFound = 5;
constexpr int kResourceExhausted = 8;
constexpr int kInternal = 13;

// gRPC's number for a status of HTTP.
int GrpcCodeOf(int http_status) {
  if (http_status < 400) return 0;
  if (http_status >= 500) return kInternal;
  switch (http_status) {
    case 400:
      return kInvalidArgument;
    case 404:
      return kNotFound;
    case 429:
      return kResourceExhausted;
    case 499:
      return kCancelled;
    default:
      return kUnknown;
  }
}

void Fail(net::GrpcStream& stream, const Status& status) {
  stream.Finish(GrpcCodeOf(HttpCodeOf(status.code())), std::string(status.message()));
}

// The requests, field by field.
constexpr std::array kSearch = {
    GrpcParam{1, Kind::kTags, "tags"},
    GrpcParam{2, Kind::kNumber, "minDuration", "ms"},
    GrpcParam{3, Kind::kNumber, "maxDuration", "ms"},
    GrpcParam{4, Kind::kNumber, "limit"},
    GrpcParam{5, Kind::kNumber, "start"},
    GrpcParam{6, Kind::kNumber, "end"},
    GrpcParam{8, Kind::kText, "q"},
    GrpcParam{9, Kind::kNumber, "spss"},
};
constexpr std::array kTags = {
    GrpcParam{1, Kind::kText, "scope"},   GrpcParam{2, Kind::kText, "q"},
    GrpcParam{3, Kind::kNumber, "start"}, GrpcParam{4, Kind::kNumber, "end"},
    GrpcParam{5, Kind::kNumber, "limit"},
};
constexpr std::array kTagValues = {
    GrpcParam{1, Kind::kText, "name"},    GrpcParam{2, Kind::kText, "q"},
    GrpcParam{4, Kind::kNumber, "start"}, GrpcParam{5, Kind::kNumber, "end"},
    GrpcParam{6, Kind::kNumber, "limit"},
};
constexpr std::array kQueryRange = {
    GrpcParam{1, Kind::kText, "q"},
    GrpcParam{2, Kind::kNumber, "start"},
    GrpcParam{3, Kind::kNumber, "end"},
    GrpcParam{4, Kind::kNumber, "step", "ns"},
    GrpcParam{16, Kind::kNumber, "exemplars"},
    GrpcParam{17, Kind::kNumber, "maxSeries"},
    GrpcParam{18, Kind::kFlag, "instant"},
};
constexpr std::array kQueryInstant = {
    GrpcParam{1, Kind::kText, "q"},
    GrpcParam{2, Kind::kNumber, "start"},
    GrpcParam{3, Kind::kNumber, "end"},
};

void Search(const TempoDeps& deps, const net::HttpRequest& request, net::GrpcStream& stream) {
  auto search = ParseSearchQuery(deps, request);
  if (!search.ok()) return Fail(stream, search.status());
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const auto send = [&](const traceql::SearchResponse& found, contracts::QueryContext&) {
    for (std::string& message : SearchProtoMessages(found, context, kMaxMessageBytes)) {
      stream.Send(std::move(message));
    }
  };
  const auto found =
      StreamSearch(deps, *std::move(search), context, {[&] { return stream.idle(); }, send});
  if (!found.ok()) return Fail(stream, found.status());
  context.FinishAllJobs();
  send(*found, context);
  stream.Finish(0, "");
}

void QueryMetrics(const TempoDeps& deps, const net::HttpRequest& request, bool instant,
                  net::GrpcStream& stream) {
  const auto metrics = ParseMetricsQuery(deps, request, instant);
  if (!metrics.ok()) return Fail(stream, metrics.status());
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const size_t max_series = metrics->options.max_series;
  const auto send = [&](const traceql::MetricsResponse& computed, contracts::QueryContext&) {
    if (instant) return stream.Send(QueryInstantProto(computed, max_series, context));
    for (std::string& message :
         QueryRangeProtoMessages(computed, max_series, context, kMaxMessageBytes)) {
      stream.Send(std::move(message));
    }
  };
  const auto computed =
      StreamMetrics(deps, *metrics, context, {[&] { return stream.idle(); }, send});
  if (!computed.ok()) return Fail(stream, computed.status());
  context.FinishAllJobs();
  send(*computed, context);
  stream.Finish(0, "");
}

void QueryRange(const TempoDeps& deps, const net::HttpRequest& request, net::GrpcStream& stream) {
  QueryMetrics(deps, request, request.Param("instant").has_value(), stream);
}

void QueryInstant(const TempoDeps& deps, const net::HttpRequest& request, net::GrpcStream& stream) {
  QueryMetrics(deps, request, true, stream);
}

// An endpoint of HTTP whose answer in protobuf is the message.
template <net::HttpResponse (*kEndpoint)(const TempoDeps&, const net::HttpRequest&)>
void Once(const TempoDeps& deps, const net::HttpRequest& request, net::GrpcStream& stream) {
  net::HttpResponse response = kEndpoint(deps, request);
  if (response.status != 200) {
    return stream.Finish(GrpcCodeOf(response.status), std::move(response.body));
  }
  stream.Send(std::move(response.body));
  stream.Finish(0, "");
}

template <net::HttpResponse (*kEndpoint)(const TempoDeps&, const net::HttpRequest&)>
void Values(const TempoDeps& deps, const net::HttpRequest& request, net::GrpcStream& stream) {
  net::HttpRequest asked = request;
  asked.path_params.emplace_back("name",
                                 std::string(request.Param("name").value_or("")) + "/values");
  Once<kEndpoint>(deps, asked, stream);
}

struct Method {
  std::string_view name;
  std::span<const GrpcParam> params;
  void (*run)(const TempoDeps&, const net::HttpRequest&, net::GrpcStream&);
};
constexpr Method kMethods[] = {
    {"Search", kSearch, Search},
    {"SearchTags", kTags, Once<SearchTagsV1>},
    {"SearchTagsV2", kTags, Once<SearchTagsV2>},
    {"SearchTagValues", kTagValues, Values<TagValuesV1>},
    {"SearchTagValuesV2", kTagValues, Values<TagValuesV2>},
    {"MetricsQueryRange", kQueryRange, QueryRange},
    {"MetricsQueryInstant", kQueryInstant, QueryInstant},
};

// Exceptions of the libraries below end here.
void RunGuarded(const Method& method, const TempoDeps& deps, const net::HttpRequest& request,
                net::GrpcStream& stream) {
  try {
    method.run(deps, request, stream);
  } catch (const std::exception& e) {
    stream.Finish(kInternal, std::string("internal error: ") + e.what());
  }
}

}  // namespace

net::GrpcStreamMethods TempoGrpcMethods(const TempoDeps& deps, net::WorkerPool& workers) {
  const auto shared = std::make_shared<const TempoDeps>(deps);
  net::GrpcStreamMethods methods;
  for (const Method& method : kMethods) {
    methods["/tempopb.StreamingQuerier/" + std::string(method.name)] =
        [shared, &method, &workers](const std::string& message, const StreamPtr& stream) {
          auto request = ReadGrpcRequest(message, method.params);
          if (!request.ok()) return Fail(*stream, request.status());
          request->client_left = stream->client_left();
          const bool taken = workers.TryRun([shared, &method, stream, asked = *std::move(request)] {
            RunGuarded(method, *shared, asked, *stream);
          });
          if (!taken) {
            stream->Finish(kResourceExhausted,
                           "too many requests are waiting; try again in a second");
          }
        };
  }
  return methods;
}

void ReadAnyTempoGrpcRequest(std::string_view message) {
  for (const Method& method : kMethods) {
    (void)ReadGrpcRequest(message, method.params).ok();
  }
}

}  // namespace orrery::api
