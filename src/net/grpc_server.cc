// SPDX-License-Identifier: Apache-2.0
#include "net/grpc_server.h"

#include <atomic>
#include <exception>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <grpc/support/log.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mutex.h"
#include "compression/inflate.h"
#include "net/listen_error.h"

#if defined(__SANITIZE_THREAD__)
// The library and its locks are not compiled for the thread sanitizer, which therefore sees races
// in them that are none.
extern "C" const char* __tsan_default_suppressions() {
  return "race:libgrpc\nrace:libgpr\nrace:libabsl\nrace:libupb\nmutex:libabsl\ndeadlock:libabsl\n";
}
#endif

namespace orrery::net {
namespace {

using std::chrono::milliseconds;

struct Counters {
  Counters(Telemetry& telemetry, const std::string& server)
      : calls(telemetry.AddCounter("orrery_grpc_calls_total", "gRPC calls begun.",
                                   {{"server", server}})),
        unknown(telemetry.AddCounter("orrery_grpc_unknown_methods_total",
                                     "gRPC calls of methods that are not there.",
                                     {{"server", server}})),
        refused(telemetry.AddCounter("orrery_grpc_refused_messages_total",
                                     "gRPC messages refused because they were damaged or, "
                                     "inflated, too large.",
                                     {{"server", server}})),
        exceptions(telemetry.AddCounter("orrery_grpc_exceptions_total",
                                        "gRPC calls answered INTERNAL because a handler threw; a "
                                        "bug.",
                                        {{"server", server}})) {}
  Counter& calls;
  Counter& unknown;
  Counter& refused;
  Counter& exceptions;
};

bool IsGzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

std::string Join(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return out;
  out.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return out;
}

GrpcAnswer Failure(grpc::StatusCode code, std::string error) {
  GrpcAnswer answer;
  answer.code = code;
  answer.error = std::move(error);
  return answer;
}

// The library says only that it could not bind; binding again tells why.
Status WhyNotBound(const GrpcServerOptions& options) {
  sockaddr_storage name{};
  socklen_t size = 0;
  auto& v4 = reinterpret_cast<sockaddr_in&>(name);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(name);
  if (::inet_pton(AF_INET, options.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(options.port);
    size = sizeof(v4);
  } else if (::inet_pton(AF_INET6, options.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(options.port);
    size = sizeof(v6);
  } else {
    return InvalidArgument("\"" + options.address + "\" is not an IP address; set " +
                           options.setting + " to one such as 127.0.0.1");
  }
  const int fd = ::socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return ListenError(options.address, options.port, options.setting, errno);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const bool bound =
      ::bind(fd, reinterpret_cast<sockaddr*>(&name), size) == 0 && ::listen(fd, 1) == 0;
  const int error = bound ? EADDRINUSE : errno;  // It was free again a moment later.
  ::close(fd);
  return ListenError(options.address, options.port, options.setting, error);
}

}  // namespace

class GrpcServer::Core {
 public:
  Core(GrpcServerOptions options, Telemetry& telemetry, GrpcMethods methods)
      : options_(std::move(options)),
        methods_(std::move(methods)),
        counters_(telemetry, options_.name) {}
  ~Core() { Drain(milliseconds(0)); }

  Status Start();
  void Drain(milliseconds patience);
  uint16_t port() const { return static_cast<uint16_t>(port_); }

 private:
  // One call, from the request for it until its last operation is done. Exactly one operation is
  // under way at a time, or a handler has it. It lives no longer than that, however long a handler
  // keeps the responder: the queue may be shut down only when the last call is gone.
  class Call : public std::enable_shared_from_this<Call> {
   public:
    explicit Call(Core& core) : core_(core) {
      MutexLock lock(core_.mutex_);
      ++core_.calls_;
    }
    ~Call() {
      MutexLock lock(core_.mutex_);
      --core_.calls_;
      core_.changed_.NotifyAll();
    }

    // Each keeps the call alive until OnDone.
    void Request();
    void OnDone(bool ok);
    // Any thread; the first answer counts.
    void Answer(GrpcAnswer answer);

   private:
    enum class State { kRequested, kReading, kFinishing };

    void Begin(State state) {
      self_ = shared_from_this();
      state_.store(state, std::memory_order_release);
    }
    void Read();
    void Handle();

    Core& core_;
    // Released and acquired, so that tools which can't see into the library's queue see the order.
    std::atomic<State> state_{State::kRequested};
    std::shared_ptr<Call> self_;  // Set while an operation is under way.
    std::atomic<bool> answered_{false};
    const GrpcHandler* handler_ = nullptr;
    grpc::GenericServerContext context_;
    grpc::GenericServerAsyncReaderWriter stream_{&context_};
    grpc::ByteBuffer buffer_;
  };

  // What the responder holds; the last copy gone without an answer is one as well.
  struct Reply {
    explicit Reply(std::weak_ptr<Call> to) : call(std::move(to)) {}
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    ~Reply() {
      Answer(Failure(grpc::StatusCode::INTERNAL, "the call was dropped without an answer"));
    }
    void Answer(GrpcAnswer answer) const {
      if (const auto live = call.lock()) live->Answer(std::move(answer));
    }

    const std::weak_ptr<Call> call;
  };

  void Poll();
  void AnswerAllHandled();

  const GrpcServerOptions options_;
  const GrpcMethods methods_;
  Counters counters_;
  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::vector<std::thread> threads_;

  Mutex mutex_;
  CondVar changed_;
  bool draining_ ORRERY_GUARDED_BY(mutex_) = false;
  int calls_ ORRERY_GUARDED_BY(mutex_) = 0;  // That exist.
  // Calls that a handler has not answered yet.
  std::unordered_map<const Call*, std::shared_ptr<Call>> handled_ ORRERY_GUARDED_BY(mutex_);
};

void GrpcServer::Core::Call::Request() {
  Begin(State::kRequested);
  core_.service_.RequestCall(&context_, &stream_, core_.queue_.get(), core_.queue_.get(), this);
}

void GrpcServer::Core::Call::OnDone(bool ok) {
  const State state = state_.load(std::memory_order_acquire);
  const std::shared_ptr<Call> self = std::move(self_);  // Until the end of this function.
  switch (state) {
    case State::kRequested:
      if (!ok) return;  // The server is going down.
      std::make_shared<Call>(core_)->Request();
      return Read();
    case State::kReading:
      if (ok) return Handle();
      return Answer(Failure(grpc::StatusCode::INVALID_ARGUMENT, "the call carried no message"));
    case State::kFinishing:
      return;
  }
}

void GrpcServer::Core::Call::Read() {
  core_.counters_.calls.Add();
  const auto method = core_.methods_.find(context_.method());
  if (method == core_.methods_.end()) {
    core_.counters_.unknown.Add();
    return Answer(Failure(grpc::StatusCode::UNIMPLEMENTED,
                          "there is no method " + context_.method() + " on this port"));
  }
  handler_ = &method->second;
  Begin(State::kReading);
  stream_.Read(&buffer_, this);
}

void GrpcServer::Core::Call::Handle() {
  std::string message = Join(buffer_);
  buffer_.Clear();
  if (IsGzip(message)) {
    auto plain = compression::Inflate(compression::ContentEncoding::kGzip, message,
                                      core_.options_.max_message_bytes);
    if (!plain.ok()) {
      core_.counters_.refused.Add();
      const bool too_large = plain.status().code() == StatusCode::kResourceExhausted;
      return Answer(Failure(
          too_large ? grpc::StatusCode::RESOURCE_EXHAUSTED : grpc::StatusCode::INVALID_ARGUMENT,
          std::string(plain.status().message())));
    }
    message = *std::move(plain);
  }
  {
    MutexLock lock(core_.mutex_);
    core_.handled_.emplace(this, shared_from_this());
  }
  auto reply = std::make_shared<Reply>(weak_from_this());
  try {
    (*handler_)(std::move(message),
                [reply](GrpcAnswer answer) { reply->Answer(std::move(answer)); });
  } catch (const std::exception& e) {
    core_.counters_.exceptions.Add();
    Answer(Failure(grpc::StatusCode::INTERNAL, std::string("internal error: ") + e.what()));
  }
}

void GrpcServer::Core::Call::Answer(GrpcAnswer answer) {
  if (answered_.exchange(true)) return;
  Begin(State::kFinishing);
  {
    MutexLock lock(core_.mutex_);
    core_.handled_.erase(this);
  }
  if (answer.code == 0) {
    grpc::Slice slice(answer.message);
    stream_.WriteAndFinish(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), grpc::Status::OK,
                           this);
  } else {
    stream_.Finish(
        grpc::Status(static_cast<grpc::StatusCode>(answer.code), answer.error, answer.details),
        this);
  }
}

Status GrpcServer::Core::Start() {
  // The library writes to stderr in a format of its own, for example when a port is taken, which
  // is told properly below.
  ::gpr_set_log_function([](gpr_log_func_args*) {});
  grpc::ServerBuilder builder;
  builder.AddListeningPort(JoinAddress(options_.address, options_.port),
                           grpc::InsecureServerCredentials(), &port_);
  builder.RegisterAsyncGenericService(&service_);
  builder.SetMaxReceiveMessageSize(static_cast<int>(options_.max_message_bytes));
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options_.max_streams_per_connection);
  // Senders that ping an idle connection are not to be cut off for it.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  queue_ = builder.AddCompletionQueue();
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    server_.reset();
    queue_->Shutdown();
    void* tag;
    bool ok;
    while (queue_->Next(&tag, &ok)) {
    }
    MutexLock lock(mutex_);
    draining_ = true;
    return WhyNotBound(options_);
  }
  for (int i = 0; i < options_.threads; ++i) std::make_shared<Call>(*this)->Request();
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Poll(); });
  return OkStatus();
}

