// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "contracts/query_context.h"
#include "traceql/metrics.h"

namespace orrery::api {

// Tempo's QueryRangeResponse in protobuf, as messages of about `max_bytes` at most; one series that
// is larger comes alone. Samples without a value are left out.
std::vector<std::string> QueryRangeProtoMessages(const traceql::MetricsResponse& computed,
                                                 size_t max_series,
                                                 const contracts::QueryContext& context,
                                                 size_t max_bytes);

// Tempo's QueryInstantResponse, likewise, but always one message: each replaces the one before.
std::string QueryInstantProto(const traceql::MetricsResponse& computed, size_t max_series,
                              const contracts::QueryContext& context);

}  // namespace orrery::api
