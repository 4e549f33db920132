// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include <malloc.h>
#include <unistd.h>

#include "api/admin/admin.h"
#include "api/orrery/pins.h"
#include "api/orrery/query_streams.h"
#include "api/orrery/settings.h"
#include "api/orrery/status.h"
#include "api/orrery/telemetry.h"
#include "api/tempo/tempo_api.h"
#include "api/tempo/tempo_grpc.h"
#include "api/ui/ui.h"
#include "net/grpc_server.h"
#include "net/http_router.h"
#include "net/http_server.h"
#include "net/io_threads.h"
#include "net/worker_pool.h"
#include "pipeline/attribute_editor.h"
#include "pipeline/ingest_queue.h"
#include "pipeline/memory_budget.h"
#include "pipeline/memory_limiter.h"
#include "receivers/otlp/otlp_grpc.h"
#include "receivers/otlp/otlp_http.h"
#include "receivers/otlp/trace_intake.h"
#include "server/process_metrics.h"
#include "server/readiness.h"
#include "server/span_decoder.h"
#include "server/version.h"
#include "traces/trace_store.h"
#include "wire/otlp_traces_encode.h"

namespace orrery::server {
namespace {

// Two do on two cores; more help only when the network is the bottleneck.
constexpr int kIoThreads = 2;
constexpr int kAdminThreads = 1;
constexpr size_t kAdminQueue = 16;
// Requests of queries are small; a query itself has 128 KiB at most.
constexpr size_t kMaxQueryMessageBytes = size_t{1} << 20;
// How long running requests may take once the server is told to stop.
constexpr std::chrono::milliseconds kDrainPatience{10'000};
constexpr std::chrono::milliseconds kAdminPatience{1'000};
// Used when neither cgroup nor machine tell how much memory there is.
constexpr uint64_t kFallbackBudget = uint64_t{2} << 30;

pipeline::MemoryLimiterOptions MemoryOptions(const config::Config& config) {
  pipeline::MemoryLimiterOptions options;
  options.limit_bytes = config.memory_limit;
  if (options.limit_bytes == 0) {
    const uint64_t budget = pipeline::DetectMemoryBudget(pipeline::ReadSystemFile);
    options.limit_bytes = (budget == 0 ? kFallbackBudget : budget) / 4;
  }
  return options;
}

// The settings of single rooms, within what the memory limit leaves to each: a queue or a cache
// that may be larger than the whole process would never be held back. The parts and the sixteenth
// that the process takes by itself add up to less than the limit; what is left is for queries.
config::Config WithinMemory(config::Config config) {
  const uint64_t limit = MemoryOptions(config).limit_bytes;
  const auto at_most = [](uint64_t& value, uint64_t most) { value = std::min(value, most); };
  at_most(config.max_request_bytes, limit / 16);
  at_most(config.max_decompressed_bytes, limit / 16);
  at_most(config.queue_bytes, limit / 8);
  at_most(config.traces.head_bytes, limit / 12);  // Three of them before spans are refused.
  at_most(config.traces.cache_bytes, limit / 8);
  return config;
}

pipeline::IngestQueueOptions QueueOptions(const config::Config& config) {
  pipeline::IngestQueueOptions options;
  options.max_bytes = config.queue_bytes;
  options.max_requests = config.queue_requests;
  return options;
}

std::map<std::string, std::string> AddedAttributes(const config::Config& config) {
  return {config.add_resource_attributes.begin(), config.add_resource_attributes.end()};
}

}  // namespace

// Everything that runs, in the order in which it is built; destroyed in reverse.
class Server::Rooms {
 public:
  Rooms(const config::Config& config, const ServerDeps& deps)
      : config_(WithinMemory(config)),
        deps_(deps),
        start_time_(deps.clock.WallNow()),
        decoder_(config.otlp_limits),
        io_(kIoThreads),
        query_workers_(std::make_unique<net::WorkerPool>(static_cast<int>(config.query_concurrency),
                                                         config.query_queue)),
        admin_workers_(std::make_unique<net::WorkerPool>(kAdminThreads, kAdminQueue)),
        admin_router_("admin", telemetry_, admin_workers_.get()),
        otlp_router_("otlp", telemetry_, nullptr, receivers::RenderOtlpError),
        tempo_router_("tempo", telemetry_, query_workers_.get()),
        page_router_("page", telemetry_, query_workers_.get()),
        memory_(MemoryOptions(config), MemoryHooks(), deps.clock, telemetry_),
        body_budget_(std::make_shared<net::ByteBudget>(memory_.limit_bytes() / 8)),
        answer_budget_(std::make_shared<net::ByteBudget>(memory_.limit_bytes() / 8)),
        editor_(AddedAttributes(config), config.otlp_limits.attributes, wire::EncodeOtlpTraces) {
    AddProcessMetrics(telemetry_);
  }

  // First who calls handlers, from outside and from the queues, then what handlers use.
  ~Rooms() {
    page_.reset();
    tempo_.reset();
    tempo_grpc_.reset();
    otlp_grpc_.reset();
    otlp_http_.reset();
    admin_.reset();
    query_workers_.reset();
    admin_workers_.reset();
    queue_.reset();
  }
  Rooms(const Rooms&) = delete;
  Rooms& operator=(const Rooms&) = delete;

  Status Start() {
    ORRERY_RETURN_IF_ERROR(deps_.fs.CreateDirectories(config_.data_dir));
    // A directory that was just made must be there after a loss of power.
    if (const Status synced = deps_.fs.SyncDirectory(fs::DirectoryOf(config_.data_dir));
        !synced.ok()) {
      deps_.logger.Warn("the data directory's parent was not synced",
                        {{"error", synced.ToString()}});
    }
    ORRERY_ASSIGN_OR_RETURN(lock_, deps_.fs.Lock(config_.data_dir));
    ORRERY_RETURN_IF_ERROR(StartAdmin());
    ORRERY_RETURN_IF_ERROR(OpenStore());
    ORRERY_RETURN_IF_ERROR(StartReceivers());
    ORRERY_RETURN_IF_ERROR(StartApis());
    readiness_.Reached();
    return OkStatus();
  }

  void Drain() {
    readiness_.WaitFor("draining");
    // Together, so that a slow sender on one port does not keep the others open.
    std::thread grpc([this] { otlp_grpc_->Drain(kDrainPatience); });
    std::thread page([this] { page_->Drain(kDrainPatience); });
    std::thread tempo([this] {
      tempo_->Drain(kDrainPatience);
      tempo_grpc_->Drain(kDrainPatience);
    });
    otlp_http_->Drain(kDrainPatience);
    grpc.join();
    page.join();
    tempo.join();
    queue_->Drain();
    store_->Close();
    admin_->Drain(kAdminPatience);
  }

  std::vector<std::pair<std::string, std::string>> addresses() const { return addresses_; }

 private:
  pipeline::MemoryLimiter::Hooks MemoryHooks() {
    return {.resident_bytes =
                [] {
                  return pipeline::ReadResidentBytes(
                      pipeline::ReadSystemFile, static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)));
                },
            // Gives free pages back; the head is written out by the store's own limits.
            .relieve = [] { ::malloc_trim(0); }};
  }

