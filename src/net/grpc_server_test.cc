// SPDX-License-Identifier: Apache-2.0
#include "net/grpc_server.h"

#include <future>
#include <string>
#include <thread>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

namespace orrery::net {
namespace {

using std::chrono::milliseconds;

constexpr char kEcho[] = "/test.Service/Echo";

struct CallResult {
  grpc::Status status;
  std::string message;
};

// One unary call with bytes over a real channel.
CallResult Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
               const std::string& message, bool gzip = false) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  if (gzip) context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  grpc::CompletionQueue queue;
  grpc::Slice slice(message);
  const grpc::ByteBuffer request(&slice, 1);
  auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  CallResult result;
  call->Finish(&response, &result.status, nullptr);
  void* tag;
  bool ok;
  queue.Next(&tag, &ok);
  std::vector<grpc::Slice> slices;
  if (result.status.ok() && response.Dump(&slices).ok()) {
    for (const auto& s : slices) {
      result.message.append(reinterpret_cast<const char*>(s.begin()), s.size());
    }
  }
  return result;
}

class GrpcServerTest : public testing::Test {
 protected:
  GrpcServerOptions Options() {
    GrpcServerOptions options;
    options.max_message_bytes = 100'000;
    options.read_timeout = read_timeout_;
    return options;
  }

  void Serve() {
    GrpcMethods methods;
    methods[kEcho] = [](std::string message, const GrpcResponder& respond) {
      respond({.code = 0, .error = "", .details = "", .message = "echo " + message});
    };
    methods["/test.Service/Late"] = [this](const std::string& message, GrpcResponder respond) {
      MutexLock lock(mutex_);
      late_.push_back([respond = std::move(respond), message] {
        respond({.code = 0, .error = "", .details = "", .message = message});
      });
      arrived_.NotifyAll();
    };
    methods["/test.Service/Fail"] = [](const std::string&, const GrpcResponder& respond) {
      respond({.code = 8, .error = "slow down", .details = "retry", .message = ""});
    };
    methods["/test.Service/Drop"] = [](const std::string&, const GrpcResponder&) {};
    methods["/test.Service/Throw"] = [](const std::string&, const GrpcResponder&) {
      throw std::runtime_error("oops");
    };
    auto server = GrpcServer::Start(Options(), telemetry_, std::move(methods), admit_);
    ASSERT_TRUE(server.ok()) << server.status().ToString();
    server_ = *std::move(server);
    channel_ = Channel();
  }

  std::shared_ptr<grpc::Channel> Channel() {
    return grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->port()),
                               grpc::InsecureChannelCredentials());
  }

  // Waits until `n` calls of Late have come in.
  void WaitForLate(size_t n) {
    MutexLock lock(mutex_);
    while (late_.size() < n) arrived_.Wait(mutex_);
  }

  milliseconds read_timeout_{60'000};
  GrpcAdmission admit_;
  Telemetry telemetry_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  Mutex mutex_;
  CondVar arrived_;
  std::vector<std::function<void()>> late_;
};

