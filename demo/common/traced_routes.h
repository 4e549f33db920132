// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "demo/common/http_server.h"

namespace demo {

// TracedRoutes chooses the handler by method and path and wraps it in a SERVER span
// (`GET /calculate`) that continues the caller's trace, with the HTTP semantic conventions.
//
// A handler that throws makes the span fail, and `on_failure` writes the answer. A mistake of the
// caller (a status of 400 to 499) is an answer like any other and leaves the span unset.
class TracedRoutes {
 public:
  using FailureAnswer = HttpResponse (*)(const std::exception&);

  explicit TracedRoutes(FailureAnswer on_failure) : on_failure_(on_failure) {}

  void Add(const std::string& method, const std::string& path, HttpHandler handler);
  // The same for a route that makes no span; its handler must make none either.
  void AddUntraced(const std::string& method, const std::string& path, HttpHandler handler);

  // Fit for HttpServer::Start; safe for many threads once all routes were added.
  HttpResponse Answer(const HttpRequest& request) const;

 private:
  struct Route {
    std::string method;
    HttpHandler handler;
    bool traced = true;
  };

  HttpResponse Dispatch(const HttpRequest& request) const;
  HttpResponse AnswerUntraced(const HttpRequest& request) const;

  const FailureAnswer on_failure_;
  std::map<std::string, Route> routes_;  // by path
};

}  // namespace demo
