// SPDX-License-Identifier: Apache-2.0
#include "receivers/otlp/trace_intake.h"

#include <utility>

namespace orrery::receivers {
namespace {

using pipeline::RequestRefusal;
using pipeline::SpanRefusal;

// How long a sender waits before it tries again, by what was in the way.
constexpr uint64_t kRetryWhenFull = kNanosPerSecond;
constexpr uint64_t kRetryWhenUnavailable = 5 * kNanosPerSecond;

// What the queue or the store answered, as the sender sees it.
IntakeOutcome OutcomeOf(const Status& status) {
  IntakeOutcome outcome;
  outcome.status = status;
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
                         const pipeline::AttributeEditor& editor, Telemetry& telemetry)
    : queue_(queue),
      memory_(memory),
      editor_(editor),
      http_(telemetry, "http"),
      grpc_(telemetry, "grpc") {}

std::optional<IntakeOutcome> TraceIntake::RefuseForMemory(Transport transport, uint64_t bytes) {
  const auto retry = memory_.RetryNanos(bytes);
  if (!retry.has_value()) return std::nullopt;
  counters(transport).CountRefused(RequestRefusal::kMemory);
  IntakeOutcome outcome;
  outcome.status =
      ResourceExhausted("the server is near its memory limit of " +
                        std::to_string(memory_.limit_bytes() >> 20) + " MiB; send again later");
  outcome.retry_after_nanos = retry;
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

void TraceIntake::Take(Transport transport, std::shared_ptr<const std::string> otlp, Done done) {
  pipeline::IngestCounters& counted = counters(transport);
  Result<wire::DecodedTraces> decoded = wire::DecodeOtlpTraces(otlp);
  if (!decoded.ok()) {
    const bool too_large = decoded.status().code() == StatusCode::kResourceExhausted;
    counted.CountRefused(too_large ? RequestRefusal::kTooLarge : RequestRefusal::kInvalid);
    return done(RefusedForGood(decoded.status()));
  }
  CountSpans(counted, decoded->counts);
  const uint64_t accepted = decoded->batch.spans.size();
  wire::PartialSuccess partial{decoded->counts.refused(), wire::DescribeRefusals(decoded->counts)};
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
