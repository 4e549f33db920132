// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "contracts/query_context.h"
#include "net/http_message.h"

namespace orrery::api {

// What an answer leaves out because a part of a block fails its checks; empty when nothing.
std::string WhatIsDamaged(const contracts::QueryContext& context);

// What it leaves out because traces have more spans than a query reads; empty when nothing.
std::string WhatIsCut(const contracts::QueryContext& context);

// Adds a Warning header for what the answer leaves out: damaged parts, and spans of traces that
// have too many. Most of Tempo's answers have no field for it, and Grafana's plugin takes no other
// fields; those of metrics have one, and get the header all the same.
void AddWarnings(const contracts::QueryContext& context, net::HttpResponse& response);

}  // namespace orrery::api
