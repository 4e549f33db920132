// SPDX-License-Identifier: Apache-2.0
#include "demo/common/traced_routes.h"

#include <charconv>
#include <utility>

#include <opentelemetry/context/propagation/global_propagator.h>
#include <opentelemetry/context/propagation/text_map_propagator.h>
#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/semconv/client_attributes.h>
#include <opentelemetry/semconv/http_attributes.h>
#include <opentelemetry/semconv/network_attributes.h>
#include <opentelemetry/semconv/server_attributes.h>
#include <opentelemetry/semconv/url_attributes.h>
#include <opentelemetry/semconv/user_agent_attributes.h>
#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/scope.h>
#include <opentelemetry/trace/tracer.h>

#include "demo/common/failure.h"
#include "demo/common/telemetry.h"

namespace demo {
namespace {

namespace otel = opentelemetry;
namespace semconv = opentelemetry::semconv;

class RequestCarrier : public otel::context::propagation::TextMapCarrier {
 public:
  explicit RequestCarrier(const HttpRequest& request) : request_(request) {}

  otel::nostd::string_view Get(otel::nostd::string_view key) const noexcept override {
    const auto found = request_.headers.find(std::string(key));
    if (found == request_.headers.end()) return "";
    return found->second;
  }

  void Set(otel::nostd::string_view, otel::nostd::string_view) noexcept override {}

 private:
  const HttpRequest& request_;
};

std::string HeaderOr(const HttpRequest& request, const char* name, const char* otherwise) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? otherwise : found->second;
}

void DescribeRequest(otel::trace::Span& span, const HttpRequest& request) {
  const std::string host = HeaderOr(request, "host", "localhost");
  const size_t colon = host.rfind(':');
  int port = 80;
  if (colon != std::string::npos) {
    std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
  }
  span.SetAttribute(semconv::http::kHttpRequestMethod, request.method);
  span.SetAttribute(semconv::url::kUrlScheme, "http");
  span.SetAttribute(semconv::url::kUrlPath, request.path);
  if (!request.query.empty()) span.SetAttribute(semconv::url::kUrlQuery, request.query);
  span.SetAttribute(semconv::server::kServerAddress, host.substr(0, colon));
  span.SetAttribute(semconv::server::kServerPort, port);
  span.SetAttribute(semconv::client::kClientAddress, request.client_address);
  span.SetAttribute(semconv::network::kNetworkPeerAddress, request.client_address);
  span.SetAttribute(semconv::network::kNetworkPeerPort, request.client_port);
  span.SetAttribute(semconv::network::kNetworkProtocolVersion, "1.1");
  span.SetAttribute(semconv::user_agent::kUserAgentOriginal,
                    HeaderOr(request, "user-agent", "unknown"));
}

}  // namespace

void TracedRoutes::Add(const std::string& method, const std::string& path, HttpHandler handler) {
  routes_[path] = {method, std::move(handler)};
}

void TracedRoutes::AddUntraced(const std::string& method, const std::string& path,
                               HttpHandler handler) {
  routes_[path] = {method, std::move(handler), /*traced=*/false};
}

HttpResponse TracedRoutes::AnswerUntraced(const HttpRequest& request) const {
  try {
    return Dispatch(request);
  } catch (const std::exception& error) {
    return on_failure_(error);
  }
}

HttpResponse TracedRoutes::Dispatch(const HttpRequest& request) const {
  const auto found = routes_.find(request.path);
  if (found == routes_.end()) {
    return {404, "application/json",
            R"({"error":"no such page"})"
            "\n"};
  }
  if (found->second.method != request.method) {
    return {405, "application/json", R"({"error":"use )" + found->second.method + "\"}\n"};
  }
  return found->second.handler(request);
}

HttpResponse TracedRoutes::Answer(const HttpRequest& request) const {
  const auto route = routes_.find(request.path);
  const bool known = route != routes_.end();
  if (known && !route->second.traced) return AnswerUntraced(request);

  RequestCarrier carrier(request);
  auto current = otel::context::RuntimeContext::GetCurrent();
  const auto caller =
      otel::context::propagation::GlobalTextMapPropagator::GetGlobalPropagator()->Extract(carrier,
                                                                                          current);
  otel::trace::StartSpanOptions options;
  options.kind = otel::trace::SpanKind::kServer;
  options.parent = otel::trace::GetSpan(caller)->GetContext();

  const auto span =
      otel::trace::Provider::GetTracerProvider()
          ->GetTracer(kTracerName, kVersion)
          ->StartSpan(known ? request.method + " " + request.path : request.method, options);
  const otel::trace::Scope scope(span);
  DescribeRequest(*span, request);
  if (known) span->SetAttribute(semconv::http::kHttpRoute, request.path);

  HttpResponse response;
  try {
    response = Dispatch(request);
  } catch (const std::exception& error) {
    response = on_failure_(error);
    RecordFailure(error, std::to_string(response.status));
  }
  span->SetAttribute(semconv::http::kHttpResponseStatusCode, response.status);
  return response;
}

}  // namespace demo
