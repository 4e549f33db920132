// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "contracts/query_context.h"
#include "traceql/answer_value.h"
#include "wire/json_writer.h"

namespace orrery::api {

// Parts that answers of search and of metrics share.

// "key":[{"key":...,"value":{"stringValue":...}},...]; nothing when there are none.
void WriteAttributes(wire::JsonWriter& json, std::string_view key,
                     const std::vector<traceql::AnswerAttribute>& attributes);

// How far a query is, as answers tell it.
struct Jobs {
  uint64_t done;
  uint64_t total;
};
Jobs JobsOf(const contracts::QueryContext& context);

// "metrics":{...}, Tempo's SearchMetrics. Only fields that Grafana's strict reader knows.
void WriteSearchMetrics(wire::JsonWriter& json, const contracts::QueryContext& context);

// Proto3's JSON leaves defaults out.
void WriteText(wire::JsonWriter& json, std::string_view key, std::string_view text);
void WriteText64(wire::JsonWriter& json, std::string_view key, uint64_t number);
void WriteNumber(wire::JsonWriter& json, std::string_view key, uint64_t number);

}  // namespace orrery::api
