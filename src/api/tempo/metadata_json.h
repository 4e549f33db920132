// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contracts/query_context.h"
#include "wire/json_writer.h"

namespace orrery::api {

// "metrics":{...}, as the answers about tags end.
inline void WriteMetadataMetrics(wire::JsonWriter& json, const contracts::QueryContext& context) {
  json.Key("metrics");
  json.BeginObject();
  if (context.bytes() != 0) {
    json.Key("inspectedBytes");
    json.Text64(context.bytes());
  }
  json.Key("totalJobs");
  json.Number(1);
  json.Key("completedJobs");
  json.Number(1);
  if (context.blocks() != 0) {
    json.Key("totalBlocks");
    json.Number(context.blocks());
  }
  json.EndObject();
}

}  // namespace orrery::api
