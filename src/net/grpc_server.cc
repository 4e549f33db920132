// SPDX-License-Identifier: Apache-2.0
#include "net/grpc_server.h"

#include <algorithm>
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
using SteadyClock = std::chrono::steady_clock;

// gzip's output is taken in two steps: what real messages grow to, and, for what grows further,
// the limit. Inflating makes room by doubling, so half as much again is held for a moment.
constexpr size_t kUsualGrowth = 16;
constexpr size_t kLeastRoom = size_t{1} << 20;

// How often late messages are looked for, at least.
constexpr milliseconds kLongestPause{1000};

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
        timeouts(telemetry.AddCounter("orrery_grpc_timeouts_total",
                                      "gRPC calls cut off because their message did not arrive in "
                                      "time.",
                                      {{"server", server}})),
        exceptions(telemetry.AddCounter("orrery_grpc_exceptions_total",
                                        "gRPC calls answered INTERNAL because a handler threw; a "
                                        "bug.",
                                        {{"server", server}})) {}
  Counter& calls;
  Counter& unknown;
  Counter& refused;
  Counter& timeouts;
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

int Millis(milliseconds time) { return static_cast<int>(time.count()); }

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
  Core(GrpcServerOptions options, Telemetry& telemetry, GrpcMethods methods, GrpcAdmission admit)
      : options_(std::move(options)),
        methods_(std::move(methods)),
        admit_(std::move(admit)),
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
    // While its message is being read.
    void CutOff() { context_.TryCancel(); }

   private:
    enum class State { kRequested, kReading, kFinishing };

    void Begin(State state) {
      self_ = shared_from_this();
      state_.store(state, std::memory_order_release);
    }
    void Read();
    void Handle();
    // The message, inflated when it has to be. False when the call was answered instead.
    bool TakeMessage(std::string& message, std::shared_ptr<const void>& hold);
    bool Admit(size_t bytes, std::shared_ptr<const void>& hold);

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
  void CutOffLateReaders();
  void AnswerAllHandled();

  const GrpcServerOptions options_;
  const GrpcMethods methods_;
  const GrpcAdmission admit_;
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
  // Calls whose message is on its way, and until when it has to be here.
  std::unordered_map<Call*, SteadyClock::time_point> reading_ ORRERY_GUARDED_BY(mutex_);
  SteadyClock::time_point next_look_ ORRERY_GUARDED_BY(mutex_);
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
    case State::kReading: {
      MutexLock lock(core_.mutex_);
      core_.reading_.erase(this);
    }
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
  {
    MutexLock lock(core_.mutex_);
    core_.reading_.emplace(this, SteadyClock::now() + core_.options_.read_timeout);
  }
  stream_.Read(&buffer_, this);
}

bool GrpcServer::Core::Call::Admit(size_t bytes, std::shared_ptr<const void>& hold) {
  hold.reset();
  if (!core_.admit_) return true;
  auto refused = core_.admit_(bytes, hold);
  if (!refused.has_value()) return true;
  Answer(*std::move(refused));
  return false;
}

bool GrpcServer::Core::Call::TakeMessage(std::string& message, std::shared_ptr<const void>& hold) {
  if (!Admit(buffer_.Length(), hold)) return false;
  message = Join(buffer_);
  buffer_.Clear();
  if (!IsGzip(message)) return true;
  const size_t most = core_.options_.max_message_bytes;
  for (size_t room = std::min(most, std::max(kLeastRoom, message.size() * kUsualGrowth));;
       room = most) {
    if (!Admit(message.size() + room + room / 2, hold)) return false;
    auto plain = compression::Inflate(compression::ContentEncoding::kGzip, message, room);
    if (plain.ok()) {
      message = *std::move(plain);
      return true;
    }
    const bool too_large = plain.status().code() == StatusCode::kResourceExhausted;
    if (too_large && room < most) continue;
    core_.counters_.refused.Add();
    Answer(Failure(
        too_large ? grpc::StatusCode::RESOURCE_EXHAUSTED : grpc::StatusCode::INVALID_ARGUMENT,
        std::string(plain.status().message())));
    return false;
  }
}

void GrpcServer::Core::Call::Handle() {
  std::string message;
  std::shared_ptr<const void> hold;
  if (!TakeMessage(message, hold)) return;
  hold.reset();
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
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             Millis(options_.handshake_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Millis(options_.keepalive_time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Millis(options_.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Millis(options_.idle_timeout));
  if (options_.max_library_bytes > 0) {
    grpc::ResourceQuota quota(options_.name);
    quota.Resize(options_.max_library_bytes);
    builder.SetResourceQuota(quota);
  }
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
  while (true) {
    const auto pause = std::min(kLongestPause, options_.read_timeout / 4);
    switch (queue_->AsyncNext(&tag, &ok, std::chrono::system_clock::now() + pause)) {
      case grpc::CompletionQueue::SHUTDOWN:
        return;
      case grpc::CompletionQueue::GOT_EVENT:
        static_cast<Call*>(tag)->OnDone(ok);
        break;
      case grpc::CompletionQueue::TIMEOUT:
        break;
    }
    CutOffLateReaders();
  }
}

void GrpcServer::Core::CutOffLateReaders() {
  const auto now = SteadyClock::now();
  MutexLock lock(mutex_);
  if (now < next_look_) return;
  next_look_ = now + std::min(kLongestPause, options_.read_timeout / 4);
  for (auto& [call, until] : reading_) {
    if (now < until) continue;
    // Its read fails soon; once is enough.
    until = SteadyClock::time_point::max();
    counters_.timeouts.Add();
    call->CutOff();
  }
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
                                                      Telemetry& telemetry, GrpcMethods methods,
                                                      GrpcAdmission admit) {
  auto core =
      std::make_unique<Core>(std::move(options), telemetry, std::move(methods), std::move(admit));
  ORRERY_RETURN_IF_ERROR(core->Start());
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(core)));
}

GrpcServer::GrpcServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}
GrpcServer::~GrpcServer() = default;

uint16_t GrpcServer::port() const { return core_->port(); }
void GrpcServer::Drain(milliseconds patience) { core_->Drain(patience); }

}  // namespace orrery::net
