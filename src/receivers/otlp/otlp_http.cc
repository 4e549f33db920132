// SPDX-License-Identifier: Apache-2.0
#include "receivers/otlp/otlp_http.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "compression/inflate.h"
#include "receivers/otlp/other_signals.h"
#include "wire/otlp_response.h"
#include "wire/otlp_traces_json.h"

namespace orrery::receivers {
namespace {

using compression::ContentEncoding;
using net::HttpRequest;
using net::HttpResponder;
using net::HttpResponse;
using pipeline::RequestRefusal;
using wire::OtlpEncoding;

constexpr size_t kUsualGrowth = 16;
constexpr size_t kLeastRoom = size_t{1} << 20;
// A copy, the parser's lists of what stands where, and the protobuf that comes out.
constexpr size_t kJsonGrowth = 16;

// The media type without parameters, in lower case.
std::string MediaType(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type;
}

std::optional<OtlpEncoding> EncodingOf(const HttpRequest& request) {
  const std::string type = MediaType(request.Header("content-type"));
  if (type == "application/x-protobuf") return OtlpEncoding::kProtobuf;
  if (type == "application/json") return OtlpEncoding::kJson;
  return std::nullopt;
}

HttpResponse Respond(OtlpEncoding encoding, int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", encoding == OtlpEncoding::kProtobuf
                                                    ? "application/x-protobuf"
                                                    : "application/json");
  response.body = std::move(body);
  return response;
}

int HttpStatusOf(const IntakeOutcome& outcome) {
  switch (outcome.status.code()) {
    case StatusCode::kOk:
      return 200;
    case StatusCode::kInvalidArgument:
      return 400;
    case StatusCode::kResourceExhausted:
      return outcome.retry_after_nanos.has_value() ? 429 : 413;
    case StatusCode::kUnavailable:
      return 503;
    case StatusCode::kUnimplemented:
      return 404;
    default:
      return 500;
  }
}

HttpResponse Render(OtlpEncoding encoding, const IntakeOutcome& outcome) {
  if (outcome.status.ok()) {
    return Respond(encoding, 200, wire::EncodeExportTraceResponse(encoding, outcome.partial));
  }
  const wire::RpcStatus status{wire::RpcCodeOf(outcome.status.code()),
                               std::string(outcome.status.message()), outcome.retry_after_nanos};
  HttpResponse response =
      Respond(encoding, HttpStatusOf(outcome), wire::EncodeRpcStatus(encoding, status));
  if (outcome.retry_after_nanos.has_value()) {
    const uint64_t seconds = (*outcome.retry_after_nanos + kNanosPerSecond - 1) / kNanosPerSecond;
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  return response;
}

// gRPC's number for an HTTP status that the server or the router answered.
int RpcCodeOfHttp(int status) {
  switch (status) {
    case 403:
      return 7;  // PERMISSION_DENIED
    case 404:
    case 405:
      return 12;  // UNIMPLEMENTED
    case 413:
    case 429:
    case 431:
      return 8;  // RESOURCE_EXHAUSTED
    case 503:
      return 14;  // UNAVAILABLE
    default:
      return status < 500 ? 3 : 13;  // INVALID_ARGUMENT, INTERNAL
  }
}

class OtlpHttp {
 public:
  OtlpHttp(TraceIntake& intake, const OtlpOptions& options) : intake_(intake), options_(options) {}

  void Traces(HttpRequest request, const HttpResponder& respond) {
    counters().CountReceived(request.body.size());
    const auto encoding = EncodingOf(request);
    if (!encoding.has_value()) {
      return RefuseType(request, respond,
                        "content-type is \"" + std::string(request.Header("content-type")) +
                            "\"; send application/x-protobuf or application/json");
    }
    const auto coding = compression::ParseContentEncoding(request.Header("content-encoding"));
    if (!coding.has_value()) {
      return RefuseType(request, respond,
                        "content-encoding is \"" + std::string(request.Header("content-encoding")) +
                            "\"; send gzip, zstd, deflate, lz4, snappy or none");
    }
    if (const auto refused = intake_.RefuseForMemory(Transport::kHttp, request.body.size())) {
      return respond(Render(*encoding, *refused));
    }
    std::string otlp = std::move(request.body);
    if (const auto refused = MakePlain(*encoding, *coding, otlp)) {
      return respond(Render(*encoding, *refused));
    }
    intake_.Take(Transport::kHttp, std::make_shared<const std::string>(std::move(otlp)),
                 [respond, encoding = *encoding](const IntakeOutcome& outcome) {
                   respond(Render(encoding, outcome));
                 });
  }

  void OtherSignal(const OtherSignalInfo& signal, const HttpRequest& request,
                   const HttpResponder& respond) {
    counters().CountReceived(request.body.size());
    counters().CountRefused(signal.reason);
    respond(Render(EncodingOf(request).value_or(OtlpEncoding::kJson),
                   RefusedForGood(Unimplemented(signal.sentence))));
  }

 private:
  pipeline::IngestCounters& counters() { return intake_.counters(Transport::kHttp); }

  void RefuseType(const HttpRequest& request, const HttpResponder& respond, std::string sentence) {
    counters().CountRefused(RequestRefusal::kContentType);
    respond(RenderOtlpError(request, 415, std::move(sentence)));
  }

  IntakeOutcome Refuse(Status status) {
    const bool too_large = status.code() == StatusCode::kResourceExhausted;
    counters().CountRefused(too_large ? RequestRefusal::kTooLarge : RequestRefusal::kInvalid);
    return RefusedForGood(std::move(status));
  }

  // Makes of the body what it is in protobuf, uncompressed, or tells why not.
  std::optional<IntakeOutcome> MakePlain(OtlpEncoding encoding, ContentEncoding coding,
                                         std::string& body) {
    if (coding != ContentEncoding::kIdentity) {
      if (auto refused = InflateBody(coding, body)) return refused;
    } else if (body.size() > options_.max_request_bytes) {
      return Refuse(ResourceExhausted("the request is larger than " +
                                      std::to_string(options_.max_request_bytes) +
                                      " bytes; send smaller batches"));
    }
    // An empty body is an empty request in either encoding.
    if (encoding == OtlpEncoding::kProtobuf || body.empty()) return std::nullopt;
    pipeline::MemoryHold hold;
    if (auto refused = intake_.HoldMemory(Transport::kHttp, body.size() * kJsonGrowth, hold)) {
      return refused;
    }
    Result<std::string> otlp = wire::TranscodeOtlpTracesJson(body);
    if (!otlp.ok()) return Refuse(otlp.status());
    body = *std::move(otlp);
    return std::nullopt;
  }

  // In two steps: as far as real requests grow, and, for what grows further, to the limit.
  std::optional<IntakeOutcome> InflateBody(ContentEncoding coding, std::string& body) {
    const size_t most = options_.max_request_bytes;
    for (size_t room = std::min(most, std::max(kLeastRoom, body.size() * kUsualGrowth));;
         room = most) {
      // Inflating makes room by doubling, so half as much again is taken for a moment.
      pipeline::MemoryHold hold;
      if (auto refused = intake_.HoldMemory(Transport::kHttp, room + room / 2, hold)) {
        return refused;
      }
      Result<std::string> plain = compression::Inflate(coding, body, room);
      if (plain.ok()) {
        body = *std::move(plain);
        return std::nullopt;
      }
      const bool too_large = plain.status().code() == StatusCode::kResourceExhausted;
      if (!too_large || room == most) return Refuse(plain.status());
    }
  }

  TraceIntake& intake_;
  const OtlpOptions options_;
};

}  // namespace

HttpResponse RenderOtlpError(const HttpRequest& request, int status, std::string sentence) {
  const OtlpEncoding encoding = EncodingOf(request).value_or(OtlpEncoding::kJson);
  const wire::RpcStatus rpc{RpcCodeOfHttp(status), std::move(sentence), std::nullopt};
  return Respond(encoding, status, wire::EncodeRpcStatus(encoding, rpc));
}

void RegisterOtlpHttp(net::HttpRouter& router, TraceIntake& intake, const OtlpOptions& options) {
  auto otlp = std::make_shared<OtlpHttp>(intake, options);
  router.Add("POST", "/v1/traces", net::RunOn::kIo,
             [otlp](HttpRequest request, const HttpResponder& respond) {
               otlp->Traces(std::move(request), respond);
             });
  for (const OtherSignalInfo& signal : kOtherSignals) {
    router.Add("POST", signal.http_path, net::RunOn::kIo,
               [otlp, &signal](const HttpRequest& request, const HttpResponder& respond) {
                 otlp->OtherSignal(signal, request, respond);
               });
  }
}

}  // namespace orrery::receivers
