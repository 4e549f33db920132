// SPDX-License-Identifier: Apache-2.0
#include "api/orrery/query_streams.h"

#include <memory>
#include <string>
#include <utility>

#include "api/http_error.h"
#include "api/tempo/metrics_json.h"
#include "api/tempo/query_request.h"
#include "api/tempo/search_json.h"
#include "api/tempo/streams.h"
#include "api/tempo/warnings.h"
#include "wire/json_writer.h"

namespace orrery::api {
namespace {

// The lines of one answer. Nothing is sent before the first, so that a query which fails at once
// gets the status that it deserves.
class Lines {
 public:
  explicit Lines(const net::HttpResponder& respond) : respond_(respond) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() {
    if (pipe_ != nullptr) pipe_->Abort();  // Unless it was finished.
  }

  bool idle() const { return pipe_ == nullptr || pipe_->idle(); }

  void Send(std::string object) {
    object += '\n';
    if (pipe_ == nullptr) {
      pipe_ = std::make_shared<net::HttpBodyPipe>();
      pipe_->Write(std::move(object));
      respond_(net::HttpResponse::Stream(200, "application/x-ndjson", pipe_));
    } else {
      pipe_->Write(std::move(object));
    }
  }

  // `object` is one that is not empty.
  void Finish(std::string object, const std::string& warnings) {
    object.pop_back();
    object += R"(,"done":true)";
    if (!warnings.empty()) {
      object += R"(,"warnings":)";
      wire::JsonWriter(object).String(warnings);
    }
    Send(object + "}");
    pipe_->Finish();
  }

  void Fail(const Status& status) {
    if (pipe_ == nullptr) return respond_(ErrorResponse(status));
    std::string line;
    wire::JsonWriter json(line);
    json.BeginObject();
    json.Key("done");
    json.Bool(true);
    json.Key("error");
    json.String(status.message());
    json.Key("status");
    json.Number(HttpCodeOf(status.code()));
    json.EndObject();
    Send(std::move(line));
    pipe_->Finish();
  }

 private:
  const net::HttpResponder& respond_;
  std::shared_ptr<net::HttpBodyPipe> pipe_;
};

std::string WarningsOf(const contracts::QueryContext& context) {
  std::string all = WhatIsCut(context);
  const std::string damaged = WhatIsDamaged(context);
  if (!all.empty() && !damaged.empty()) all += "; ";
  return all + damaged;
}

void Search(const TempoDeps& deps, const net::HttpRequest& request, Lines& lines) {
  auto search = ParseSearchQuery(deps, request);
  if (!search.ok()) return lines.Fail(search.status());
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const auto found =
      StreamSearch(deps, *std::move(search), context,
                   {[&] { return lines.idle(); },
                    [&](const traceql::SearchResponse& part, const contracts::QueryContext&) {
                      lines.Send(SearchJson(part, context));
                    }});
  if (!found.ok()) return lines.Fail(found.status());
  context.FinishAllJobs();
  lines.Finish(SearchJson(*found, context), WarningsOf(context));
}

void QueryMetrics(const TempoDeps& deps, const net::HttpRequest& request, bool instant,
                  Lines& lines) {
  const auto metrics = ParseMetricsQuery(deps, request, instant);
  if (!metrics.ok()) return lines.Fail(metrics.status());
  QuerySession session(deps, request.client_left);
  contracts::QueryContext& context = session.context();
  const auto json = [&](const traceql::MetricsResponse& computed) {
    return instant ? QueryInstantJson(computed, metrics->options.max_series, context)
                   : QueryRangeJson(computed, metrics->options.max_series, context);
  };
  const auto computed =
      StreamMetrics(deps, *metrics, context,
                    {[&] { return lines.idle(); },
                     [&](const traceql::MetricsResponse& part, const contracts::QueryContext&) {
                       lines.Send(json(part));
                     }});
  if (!computed.ok()) return lines.Fail(computed.status());
  context.FinishAllJobs();
  lines.Finish(json(*computed), "");  // Its message says what is left out.
}

void QueryRange(const TempoDeps& deps, const net::HttpRequest& request, Lines& lines) {
  QueryMetrics(deps, request, false, lines);
}

void QueryInstant(const TempoDeps& deps, const net::HttpRequest& request, Lines& lines) {
  QueryMetrics(deps, request, true, lines);
}

struct Entry {
  std::string_view pattern;
  void (*run)(const TempoDeps&, const net::HttpRequest&, Lines&);
};
constexpr Entry kEntries[] = {
    {"/api/orrery/v1/search", Search},
    {"/api/orrery/v1/metrics/query_range", QueryRange},
    {"/api/orrery/v1/metrics/query", QueryInstant},
};

}  // namespace

void RegisterQueryStreams(net::HttpRouter& router, const TempoDeps& deps) {
  const auto shared = std::make_shared<const TempoDeps>(deps);
  for (const Entry& entry : kEntries) {
    router.Add("GET", entry.pattern, net::RunOn::kWorkers,
               [shared, run = entry.run](const net::HttpRequest& request,
                                         const net::HttpResponder& respond) {
                 Lines lines(respond);
                 run(*shared, request, lines);
               });
  }
}

}  // namespace orrery::api
