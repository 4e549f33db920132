// SPDX-License-Identifier: Apache-2.0
#include "demo/common/http_client.h"

#include <memory>

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <curl/curl.h>
#include <nlohmann/json.hpp>
#include <opentelemetry/context/propagation/global_propagator.h>
#include <opentelemetry/context/propagation/text_map_propagator.h>
#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/semconv/http_attributes.h>
#include <opentelemetry/semconv/incubating/peer_attributes.h>
#include <opentelemetry/semconv/network_attributes.h>
#include <opentelemetry/semconv/server_attributes.h>
#include <opentelemetry/semconv/url_attributes.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/scope.h>
#include <opentelemetry/trace/tracer.h>

#include "demo/common/failure.h"
#include "demo/common/json_depth.h"
#include "demo/common/telemetry.h"

namespace demo {
namespace {

namespace otel = opentelemetry;
namespace semconv = opentelemetry::semconv;

// The headers of one request, and the carrier that the propagator writes to.
class HeaderList : public otel::context::propagation::TextMapCarrier {
 public:
  ~HeaderList() override { curl_slist_free_all(list_); }

  otel::nostd::string_view Get(otel::nostd::string_view) const noexcept override { return ""; }

  void Set(otel::nostd::string_view key, otel::nostd::string_view value) noexcept override {
    list_ = curl_slist_append(list_, (std::string(key) + ": " + std::string(value)).c_str());
  }

  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

size_t TakeBytes(char* bytes, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

void Describe(otel::trace::Span& span, const ClientRequest& request) {
  span.SetAttribute(semconv::http::kHttpRequestMethod, request.method);
  span.SetAttribute(semconv::url::kUrlFull, request.url);
  if (const auto url = boost::urls::parse_uri(request.url)) {
    span.SetAttribute(semconv::server::kServerAddress, std::string(url->host()));
    span.SetAttribute(semconv::server::kServerPort,
                      url->has_port() ? static_cast<int>(url->port_number()) : 80);
  }
  if (!request.peer_service.empty()) {
    span.SetAttribute(semconv::peer::kPeerService, request.peer_service);
  }
}

ClientAnswer Transfer(const ClientRequest& request, const HeaderList& headers) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  ClientAnswer answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, "orrery-demo/0.1.0");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &TakeBytes);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (!request.body.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.c_str());
  }
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    throw Failure(code == CURLE_OPERATION_TIMEDOUT ? "timeout" : "connection_failed",
                  request.method + " " + request.url + ": " + curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace

ClientAnswer Send(const ClientRequest& request) {
  otel::trace::StartSpanOptions options;
  options.kind = otel::trace::SpanKind::kClient;
  const auto span = otel::trace::Provider::GetTracerProvider()
                        ->GetTracer(kTracerName, kVersion)
                        ->StartSpan(request.method, options);
  const otel::trace::Scope scope(span);
  Describe(*span, request);
  return WithFailures([&] {
    HeaderList headers;
    if (!request.body.empty()) headers.Set("Content-Type", "application/json");
    otel::context::propagation::GlobalTextMapPropagator::GetGlobalPropagator()->Inject(
        headers, otel::context::RuntimeContext::GetCurrent());
    ClientAnswer answer = Transfer(request, headers);
    span->SetAttribute(semconv::network::kNetworkProtocolVersion, "1.1");
    span->SetAttribute(semconv::http::kHttpResponseStatusCode, answer.status);
    if (answer.status >= 400) {
      throw HttpFailure(answer.status, request.method + " answered " +
                                           std::to_string(answer.status) + ": " +
                                           ReasonIn(answer.body));
    }
    return answer;
  });
}

std::string ReasonIn(const std::string& text) {
  constexpr char kNone[] = "no reason given";
  if (NestsTooDeep(text)) return kNone;
  const auto body = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || !body.contains("error")) return kNone;
  const auto& error = body["error"];
  if (error.is_string()) return error.get<std::string>();
  if (error.is_object() && error.contains("message") && error["message"].is_string()) {
    return error["message"].get<std::string>();
  }
  return kNone;
}

std::string PercentEncode(const std::string& text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

OneCurl::OneCurl() { curl_global_init(CURL_GLOBAL_DEFAULT); }
OneCurl::~OneCurl() { curl_global_cleanup(); }

}  // namespace demo
