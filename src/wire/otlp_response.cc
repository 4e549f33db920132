// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_response.h"

#include <string_view>

#include "base/clock.h"
#include "wire/json_writer.h"
#include "wire/proto_writer.h"

namespace orrery::wire {
namespace {

constexpr std::string_view kRetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

std::string EncodePartialProtobuf(const PartialSuccess& partial) {
  std::string bytes;
  ProtoWriter out(bytes);
  {
    ProtoWriter message(out, 1);
    if (partial.rejected_spans != 0) message.Varint(1, partial.rejected_spans);
    if (!partial.message.empty()) message.Bytes(2, partial.message);
  }
  return bytes;
}

std::string EncodeRetryInfo(uint64_t nanos) {
  std::string bytes;
  ProtoWriter out(bytes);
  {
    ProtoWriter delay(out, 1);
    if (nanos >= kNanosPerSecond) delay.Varint(1, nanos / kNanosPerSecond);
    if (nanos % kNanosPerSecond != 0) delay.Varint(2, nanos % kNanosPerSecond);
  }
  return bytes;
}

std::string EncodeStatusProtobuf(const RpcStatus& status) {
  std::string bytes;
  ProtoWriter out(bytes);
  if (status.code != 0) out.Signed(1, status.code);
  if (!status.message.empty()) out.Bytes(2, status.message);
  if (status.retry_after_nanos.has_value()) {
    ProtoWriter detail(out, 3);
    detail.Bytes(1, kRetryInfoType);
    detail.Bytes(2, EncodeRetryInfo(*status.retry_after_nanos));
  }
  return bytes;
}

// proto3's JSON for a Duration: seconds with 0 or 9 digits behind the point, and an s.
std::string DurationText(uint64_t nanos) {
  std::string text = std::to_string(nanos / kNanosPerSecond);
  if (nanos % kNanosPerSecond != 0) {
    const std::string digits = std::to_string(nanos % kNanosPerSecond);
    text += '.' + std::string(9 - digits.size(), '0') + digits;
  }
  return text + 's';
}

std::string EncodeStatusJson(const RpcStatus& status) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Key("code");
  json.Number(status.code);
  json.Key("message");
  json.String(status.message);
  if (status.retry_after_nanos.has_value()) {
    json.Key("details");
    json.BeginArray();
    json.BeginObject();
    json.Key("@type");
    json.String(kRetryInfoType);
    json.Key("retryDelay");
    json.String(DurationText(*status.retry_after_nanos));
    json.EndObject();
    json.EndArray();
  }
  json.EndObject();
  return text;
}

}  // namespace

std::string EncodeExportTraceResponse(OtlpEncoding encoding, const PartialSuccess& partial) {
  const bool full = partial.rejected_spans == 0 && partial.message.empty();
  if (encoding == OtlpEncoding::kProtobuf) return full ? "" : EncodePartialProtobuf(partial);
  if (full) return "{}";
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Key("partialSuccess");
  json.BeginObject();
  if (partial.rejected_spans != 0) {
    json.Key("rejectedSpans");
    json.Text64(partial.rejected_spans);
  }
  json.Key("errorMessage");
  json.String(partial.message);
  json.EndObject();
  json.EndObject();
  return text;
}

std::string EncodeRpcStatus(OtlpEncoding encoding, const RpcStatus& status) {
  return encoding == OtlpEncoding::kProtobuf ? EncodeStatusProtobuf(status)
                                             : EncodeStatusJson(status);
}

int RpcCodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 0;
    case StatusCode::kCancelled:
      return 1;
    case StatusCode::kInvalidArgument:
      return 3;
    case StatusCode::kDeadlineExceeded:
      return 4;
    case StatusCode::kNotFound:
      return 5;
    case StatusCode::kResourceExhausted:
      return 8;
    case StatusCode::kUnimplemented:
      return 12;
    case StatusCode::kInternal:
      return 13;
    case StatusCode::kUnavailable:
      return 14;
    case StatusCode::kCorruption:
      return 15;
  }
  return 2;
}

}  // namespace orrery::wire
