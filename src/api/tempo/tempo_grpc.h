// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "api/tempo/tempo_api.h"
#include "net/grpc_server.h"
#include "net/worker_pool.h"

namespace orrery::api {

// The methods of Tempo's gRPC service tempopb.StreamingQuerier, which answer with a stream of
// messages:
//
//   * Search: each message has the traces found since the one before and how far the search is;
//     the last ones have all of them;
//   * MetricsQueryRange and MetricsQueryInstant: first how far it is, then everything;
//   * tags and their values: one message.
//
// Messages stay below 1 MiB unless a single trace or series is larger. Parameters mean what those
// of the HTTP API mean, and what that refuses with 400 is INVALID_ARGUMENT here.
//
// Queries run on `workers`; a full queue is RESOURCE_EXHAUSTED. They stop when the client leaves.
// `deps` are copied; what they refer to, and `workers`, must outlive the server.
net::GrpcStreamMethods TempoGrpcMethods(const TempoDeps& deps, net::WorkerPool& workers);

// Reads `message` as the request of each of the methods, for the fuzzer.
void ReadAnyTempoGrpcRequest(std::string_view message);

}  // namespace orrery::api
