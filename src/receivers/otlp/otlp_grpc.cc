// SPDX-License-Identifier: Apache-2.0
#include "receivers/otlp/otlp_grpc.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "receivers/otlp/other_signals.h"
#include "wire/otlp_response.h"

namespace orrery::receivers {
namespace {

net::GrpcAnswer Render(const IntakeOutcome& outcome) {
  net::GrpcAnswer answer;
  if (outcome.status.ok()) {
    answer.message =
        wire::EncodeExportTraceResponse(wire::OtlpEncoding::kProtobuf, outcome.partial);
    return answer;
  }
  answer.code = wire::RpcCodeOf(outcome.status.code());
  answer.error = std::string(outcome.status.message());
  if (outcome.retry_after_nanos.has_value()) {
    answer.details = wire::EncodeRpcStatus(wire::OtlpEncoding::kProtobuf,
                                           {answer.code, answer.error, outcome.retry_after_nanos});
  }
  return answer;
}

void ExportTraces(TraceIntake& intake, std::string message, const net::GrpcResponder& respond) {
  intake.counters(Transport::kGrpc).CountReceived(message.size());
  if (const auto refused = intake.RefuseForMemory(Transport::kGrpc, message.size())) {
    return respond(Render(*refused));
  }
  intake.Take(Transport::kGrpc, std::make_shared<const std::string>(std::move(message)),
              [respond](const IntakeOutcome& outcome) { respond(Render(outcome)); });
}

void RefuseSignal(TraceIntake& intake, const OtherSignalInfo& signal, const std::string& message,
                  const net::GrpcResponder& respond) {
  intake.counters(Transport::kGrpc).CountReceived(message.size());
  intake.counters(Transport::kGrpc).CountRefused(signal.reason);
  respond(Render(RefusedForGood(Unimplemented(signal.sentence))));
}

}  // namespace

net::GrpcMethods OtlpGrpcMethods(TraceIntake& intake) {
  net::GrpcMethods methods;
  methods[kTraceExportMethod] = [&intake](std::string message, const net::GrpcResponder& respond) {
    ExportTraces(intake, std::move(message), respond);
  };
  for (const OtherSignalInfo& signal : kOtherSignals) {
    methods[signal.grpc_method] = [&intake, &signal](const std::string& message,
                                                     const net::GrpcResponder& respond) {
      RefuseSignal(intake, signal, message, respond);
    };
  }
  return methods;
}

net::GrpcAdmission OtlpGrpcAdmission(TraceIntake& intake) {
  return
      [&intake](size_t bytes, std::shared_ptr<const void>& hold) -> std::optional<net::GrpcAnswer> {
        auto memory = std::make_shared<pipeline::MemoryHold>();
        if (const auto refused = intake.HoldMemory(Transport::kGrpc, bytes, *memory)) {
          return Render(*refused);
        }
        hold = std::move(memory);
        return std::nullopt;
      };
}

}  // namespace orrery::receivers
