// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <future>

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <protozero/pbf_reader.hpp>

#include "bench/load/sender.h"

namespace orrery::load {
namespace {

constexpr char kMethod[] = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
constexpr auto kTimeout = std::chrono::seconds(60);

// The delay of the google.rpc.RetryInfo among the details of a google.rpc.Status; -1 without one.
int64_t RetryDelayMs(const std::string& rpc_status) {
  try {
    protozero::pbf_reader status(rpc_status);
    while (status.next(3)) {  // details
      protozero::pbf_reader any = status.get_message();
      std::string type;
      std::string value;
      while (any.next()) {
        if (any.tag() == 1) {
          type = any.get_string();
        } else if (any.tag() == 2) {
          value = any.get_bytes();
        } else {
          any.skip();
        }
      }
      if (!type.ends_with("google.rpc.RetryInfo")) continue;
      int64_t delay_ms = 0;
      protozero::pbf_reader info(value);
      while (info.next(1)) {
        protozero::pbf_reader duration = info.get_message();
        while (duration.next()) {
          if (duration.tag() == 1) {
            delay_ms += duration.get_int64() * 1000;
          } else if (duration.tag() == 2) {
            delay_ms += duration.get_int32() / 1'000'000;
          } else {
            duration.skip();
          }
        }
      }
      return delay_ms;
    }
  } catch (const protozero::exception&) {
  }
  return -1;
}

Answer::Kind KindOf(const grpc::Status& status, int64_t retry_delay_ms) {
  switch (status.error_code()) {
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return retry_delay_ms >= 0 ? Answer::Kind::kRetry : Answer::Kind::kRefused;
    case grpc::StatusCode::UNAVAILABLE:
      // The library's own words for a connection that broke; a server that answers has others.
      return retry_delay_ms >= 0 ? Answer::Kind::kRetry : Answer::Kind::kUnreachable;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
      return Answer::Kind::kUnreachable;
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::DATA_LOSS:
      return Answer::Kind::kRetry;
    default:
      return Answer::Kind::kRefused;
  }
}

std::string Flatten(grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (buffer.Valid() && buffer.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  return bytes;
}

class GrpcSender : public Sender {
 public:
  GrpcSender(const std::string& target, bool gzip) : gzip_(gzip) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection for each sender.
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    stub_ = std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
  }

  Answer Send(const std::string& body) override {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kTimeout);
    if (gzip_) context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    const grpc::Slice slice(body.data(), body.size(), grpc::Slice::STATIC_SLICE);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> ended;
    stub_->UnaryCall(&context, kMethod, {}, &request, &response,
                     [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
    const grpc::Status status = ended.get_future().get();
    if (status.ok()) return ReadExportResponse(Flatten(response));
    const int64_t delay_ms = RetryDelayMs(status.error_details());
    return {.kind = KindOf(status, delay_ms),
            .retry_after_ms = delay_ms,
            .reason = "code " + std::to_string(status.error_code()) + " " + status.error_message()};
  }

 private:
  const bool gzip_;
  std::unique_ptr<grpc::GenericStub> stub_;
};

}  // namespace

std::unique_ptr<Sender> MakeGrpcSender(const std::string& target, bool gzip) {
  return std::make_unique<GrpcSender>(target, gzip);
}

}  // namespace orrery::load