  net::HttpServerOptions HttpOptions(const char* name, const char* setting,
                                     const Address& address) const {
    net::HttpServerOptions options;
    options.name = name;
    options.address = address.host;
    options.port = address.port;
    options.setting = std::string("--") + setting + "=ADDRESS:PORT";
    options.allowed_hosts = config_.allowed_hosts;
    options.max_connections = config_.max_connections;
    options.max_body_bytes = config_.max_request_bytes;
    options.body_budget = body_budget_;
    options.answer_budget = answer_budget_;
    return options;
  }

  Status StartHttp(net::HttpServerOptions options, const net::HttpRouter& router,
                   std::unique_ptr<net::HttpServer>& server,
                   net::HttpErrorRenderer render_error = net::RenderErrorAsText,
                   net::Http2Takeover http2 = {}) {
    const Address wanted{options.address, options.port};
    const std::string name = options.name;
    ORRERY_ASSIGN_OR_RETURN(server,
                            net::HttpServer::Start(
                                std::move(options), io_, telemetry_,
                                [&router](net::HttpRequest request, net::HttpResponder respond) {
                                  router.Handle(std::move(request), std::move(respond));
                                },
                                std::move(render_error), std::move(http2)));
    Opened(name, wanted, server->port());
    return OkStatus();
  }

