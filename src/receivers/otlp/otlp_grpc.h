// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/grpc_server.h"
#include "receivers/otlp/trace_intake.h"

namespace orrery::receivers {

// The methods of OTLP/gRPC: TraceService/Export, and the other signals' Export, which are refused
// with one sentence and counted. Throttled senders get RESOURCE_EXHAUSTED or UNAVAILABLE with a
// RetryInfo in grpc-status-details-bin; without one a failure is for good.
//
// Life:    `intake` outlives the server that gets the methods.
// Threads: handlers run on the server's polling threads.
net::GrpcMethods OtlpGrpcMethods(TraceIntake& intake);

// Asks the memory limiter before a message is inflated; refused senders get a retry time.
net::GrpcAdmission OtlpGrpcAdmission(TraceIntake& intake);

}  // namespace orrery::receivers
