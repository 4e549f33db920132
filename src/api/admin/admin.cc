// SPDX-License-Identifier: Apache-2.0
#include "api/admin/admin.h"

#include <string>

namespace orrery::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;
using net::HttpResponse;
using net::RunOn;

constexpr char kPaths[] =
    "GET  /ready    200 when everything is served\n"
    "GET  /metrics  the process's own metrics, Prometheus text\n"
    "POST /flush    writes everything received into blocks, then returns\n";

// The answer to an operation that has no result but its success.
HttpResponse Answer(const Status& status, const char* success) {
  if (status.ok()) return HttpResponse::Text(200, success);
  const int code = status.code() == StatusCode::kUnavailable ? 503 : 500;
  return HttpResponse::Text(code, std::string(status.message()) + "\n");
}

HttpResponse Metrics(const Telemetry& telemetry) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = telemetry.Render();
  return response;
}

}  // namespace

void RegisterAdmin(net::HttpRouter& router, const AdminDeps& deps) {
  router.Add("GET", "/", RunOn::kIo,
             [](HttpRequest, HttpResponder respond) { respond(HttpResponse::Text(200, kPaths)); });
  router.Add("GET", "/ready", RunOn::kIo, [deps](HttpRequest, HttpResponder respond) {
    respond(Answer(deps.ready(), "ready\n"));
  });
  router.Add("GET", "/metrics", RunOn::kIo,
             [deps](HttpRequest, HttpResponder respond) { respond(Metrics(deps.telemetry)); });
  router.Add("POST", "/flush", RunOn::kWorkers, [deps](HttpRequest, HttpResponder respond) {
    respond(Answer(deps.flush(), "flushed\n"));
  });
}

}  // namespace orrery::api
