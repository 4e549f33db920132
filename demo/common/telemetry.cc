// SPDX-License-Identifier: Apache-2.0
#include "demo/common/telemetry.h"

#include <atomic>
#include <chrono>
#include <random>
#include <utility>

#include <opentelemetry/context/propagation/global_propagator.h>
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_options.h>
#include <opentelemetry/sdk/common/global_log_handler.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/propagation/http_trace_context.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/scope.h>
#include <opentelemetry/trace/tracer.h>
#include <unistd.h>

#include "demo/common/log.h"

namespace demo {
namespace {

namespace otel = opentelemetry;
namespace sdk = opentelemetry::sdk;
namespace internal_log = opentelemetry::sdk::common::internal_log;

// An unreachable endpoint makes the SDK complain once a batch; every so often is enough to know.
constexpr int64_t kSecondsBetweenComplaints = 30;

class LogfmtHandler : public internal_log::LogHandler {
 public:
  void Handle(internal_log::LogLevel level, const char*, int, const char* message,
              const sdk::common::AttributeMap&) noexcept override {
    const int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                            std::chrono::steady_clock::now().time_since_epoch())
                            .count();
    int64_t last = last_.load();
    if (last != 0 && now - last < kSecondsBetweenComplaints) return;
    if (!last_.compare_exchange_strong(last, now)) return;
    LogWarning("telemetry", {{"severity", internal_log::LevelToString(level)},
                             {"detail", message != nullptr ? message : ""}});
  }

 private:
  std::atomic<int64_t> last_{0};
};

std::string HostName() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string RandomUuid() {
  std::random_device random;
  const auto word = [&random] { return static_cast<uint64_t>(random()) << 32 | random(); };
  const uint64_t high = (word() & ~0xf000ULL) | 0x4000ULL;       // version 4
  const uint64_t low = (word() & ~(3ULL << 62)) | (2ULL << 62);  // RFC 9562 variant
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xffff),
                static_cast<unsigned>(low >> 48),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return text;
}

sdk::resource::Resource DescribeProcess(const std::string& service_name) {
  return sdk::resource::Resource::Create({{"service.name", service_name},
                                          {"service.version", std::string(kVersion)},
                                          {"service.instance.id", RandomUuid()},
                                          {"host.name", HostName()},
                                          {"os.type", std::string("linux")}});
}

}  // namespace

Telemetry::Telemetry(const std::string& service_name) {
  internal_log::GlobalLogHandler::SetLogHandler(
      otel::nostd::shared_ptr<internal_log::LogHandler>(new LogfmtHandler));
  internal_log::GlobalLogHandler::SetLogLevel(internal_log::LogLevel::Warning);

  sdk::trace::BatchSpanProcessorOptions batches;
  batches.schedule_delay_millis = std::chrono::seconds(1);
  auto exporter = otel::exporter::otlp::OtlpGrpcExporterFactory::Create();
  auto processor = sdk::trace::BatchSpanProcessorFactory::Create(std::move(exporter), batches);
  std::shared_ptr<otel::trace::TracerProvider> provider = sdk::trace::TracerProviderFactory::Create(
      std::move(processor), DescribeProcess(service_name));
  otel::trace::Provider::SetTracerProvider(provider);
  otel::context::propagation::GlobalTextMapPropagator::SetGlobalPropagator(
      otel::nostd::shared_ptr<otel::context::propagation::TextMapPropagator>(
          new otel::trace::propagation::HttpTraceContext));
}

Telemetry::~Telemetry() {
  const auto provider = otel::trace::Provider::GetTracerProvider();
  static_cast<sdk::trace::TracerProvider*>(provider.get())->Shutdown();
  otel::trace::Provider::SetTracerProvider(std::shared_ptr<otel::trace::TracerProvider>(
      std::make_shared<otel::trace::NoopTracerProvider>()));
}

struct InternalSpan::State {
  explicit State(const std::string& name)
      : span(otel::trace::Provider::GetTracerProvider()
                 ->GetTracer(kTracerName, kVersion)
                 ->StartSpan(name)),
        active(span) {}

  const otel::nostd::shared_ptr<otel::trace::Span> span;
  const otel::trace::Scope active;
};

InternalSpan::InternalSpan(const std::string& name) : state_(std::make_unique<State>(name)) {}

InternalSpan::~InternalSpan() = default;

void InternalSpan::SetAttribute(const std::string& key, const std::string& value) {
  state_->span->SetAttribute(key, value);
}

void InternalSpan::SetAttribute(const std::string& key, int64_t value) {
  state_->span->SetAttribute(key, value);
}

}  // namespace demo
