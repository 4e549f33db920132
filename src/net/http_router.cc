// SPDX-License-Identifier: Apache-2.0
#include "net/http_router.h"

#include <algorithm>
#include <exception>
#include <memory>

#include "base/check.h"
#include "net/url.h"

namespace orrery::net {
namespace {

// The next segment of a path that starts with '/', which is taken off.
std::string_view TakeSegment(std::string_view& path) {
  path.remove_prefix(1);
  const size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

}  // namespace

HttpRouter::HttpRouter(std::string_view name, Telemetry& telemetry, WorkerPool* workers,
                       HttpErrorRenderer render_error)
    : workers_(workers),
      render_error_(std::move(render_error)),
      exceptions_(telemetry.AddCounter("orrery_http_handler_exceptions_total",
                                       "Requests answered 500 because their handler threw; a bug.",
                                       {{"router", std::string(name)}})),
      busy_(telemetry.AddCounter(
          "orrery_http_busy_total",
          "Requests answered 429 because all workers were busy and as many waited "
          "as may.",
          {{"router", std::string(name)}})) {}

std::vector<HttpRouter::Segment> HttpRouter::ParsePattern(std::string_view pattern) {
  ORRERY_CHECK(pattern.starts_with('/'));
  std::vector<Segment> segments;
  while (!pattern.empty()) {
    std::string_view text = TakeSegment(pattern);
    if (!text.starts_with('{')) {
      segments.push_back({Segment::Kind::kLiteral, std::string(text)});
      continue;
    }
    ORRERY_CHECK(text.ends_with('}'));
    text = text.substr(1, text.size() - 2);
    const bool rest = text.ends_with("...");
    ORRERY_CHECK(!rest || pattern.empty());
    if (rest) text.remove_suffix(3);
    segments.push_back({rest ? Segment::Kind::kRest : Segment::Kind::kOne, std::string(text)});
  }
  return segments;
}

bool HttpRouter::MoreSpecific(const Route& a, const Route& b) {
  return std::lexicographical_compare(
      a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
      [](const Segment& x, const Segment& y) { return x.kind < y.kind; });
}

void HttpRouter::Add(std::string_view method, std::string_view pattern, RunOn run_on,
                     HttpHandler handler) {
  ORRERY_CHECK(run_on == RunOn::kIo || workers_ != nullptr);
  Route route{std::string(method), ParsePattern(pattern), run_on, std::move(handler)};
  const auto place = std::upper_bound(routes_.begin(), routes_.end(), route, MoreSpecific);
  routes_.insert(place, std::move(route));
}

void HttpRouter::Mount(std::string_view prefix, const HttpRouter& router) {
  ORRERY_CHECK(prefix.starts_with('/') && !prefix.ends_with('/'));
  mounts_.emplace_back(std::string(prefix), &router);
}

bool HttpRouter::Match(const Route& route, std::string_view raw_path, Pairs* params) {
  params->clear();
  for (const Segment& segment : route.segments) {
    if (raw_path.empty()) return false;
    if (segment.kind == Segment::Kind::kRest) {
      params->emplace_back(segment.text, PercentDecode(raw_path.substr(1)));
      return true;
    }
    std::string text = PercentDecode(TakeSegment(raw_path));
    if (segment.kind == Segment::Kind::kLiteral) {
      if (text != segment.text) return false;
    } else {
      if (text.empty()) return false;
      params->emplace_back(segment.text, std::move(text));
    }
  }
  return raw_path.empty();
}

void HttpRouter::Handle(HttpRequest request, HttpResponder respond) const {
  const std::string target = request.target;
  Dispatch(std::move(request), std::string_view(target).substr(0, target.find_first_of("?#")),
           std::move(respond));
}

void HttpRouter::Dispatch(HttpRequest request, std::string_view raw_path,
                          HttpResponder respond) const {
  for (const auto& [prefix, router] : mounts_) {
    if (!raw_path.starts_with(prefix)) continue;
    const std::string_view rest = raw_path.substr(prefix.size());
    if (!rest.empty() && rest[0] != '/') continue;
    request.path = rest.empty() ? "/" : PercentDecode(rest);
    router->Dispatch(std::move(request), rest.empty() ? "/" : rest, std::move(respond));
    return;
  }
  std::vector<std::string> allowed;
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  if (raw_path.starts_with('/')) {
    for (const Route& route : routes_) {
      if (!Match(route, raw_path, &request.path_params)) continue;
      if (route.method == method || route.method == request.method) {
        Run(route, std::move(request), std::move(respond));
        return;
      }
      allowed.push_back(route.method);
      if (route.method == "GET") allowed.emplace_back("HEAD");
    }
  }
  if (allowed.empty()) {
    respond(render_error_(request, 404, "there is nothing at " + request.path));
    return;
  }
  std::string list;
  for (const std::string& name : allowed) list += (list.empty() ? "" : ", ") + name;
  HttpResponse response = render_error_(
      request, 405, request.path + " does not take " + request.method + "; use " + list);
  response.headers.emplace_back("Allow", list);
  respond(std::move(response));
}

void HttpRouter::Run(const Route& route, HttpRequest request, HttpResponder respond) const {
  if (route.run_on == RunOn::kIo) {
    RunGuarded(route, std::move(request), respond);
    return;
  }
  // std::function wants a copyable closure.
  auto waiting = std::make_shared<HttpRequest>(std::move(request));
  const bool taken = workers_->TryRun(
      [this, &route, waiting, respond] { RunGuarded(route, std::move(*waiting), respond); });
  if (taken) return;
  busy_.Add();
  HttpResponse response =
      render_error_(*waiting, 429, "too many requests are waiting; try again in a second");
  response.headers.emplace_back("Retry-After", "1");
  respond(std::move(response));
}

void HttpRouter::RunGuarded(const Route& route, HttpRequest request,
                            const HttpResponder& respond) const {
  // The only place where exceptions of handlers and the libraries below them end.
  try {
    route.handler(std::move(request), respond);
  } catch (const std::exception& e) {
    exceptions_.Add();
    respond(render_error_(HttpRequest(), 500, std::string("internal error: ") + e.what()));
  } catch (...) {
    exceptions_.Add();
    respond(render_error_(HttpRequest(), 500, "internal error"));
  }
}

}  // namespace orrery::net
