// SPDX-License-Identifier: Apache-2.0
#include "receivers/otlp/trace_intake.h"

#include <utility>

#include "wire/otlp_limits.h"

namespace orrery::receivers {
namespace {

using pipeline::RequestRefusal;
using pipeline::SpanRefusal;
using pipeline::Trim;

// How long a sender waits before it tries again, by what was in the way.
constexpr uint64_t kRetryWhenFull = kNanosPerSecond;
constexpr uint64_t kRetryWhenUnavailable = 5 * kNanosPerSecond;

// What the queue or the store answered, as the sender sees it.
IntakeOutcome OutcomeOf(const Status& status) {
  IntakeOutcome outcome;
  // Senders retry what they take for passing: data loss, cancelled, too late. Here nothing but
  // these two will pass.
  const bool will_pass = status.ok() || status.code() == StatusCode::kResourceExhausted ||
                         status.code() == StatusCode::kUnavailable;
  outcome.status = will_pass ? status : Internal(std::string(status.message()));
  if (status.code() == StatusCode::kResourceExhausted) outcome.retry_after_nanos = kRetryWhenFull;
  if (status.code() == StatusCode::kUnavailable) outcome.retry_after_nanos = kRetryWhenUnavailable;
  return outcome;
}

RequestRefusal ReasonOf(const Status& status, RequestRefusal when_full) {
  switch (status.code()) {
    case StatusCode::kResourceExhausted:
      return when_full;
    case StatusCode::kUnavailable:
      return RequestRefusal::kUnavailable;
    default:
      return RequestRefusal::kInternal;
  }
}

}  // namespace

TraceIntake::TraceIntake(pipeline::IngestQueue& queue, pipeline::MemoryLimiter& memory,
                         const pipeline::AttributeEditor& editor, const wire::OtlpLimits& limits,
                         Telemetry& telemetry)
    : queue_(queue),
      memory_(memory),
      editor_(editor),
      limits_(limits),
      http_(telemetry, "http"),
      grpc_(telemetry, "grpc") {}

std::optional<IntakeOutcome> TraceIntake::RefuseForMemory(Transport transport, uint64_t bytes) {
  const auto retry = memory_.RetryNanos(bytes);
  if (!retry.has_value()) return std::nullopt;
  return RefusedForMemory(transport, *retry);
}

std::optional<IntakeOutcome> TraceIntake::HoldMemory(Transport transport, uint64_t bytes,
                                                     pipeline::MemoryHold& hold) {
  auto held = memory_.Hold(bytes);
  if (!held.has_value()) return RefusedForMemory(transport, kRetryWhenFull);
  hold = *std::move(held);
  return std::nullopt;
}

IntakeOutcome TraceIntake::RefusedForMemory(Transport transport, uint64_t retry_nanos) {
  counters(transport).CountRefused(RequestRefusal::kMemory);
  IntakeOutcome outcome;
  outcome.status =
      ResourceExhausted("the server is near its memory limit of " +
                        std::to_string(memory_.limit_bytes() >> 20) + " MiB; send again later");
  outcome.retry_after_nanos = retry_nanos;
  return outcome;
}

void TraceIntake::CountSpans(pipeline::IngestCounters& counters, const wire::SpanCounts& counts) {
  counters.CountSpans(counts.spans);
  if (counts.end_before_start > 0) counters.CountEndBeforeStart(counts.end_before_start);
  if (counts.refused() == 0) return;
  counters.CountRefusedSpans(SpanRefusal::kTraceId, counts.bad_trace_id);
  counters.CountRefusedSpans(SpanRefusal::kSpanId, counts.bad_span_id);
  counters.CountRefusedSpans(SpanRefusal::kParentSpanId, counts.bad_parent_span_id);
  counters.CountRefusedSpans(SpanRefusal::kZeroStart, counts.zero_start);
}

void TraceIntake::CountTrimmed(pipeline::IngestCounters& counters,
                               const wire::TrimCounts& trimmed) {
  if (trimmed == wire::TrimCounts()) return;
  counters.CountTrimmed(Trim::kAttributes, trimmed.attributes);
  counters.CountTrimmed(Trim::kKey, trimmed.long_keys);
  counters.CountTrimmed(Trim::kNesting, trimmed.deep_values);
  counters.CountTrimmed(Trim::kEvents, trimmed.events);
  counters.CountTrimmed(Trim::kLinks, trimmed.links);
  counters.CountTrimmed(Trim::kValue, trimmed.long_values);
}

// What is told of a request whose spans, or most of them, are taken.
wire::PartialSuccess TraceIntake::Partial(const wire::DecodedTraces& decoded) const {
  wire::PartialSuccess partial{decoded.counts.refused(), wire::DescribeRefusals(decoded.counts)};
  const std::string trims = wire::DescribeTrims(decoded.trimmed, limits_);
  if (!trims.empty()) partial.message += (partial.message.empty() ? "" : "; ") + trims;
  return partial;
}

void TraceIntake::Take(Transport transport, std::shared_ptr<const std::string> otlp, Done done) {
  pipeline::IngestCounters& counted = counters(transport);
  pipeline::MemoryHold hold;
  if (const auto refused =
          HoldMemory(transport, otlp->size() * wire::kMaxGrowth + wire::kFreeGrowthBytes, hold)) {
    return done(*refused);
  }
  Result<wire::DecodedTraces> decoded = wire::DecodeOtlpTraces(otlp, limits_);
  if (!decoded.ok()) {
    const bool too_large = decoded.status().code() == StatusCode::kResourceExhausted;
    counted.CountRefused(too_large ? RequestRefusal::kTooLarge : RequestRefusal::kInvalid);
    return done(RefusedForGood(decoded.status()));
  }
  CountSpans(counted, decoded->counts);
  CountTrimmed(counted, decoded->trimmed);
  const uint64_t accepted = decoded->batch.spans.size();
  wire::PartialSuccess partial = Partial(*decoded);
  if (accepted == 0) return done({OkStatus(), std::nullopt, std::move(partial)});

  contracts::SpanIngest request{std::move(decoded->batch), std::move(otlp)};
  editor_.Edit(request);
  // Shared, because the queue may refuse and leave it to be called here.
  auto answer = std::make_shared<Done>(std::move(done));
  const Status taken = queue_.Submit(
      std::move(request),
      [&counted, answer, accepted, partial = std::move(partial)](const Status& stored) mutable {
        IntakeOutcome outcome = OutcomeOf(stored);
        if (stored.ok()) {
          counted.CountStored(accepted);
          outcome.partial = std::move(partial);
        } else {
          const RequestRefusal reason = ReasonOf(stored, RequestRefusal::kStoreFull);
          counted.CountRefused(reason);
          counted.CountRefusedSpans(reason, accepted);
        }
        (*answer)(std::move(outcome));
      });
  if (taken.ok()) return;
  const RequestRefusal reason = ReasonOf(taken, RequestRefusal::kQueueFull);
  counted.CountRefused(reason);
  counted.CountRefusedSpans(reason, accepted);
  (*answer)(OutcomeOf(taken));
}

}  // namespace orrery::receivers