void GrpcServer::Core::Poll() {
  void* tag;
  bool ok;
  while (queue_->Next(&tag, &ok)) static_cast<Call*>(tag)->OnDone(ok);
}

void GrpcServer::Core::AnswerAllHandled() {
  std::vector<std::shared_ptr<Call>> calls;
  {
    MutexLock lock(mutex_);
    for (const auto& [key, call] : handled_) calls.push_back(call);
  }
  for (const auto& call : calls) {
    call->Answer(Failure(grpc::StatusCode::UNAVAILABLE, "the server is going down; try again"));
  }
}

void GrpcServer::Core::Drain(milliseconds patience) {
  {
    MutexLock lock(mutex_);
    if (std::exchange(draining_, true)) return;
  }
  // Cancels at the deadline what is still running, and returns although handlers may sit on it.
  server_->Shutdown(std::chrono::system_clock::now() + patience);
  while (true) {
    AnswerAllHandled();
    MutexLock lock(mutex_);
    if (calls_ == 0) break;
    changed_.WaitFor(mutex_, milliseconds(20));
  }
  queue_->Shutdown();
  for (std::thread& thread : threads_) thread.join();
}

Result<std::unique_ptr<GrpcServer>> GrpcServer::Start(GrpcServerOptions options,
                                                      Telemetry& telemetry, GrpcMethods methods) {
  auto core = std::make_unique<Core>(std::move(options), telemetry, std::move(methods));
  ORRERY_RETURN_IF_ERROR(core->Start());
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(core)));
}

GrpcServer::GrpcServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}
GrpcServer::~GrpcServer() = default;

uint16_t GrpcServer::port() const { return core_->port(); }
void GrpcServer::Drain(milliseconds patience) { core_->Drain(patience); }

}  // namespace orrery::net
