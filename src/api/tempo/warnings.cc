// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/warnings.h"

namespace orrery::api {

std::string WhatIsDamaged(const contracts::QueryContext& context) {
  const Status damage = context.damage();
  if (damage.ok()) return {};
  return "a damaged part of the store is left out: " + std::string(damage.message());
}

std::string WhatIsCut(const contracts::QueryContext& context) {
  if (context.cut_traces() == 0) return {};
  return std::to_string(context.cut_traces()) + " traces have more than " +
         std::to_string(context.max_trace_spans()) +
         " spans (query.max_trace_spans), of which a part was searched";
}

void AddWarnings(const contracts::QueryContext& context, net::HttpResponse& response) {
  const auto warn = [&](const std::string& sentence) {
    response.headers.emplace_back("Warning", "199 orrery \"" + sentence + "\"");
  };
  for (const std::string& sentence : {WhatIsCut(context), WhatIsDamaged(context)}) {
    if (!sentence.empty()) warn(sentence);
  }
}

}  // namespace orrery::api