TEST_F(GrpcServerTest, BytesGoInAndOut) {
  Serve();
  EXPECT_EQ(Ask(channel_, kEcho, "hi").message, "echo hi");
  EXPECT_EQ(Ask(channel_, kEcho, "").message, "echo ");
  const std::string large(90'000, 'x');
  EXPECT_EQ(Ask(channel_, kEcho, large).message, "echo " + large);
}

TEST_F(GrpcServerTest, GzipIsInflatedWithinTheLimit) {
  Serve();
  const std::string text(90'000, 'x');
  EXPECT_EQ(Ask(channel_, kEcho, text, true).message, "echo " + text);
  std::string zeros;
  zeros.resize(50'000'000, '0');
  const CallResult bomb = Ask(channel_, kEcho, zeros, true);
  EXPECT_EQ(bomb.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(bomb.status.error_message().find("100000"), std::string::npos)
      << bomb.status.error_message();
  const CallResult damaged = Ask(channel_, kEcho, "\x1f\x8b nonsense");
  EXPECT_EQ(damaged.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcServerTest, OversizedMessagesAreResourceExhaustedForGood) {
  Serve();
  const CallResult result = Ask(channel_, kEcho, std::string(200'000, 'x'));
  EXPECT_EQ(result.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(result.status.error_details(), "");
  EXPECT_EQ(Ask(channel_, kEcho, "hi").message, "echo hi");
}

TEST_F(GrpcServerTest, UnknownMethodsAreUnimplemented) {
  Serve();
  const CallResult result = Ask(channel_, "/test.Service/None", "hi");
  EXPECT_EQ(result.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(result.status.error_message(), "there is no method /test.Service/None on this port");
}

TEST_F(GrpcServerTest, FailuresCarryTheirDetails) {
  Serve();
  const CallResult result = Ask(channel_, "/test.Service/Fail", "");
  EXPECT_EQ(result.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(result.status.error_message(), "slow down");
  EXPECT_EQ(result.status.error_details(), "retry");
  EXPECT_EQ(Ask(channel_, "/test.Service/Drop", "").status.error_code(), grpc::INTERNAL);
  EXPECT_EQ(Ask(channel_, "/test.Service/Throw", "").status.error_code(), grpc::INTERNAL);
}

TEST_F(GrpcServerTest, CallsOfOneConnectionRunSideBySide) {
  Serve();
  std::vector<std::future<CallResult>> calls;
  calls.reserve(8);
  for (int i = 0; i < 8; ++i) {
    calls.push_back(std::async(std::launch::async, [&, i] {
      return Ask(channel_, "/test.Service/Late", std::to_string(i));
    }));
  }
  WaitForLate(8);
  EXPECT_EQ(Ask(channel_, kEcho, "quick").message, "echo quick");
  for (auto& answer : late_) answer();
  for (int i = 0; i < 8; ++i) EXPECT_EQ(calls[i].get().message, std::to_string(i));
}

TEST_F(GrpcServerTest, ATakenPortIsNamed) {
  Serve();
  GrpcServerOptions options = Options();
  options.port = server_->port();
  options.setting = "--otlp.grpc.address";
  const auto second = GrpcServer::Start(options, telemetry_, {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().ToString(),
            "unavailable: address 127.0.0.1:" + std::to_string(server_->port()) +
                " is taken by another process; stop it or set --otlp.grpc.address to another one");
}

TEST_F(GrpcServerTest, ACallWhoseMessageDoesNotComeIsCutOff) {
  read_timeout_ = milliseconds(40);
  Serve();
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(&context, kEcho, &queue);
  call->StartCall(nullptr);
  grpc::Status status;
  call->Finish(&status, &status);
  // The start is told first, then the end.
  void* tag = nullptr;
  bool ok = false;
  while (tag != &status) ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_NE(telemetry_.Render().find("orrery_grpc_timeouts_total{server=\"grpc\"} 1\n"),
            std::string::npos);
  EXPECT_EQ(Ask(channel_, kEcho, "hi").message, "echo hi");
}

TEST_F(GrpcServerTest, MemoryIsAskedForBeforeItIsTaken) {
  std::vector<size_t> asked;
  admit_ = [&](size_t bytes, std::shared_ptr<const void>&) -> std::optional<GrpcAnswer> {
    asked.push_back(bytes);
    if (bytes < 10'000) return std::nullopt;
    return GrpcAnswer{.code = 8, .error = "wait", .details = "retry", .message = ""};
  };
  Serve();
  EXPECT_EQ(Ask(channel_, kEcho, std::string(9'000, 'x')).status.error_code(), grpc::OK);
  const CallResult large = Ask(channel_, kEcho, std::string(10'000, 'x'));
  EXPECT_EQ(large.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(large.status.error_details(), "retry");
  // Small as it came; what it may inflate to is asked for as well.
  const CallResult packed = Ask(channel_, kEcho, std::string(50'000, 'x'), true);
  EXPECT_EQ(packed.status.error_message(), "wait");
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_GE(asked[3], 150'000u);
}

TEST_F(GrpcServerTest, DrainFinishesRunningCalls) {
  Serve();
  auto call =
      std::async(std::launch::async, [&] { return Ask(channel_, "/test.Service/Late", "late"); });
  WaitForLate(1);
  auto drained = std::async(std::launch::async, [&] { server_->Drain(milliseconds(20'000)); });
  EXPECT_EQ(drained.wait_for(milliseconds(50)), std::future_status::timeout);
  late_[0]();
  EXPECT_EQ(call.get().message, "late");
  drained.get();
  EXPECT_EQ(Ask(Channel(), kEcho, "hi").status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcServerTest, DrainAnswersWhatOutlastsItsPatience) {
  Serve();
  auto call =
      std::async(std::launch::async, [&] { return Ask(channel_, "/test.Service/Late", "late"); });
  WaitForLate(1);
  server_->Drain(milliseconds(30));
  EXPECT_FALSE(call.get().status.ok());
  late_[0]();  // Too late, and harmless.
}

}  // namespace
}  // namespace orrery::net