  void Opened(const std::string& name, const Address& wanted, uint16_t port) {
    addresses_.emplace_back(name, Address{wanted.host, port}.ToString());
  }

  Status StartAdmin() {
    api::RegisterAdmin(admin_router_, {.telemetry = telemetry_,
                                       .ready = [this] { return readiness_.status(); },
                                       .flush = [this] { return Flush(); }});
    return StartHttp(HttpOptions("admin", "admin.address", config_.admin_address), admin_router_,
                     admin_);
  }

  Status Flush() {
    ORRERY_RETURN_IF_ERROR(readiness_.status());
    ORRERY_RETURN_IF_ERROR(store_->Flush());
    ::malloc_trim(0);
    return OkStatus();
  }

  Status OpenStore() {
    readiness_.WaitFor("starting: opening the trace store");
    const auto on_replay = [this](double done) {
      const auto percent = static_cast<int>(done * 100);
      if (replayed_percent_.exchange(percent) == percent) return;
      readiness_.WaitFor("starting: replaying the log, " + std::to_string(percent) + "% done");
    };
    ORRERY_ASSIGN_OR_RETURN(store_,
                            traces::TraceStore::Open({.fs = deps_.fs,
                                                      .clock = deps_.clock,
                                                      .logger = deps_.logger,
                                                      .telemetry = telemetry_,
                                                      .decoder = decoder_,
                                                      .on_replay = on_replay},
                                                     config_.data_dir + "/traces", config_.traces));
    store_->StartMaintenance();
    readiness_.WaitFor("starting: opening ports");
    return OkStatus();
  }

  Status StartReceivers() {
    queue_ = std::make_unique<pipeline::IngestQueue>(QueueOptions(config_), *store_, telemetry_);
    intake_ = std::make_unique<receivers::TraceIntake>(*queue_, memory_, editor_,
                                                       config_.otlp_limits, telemetry_);
    receivers::OtlpOptions otlp;
    otlp.max_request_bytes = config_.max_decompressed_bytes;
    receivers::RegisterOtlpHttp(otlp_router_, *intake_, otlp);
    ORRERY_RETURN_IF_ERROR(
        StartHttp(HttpOptions("otlp_http", "otlp.http.address", config_.otlp_http_address),
                  otlp_router_, otlp_http_, receivers::RenderOtlpError));
    net::GrpcServerOptions grpc;
    grpc.name = "otlp_grpc";
    grpc.address = config_.otlp_grpc_address.host;
    grpc.port = config_.otlp_grpc_address.port;
    grpc.setting = "--otlp.grpc.address=ADDRESS:PORT";
    grpc.max_message_bytes = config_.max_decompressed_bytes;
    grpc.max_library_bytes = memory_.limit_bytes() / 8;
    ORRERY_ASSIGN_OR_RETURN(
        otlp_grpc_, net::GrpcServer::Start(grpc, telemetry_, receivers::OtlpGrpcMethods(*intake_),
                                           receivers::OtlpGrpcAdmission(*intake_)));
    Opened("otlp_grpc", config_.otlp_grpc_address, otlp_grpc_->port());
    return OkStatus();
  }

