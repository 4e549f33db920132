// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/telemetry.h"
#include "net/http_message.h"
#include "net/worker_pool.h"

namespace orrery::net {

// Where a route's handler runs.
enum class RunOn {
  kIo,       // On the connection's thread: only for what never waits and takes microseconds.
  kWorkers,  // On the worker pool: queries, anything that reads files.
};

// HttpRouter picks the handler for a request by method and path.
//
//   HttpRouter tempo("tempo", telemetry, &workers);
//   tempo.Add("GET", "/api/traces/{id}", RunOn::kWorkers, handler);
//   HttpRouter root("page", telemetry, &workers);
//   root.Mount("/tempo", tempo);                       // /tempo/api/traces/1f -> handler
//   root.Add("GET", "/{path...}", RunOn::kIo, page);   // everything else
//
// A `{name}` catches one segment, `{name...}` at the end of a pattern the rest, slashes included
// (also an empty rest). Segments are compared after percent-decoding, so an encoded slash stays in
// its segment. A literal segment wins over `{name}`, that over `{name...}`. Mounts win over the
// own patterns. A GET route also answers HEAD; the server leaves the body out.
//
// Life:    filled before it serves, then constant. `telemetry`, `workers` and mounted routers
//          outlive it.
// Threads: after filling, Handle may be called concurrently.
// Failure: no such path 404; wrong method 405 with Allow; workers busy 429 with Retry-After; a
//          handler that throws 500, counted.
class HttpRouter {
 public:
  // `name` tells this router's counters from others', so it must be new. `workers` may be null when
  // no route runs on them.
  HttpRouter(std::string_view name, Telemetry& telemetry, WorkerPool* workers,
             HttpErrorRenderer render_error = RenderErrorAsText);

  // Requires: the pattern starts with '/', and method and pattern together are new.
  void Add(std::string_view method, std::string_view pattern, RunOn run_on, HttpHandler handler);
  // Requests below `prefix` ("/tempo") go to `router` with the prefix taken off.
  void Mount(std::string_view prefix, const HttpRouter& router);

  void Handle(HttpRequest request, HttpResponder respond) const;

 private:
  struct Segment {
    enum class Kind { kLiteral, kOne, kRest };
    Kind kind;
    std::string text;  // The literal, or the name.
  };
  struct Route {
    std::string method;
    std::vector<Segment> segments;
    RunOn run_on;
    HttpHandler handler;
  };
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  static std::vector<Segment> ParsePattern(std::string_view pattern);
  static bool Match(const Route& route, std::string_view raw_path, Pairs* params);
  static bool MoreSpecific(const Route& a, const Route& b);

  // `raw_path` is the part of the target that is left after mounts, still encoded.
  void Dispatch(HttpRequest request, std::string_view raw_path, HttpResponder respond) const;
  void Run(const Route& route, HttpRequest request, HttpResponder respond) const;
  void RunGuarded(const Route& route, HttpRequest request, const HttpResponder& respond) const;

  WorkerPool* const workers_;
  const HttpErrorRenderer render_error_;
  Counter& exceptions_;
  Counter& busy_;
  std::vector<Route> routes_;  // Most specific first.
  std::vector<std::pair<std::string, const HttpRouter*>> mounts_;
};

}  // namespace orrery::net
