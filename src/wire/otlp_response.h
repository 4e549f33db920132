// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/status.h"

namespace orrery::wire {

enum class OtlpEncoding { kProtobuf, kJson };

// What an Export answer tells beside success. Nothing rejected and no message: full success, which
// is no bytes in protobuf and {} in JSON.
struct PartialSuccess {
  uint64_t rejected_spans = 0;
  std::string message;
};

// ExportTraceServiceResponse.
std::string EncodeExportTraceResponse(OtlpEncoding encoding, const PartialSuccess& partial);

// google.rpc.Status, with a RetryInfo when there is a time to wait.
struct RpcStatus {
  int code = 0;  // Of gRPC.
  std::string message;
  std::optional<uint64_t> retry_after_nanos;
};

std::string EncodeRpcStatus(OtlpEncoding encoding, const RpcStatus& status);

// gRPC's number for a code: 0 OK, 3 INVALID_ARGUMENT, 8 RESOURCE_EXHAUSTED, ...
int RpcCodeOf(StatusCode code);

}  // namespace orrery::wire
