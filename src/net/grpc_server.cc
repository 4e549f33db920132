// SPDX-License-Identifier: Apache-2.0
#include "net/grpc_server.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <grpc/support/log.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>
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
        left(telemetry.AddCounter("orrery_grpc_clients_left_total",
                                  "Streams whose client went away before their end; work on them "
                                  "was told to stop.",
                                  {{"server", server}})),
        exceptions(telemetry.AddCounter("orrery_grpc_exceptions_total",
                                        "gRPC calls answered INTERNAL because a handler threw; a "
                                        "bug.",
                                        {{"server", server}})) {}
  Counter& calls;
  Counter& unknown;
  Counter& refused;
  Counter& timeouts;
  Counter& left;
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

// What the library's queue gives back when something is done.
class Tag {
 public:
  virtual void OnDone(bool ok) = 0;

 protected:
  ~Tag() = default;
};

}  // namespace

class GrpcServer::Core {
 public:
  Core(GrpcServerOptions options, Telemetry& telemetry, GrpcMethods methods,
       GrpcStreamMethods streams, GrpcAdmission admit)
      : options_(std::move(options)),
        methods_(std::move(methods)),
        streams_(std::move(streams)),
        admit_(std::move(admit)),
        counters_(telemetry, options_.name) {}
  ~Core() { Drain(milliseconds(0)); }

  // Without `listen`, connections come by Adopt alone.
  Status Start(bool listen);
  void Adopt(int fd);
  void Drain(milliseconds patience);
  uint16_t port() const { return static_cast<uint16_t>(port_); }

 private:
  // One call, from the request for it until its last operation is done. Exactly one operation is
  // under way at a time, or a handler has it; of a call that is answered by a stream both. It lives
  // no longer than that, however long a handler keeps the responder: the queue may be shut down
  // only when the last call is gone.
  class Call final : public Tag, public std::enable_shared_from_this<Call> {
   public:
    explicit Call(Core& core) : core_(core), end_(*this) {
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
    void OnDone(bool ok) override;
    // Any thread; the first answer counts.
    void Answer(GrpcAnswer answer);
    // Any thread, of a call that is answered by a stream.
    void Send(std::string message);
    bool AllSent();
    std::shared_ptr<CancelSignal> client_left() const { return client_left_; }
    // While its message is being read.
    void CutOff() { context_.TryCancel(); }

   private:
    enum class State { kRequested, kReading, kWriting, kFinishing };

    // Comes back when the client has its answer or has gone away.
    class End final : public Tag {
     public:
      explicit End(Call& call) : call_(call) {}
      void OnDone(bool ok) override;
      std::shared_ptr<Call> self;  // Set while it is to come.

     private:
      Call& call_;
    };

    void Begin(State state) {
      self_ = shared_from_this();
      state_.store(state, std::memory_order_release);
    }
    void Read();
    void Handle();
    void HandleStream(std::string message);
    // Begins the next operation of a stream, when there is none under way and one to begin.
    void Advance() ORRERY_REQUIRES(stream_mutex_);
    void OnWritten(bool ok);
    void Forget();
    // The message, inflated when it has to be. False when the call was answered instead.
    bool TakeMessage(std::string& message, std::shared_ptr<const void>& hold);
    bool Admit(size_t bytes, std::shared_ptr<const void>& hold);

    Core& core_;
    // Released and acquired, so that tools which can't see into the library's queue see the order.
    std::atomic<State> state_{State::kRequested};
    std::shared_ptr<Call> self_;  // Set while an operation is under way.
    std::atomic<bool> answered_{false};
    const GrpcHandler* handler_ = nullptr;
    const GrpcStreamHandler* stream_handler_ = nullptr;
    grpc::GenericServerContext context_;
    grpc::GenericServerAsyncReaderWriter stream_{&context_};
    grpc::ByteBuffer buffer_;

    // Of a call that is answered by a stream.
    End end_;
    std::shared_ptr<CancelSignal> client_left_;  // Constant once the handler runs.
    Mutex stream_mutex_;
    std::deque<std::string> outgoing_ ORRERY_GUARDED_BY(stream_mutex_);
    bool under_way_ ORRERY_GUARDED_BY(stream_mutex_) = false;
    bool broken_ ORRERY_GUARDED_BY(stream_mutex_) = false;
    std::optional<grpc::Status> status_ ORRERY_GUARDED_BY(stream_mutex_);
  };

