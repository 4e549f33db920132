// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "contracts/query_context.h"
#include "traceql/engine.h"

namespace orrery::api {

// Tempo's SearchResponse in JSON. Only fields that Grafana's strict reader knows are written.
std::string SearchJson(const traceql::SearchResponse& found,
                       const contracts::QueryContext& context);

}  // namespace orrery::api