  Status StartApis() {
    const api::TempoDeps tempo{.traces = *store_,
                               .clock = deps_.clock,
                               .limits = {.timeout_nanos = config_.query_timeout_nanos,
                                          .max_bytes = config_.query_max_bytes,
                                          .max_trace_spans = config_.query_max_trace_spans},
                               .ready = [this] { return readiness_.status(); },
                               .version = std::string(Version())};
    api::RegisterTempo(tempo_router_, tempo);
    api::RegisterQueryStreams(page_router_, tempo);
    net::GrpcServerOptions grpc;
    grpc.name = "tempo_grpc";
    grpc.max_message_bytes = kMaxQueryMessageBytes;
    grpc.max_library_bytes = memory_.limit_bytes() / 16;
    ORRERY_ASSIGN_OR_RETURN(tempo_grpc_,
                            net::GrpcServer::StartWithoutPort(
                                grpc, telemetry_, api::TempoGrpcMethods(tempo, *query_workers_)));
    ORRERY_RETURN_IF_ERROR(StartHttp(HttpOptions("tempo", "tempo.address", config_.tempo_address),
                                     tempo_router_, tempo_, net::RenderErrorAsText,
                                     [this](int fd) { tempo_grpc_->Adopt(fd); }));
    page_router_.Mount("/tempo", tempo_router_);
    api::RegisterStatus(page_router_, {.traces = *store_,
                                       .version = std::string(Version()),
                                       .start_time = start_time_,
                                       .addresses = addresses_});
    api::RegisterPins(page_router_, *store_);
    api::RegisterTelemetry(page_router_, telemetry_, deps_.clock);
    ShowSettings();
    api::RegisterUi(page_router_, {.assets = deps_.page, .make_nonce = api::RandomNonce});
    return StartHttp(HttpOptions("http", "http.address", config_.http_address), page_router_,
                     page_);
  }

  // A setting's default is what its target holds when the setting is made.
  void ShowSettings() {
    config::Config shown;
    const std::vector<Setting> settings = config::SettingsOf(shown);
    shown = config_;
    api::RegisterSettings(page_router_, settings);
  }

  // Constant after construction.
  const config::Config config_;
  const ServerDeps deps_;
  const UnixNanos start_time_;

  Telemetry telemetry_;
  Readiness readiness_;
  std::atomic<int> replayed_percent_{-1};
  std::vector<std::pair<std::string, std::string>> addresses_;
  std::unique_ptr<fs::DirectoryLock> lock_;
  OtlpSpanDecoder decoder_;
  std::unique_ptr<traces::TraceStore> store_;

  net::IoThreads io_;
  std::unique_ptr<net::WorkerPool> query_workers_;
  std::unique_ptr<net::WorkerPool> admin_workers_;
  net::HttpRouter admin_router_;
  net::HttpRouter otlp_router_;
  net::HttpRouter tempo_router_;
  net::HttpRouter page_router_;
  pipeline::MemoryLimiter memory_;
  const std::shared_ptr<net::ByteBudget> body_budget_;
  const std::shared_ptr<net::ByteBudget> answer_budget_;
  pipeline::AttributeEditor editor_;
  std::unique_ptr<pipeline::IngestQueue> queue_;
  std::unique_ptr<receivers::TraceIntake> intake_;

  std::unique_ptr<net::HttpServer> admin_;
  std::unique_ptr<net::HttpServer> otlp_http_;
  std::unique_ptr<net::GrpcServer> otlp_grpc_;
  std::unique_ptr<net::GrpcServer> tempo_grpc_;
  std::unique_ptr<net::HttpServer> tempo_;  // Hands connections to the one above.
  std::unique_ptr<net::HttpServer> page_;
};

Server::Server(std::unique_ptr<Rooms> rooms) : rooms_(std::move(rooms)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const config::Config& config,
                                              const ServerDeps& deps) {
  auto rooms = std::make_unique<Rooms>(config, deps);
  ORRERY_RETURN_IF_ERROR(rooms->Start());
  return std::unique_ptr<Server>(new Server(std::move(rooms)));
}

std::vector<std::pair<std::string, std::string>> Server::addresses() const {
  return rooms_->addresses();
}

void Server::Drain() { rooms_->Drain(); }

}  // namespace orrery::server