  // What the handler of a stream holds.
  class Stream final : public GrpcStream {
   public:
    Stream(std::weak_ptr<Call> call, std::shared_ptr<CancelSignal> client_left)
        : call_(std::move(call)), client_left_(std::move(client_left)) {}
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() override {
      Stream::Finish(grpc::StatusCode::INTERNAL, "the call was dropped without an answer");
    }
    void Send(std::string message) override {
      if (const auto live = call_.lock()) live->Send(std::move(message));
    }
    bool idle() const override {
      const auto live = call_.lock();
      return live == nullptr || live->AllSent();
    }
    void Finish(int code, std::string error) override {
      if (const auto live = call_.lock()) {
        live->Answer(Failure(static_cast<grpc::StatusCode>(code), std::move(error)));
      }
    }
    std::shared_ptr<CancelSignal> client_left() const override { return client_left_; }

   private:
    const std::weak_ptr<Call> call_;
    const std::shared_ptr<CancelSignal> client_left_;
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
  const GrpcStreamMethods streams_;
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
  Tag* const tag = this;
  Tag* const end = &end_;
  if (!core_.streams_.empty()) context_.AsyncNotifyWhenDone(end);
  core_.service_.RequestCall(&context_, &stream_, core_.queue_.get(), core_.queue_.get(), tag);
}

void GrpcServer::Core::Call::OnDone(bool ok) {
  const State state = state_.load(std::memory_order_acquire);
  const std::shared_ptr<Call> self = std::move(self_);  // Until the end of this function.
  switch (state) {
    case State::kRequested:
      if (!ok) return;  // The server is going down.
      if (!core_.streams_.empty()) end_.self = self;
      std::make_shared<Call>(core_)->Request();
      return Read();
    case State::kReading: {
      MutexLock lock(core_.mutex_);
      core_.reading_.erase(this);
    }
      if (ok) return Handle();
      return Answer(Failure(grpc::StatusCode::INVALID_ARGUMENT, "the call carried no message"));
    case State::kWriting:
      return OnWritten(ok);
    case State::kFinishing:
      return;
  }
}

void GrpcServer::Core::Call::End::OnDone(bool /*ok*/) {
  const std::shared_ptr<Call> last = std::move(self);
  if (call_.client_left_ == nullptr || !call_.context_.IsCancelled()) return;
  call_.core_.counters_.left.Add();
  call_.client_left_->Fire();
}

void GrpcServer::Core::Call::Read() {
  core_.counters_.calls.Add();
  const auto method = core_.methods_.find(context_.method());
  const auto stream = core_.streams_.find(context_.method());
  if (method != core_.methods_.end()) {
    handler_ = &method->second;
  } else if (stream != core_.streams_.end()) {
    stream_handler_ = &stream->second;
  } else {
    core_.counters_.unknown.Add();
    return Answer(Failure(grpc::StatusCode::UNIMPLEMENTED,
                          "there is no method " + context_.method() + " on this port"));
  }
  Begin(State::kReading);
  {
    MutexLock lock(core_.mutex_);
    core_.reading_.emplace(this, SteadyClock::now() + core_.options_.read_timeout);
  }
  stream_.Read(&buffer_, static_cast<Tag*>(this));
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
  if (stream_handler_ != nullptr) return HandleStream(std::move(message));
  auto reply = std::make_shared<Reply>(weak_from_this());
  try {
    (*handler_)(std::move(message),
                [reply](GrpcAnswer answer) { reply->Answer(std::move(answer)); });
  } catch (const std::exception& e) {
    core_.counters_.exceptions.Add();
    Answer(Failure(grpc::StatusCode::INTERNAL, std::string("internal error: ") + e.what()));
  }
}

void GrpcServer::Core::Call::HandleStream(std::string message) {
  client_left_ = std::make_shared<CancelSignal>();
  auto stream = std::make_shared<Stream>(weak_from_this(), client_left_);
  try {
    (*stream_handler_)(std::move(message), stream);
  } catch (const std::exception& e) {
    core_.counters_.exceptions.Add();
    Answer(Failure(grpc::StatusCode::INTERNAL, std::string("internal error: ") + e.what()));
  }
}

void GrpcServer::Core::Call::Send(std::string message) {
  const MutexLock lock(stream_mutex_);
  if (broken_ || status_.has_value()) return;
  outgoing_.push_back(std::move(message));
  Advance();
}

bool GrpcServer::Core::Call::AllSent() {
  const MutexLock lock(stream_mutex_);
  return outgoing_.empty() && !under_way_;
}

void GrpcServer::Core::Call::Advance() {
  if (under_way_ || broken_) return;
  if (!outgoing_.empty()) {
    under_way_ = true;
    Begin(State::kWriting);
    const grpc::Slice slice(outgoing_.front());
    outgoing_.pop_front();
    stream_.Write(grpc::ByteBuffer(&slice, 1), static_cast<Tag*>(this));
  } else if (status_.has_value()) {
    under_way_ = true;  // Nothing follows.
    Begin(State::kFinishing);
    stream_.Finish(*status_, static_cast<Tag*>(this));
  }
}

void GrpcServer::Core::Call::OnWritten(bool ok) {
  const MutexLock lock(stream_mutex_);
  under_way_ = false;
  broken_ = !ok;
  if (broken_) outgoing_.clear();
  Advance();
}

void GrpcServer::Core::Call::Forget() {
  const MutexLock lock(core_.mutex_);
  core_.handled_.erase(this);
}

void GrpcServer::Core::Call::Answer(GrpcAnswer answer) {
  if (answered_.exchange(true)) return;
  const std::shared_ptr<Call> self = shared_from_this();
  Forget();
  if (client_left_ != nullptr) {
    const MutexLock lock(stream_mutex_);
    status_ = grpc::Status(static_cast<grpc::StatusCode>(answer.code), answer.error);
    return Advance();
  }
  Begin(State::kFinishing);
  if (answer.code == 0) {
    grpc::Slice slice(answer.message);
    stream_.WriteAndFinish(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), grpc::Status::OK,
                           static_cast<Tag*>(this));
  } else {
    stream_.Finish(
        grpc::Status(static_cast<grpc::StatusCode>(answer.code), answer.error, answer.details),
        static_cast<Tag*>(this));
  }
}

Status GrpcServer::Core::Start(bool listen) {
  // The library writes to stderr in a format of its own, for example when a port is taken, which
  // is told properly below.
  ::gpr_set_log_function([](gpr_log_func_args*) {});
  grpc::ServerBuilder builder;
  if (listen) {
    builder.AddListeningPort(JoinAddress(options_.address, options_.port),
                             grpc::InsecureServerCredentials(), &port_);
  }
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
  if (server_ == nullptr || (listen && port_ == 0)) {
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

void GrpcServer::Core::Adopt(int fd) {
  // Under the lock, so that the server is not shut down meanwhile.
  const MutexLock lock(mutex_);
  if (draining_) {
    ::close(fd);
    return;
  }
  grpc::AddInsecureChannelFromFd(server_.get(), fd);
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
        static_cast<Tag*>(tag)->OnDone(ok);
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
    if (const auto client_left = call->client_left()) client_left->Fire();
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
  auto core = std::make_unique<Core>(std::move(options), telemetry, std::move(methods),
                                     GrpcStreamMethods(), std::move(admit));
  ORRERY_RETURN_IF_ERROR(core->Start(true));
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(core)));
}

Result<std::unique_ptr<GrpcServer>> GrpcServer::StartWithoutPort(GrpcServerOptions options,
                                                                 Telemetry& telemetry,
                                                                 GrpcStreamMethods methods) {
  auto core = std::make_unique<Core>(std::move(options), telemetry, GrpcMethods(),
                                     std::move(methods), GrpcAdmission());
  ORRERY_RETURN_IF_ERROR(core->Start(false));
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(core)));
}

GrpcServer::GrpcServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}
GrpcServer::~GrpcServer() = default;

uint16_t GrpcServer::port() const { return core_->port(); }
void GrpcServer::Adopt(int fd) { core_->Adopt(fd); }
void GrpcServer::Drain(milliseconds patience) { core_->Drain(patience); }

}  // namespace orrery::net
