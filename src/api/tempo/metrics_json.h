// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "contracts/query_context.h"
#include "traceql/metrics.h"

namespace orrery::api {

// What an answer of metrics leaves out, as its message says it; empty when it is all.
std::string WhatIsMissing(const traceql::MetricsResponse& computed, size_t max_series,
                          const contracts::QueryContext& context);

// Tempo's QueryRangeResponse in JSON. Samples without a value are left out; one of 0 has no
// "value", as proto3's JSON has it.
std::string QueryRangeJson(const traceql::MetricsResponse& computed, size_t max_series,
                           const contracts::QueryContext& context);

// Tempo's QueryInstantResponse in JSON, likewise.
std::string QueryInstantJson(const traceql::MetricsResponse& computed, size_t max_series,
                             const contracts::QueryContext& context);

}  // namespace orrery::api
