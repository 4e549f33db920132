// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "contracts/trace_sink.h"

namespace orrery::server {

// Lets the trace store read its log back: the bridge to `wire`, which it does not know.
class OtlpSpanDecoder final : public contracts::SpanDecoder {
 public:
  Result<model::SpanBatch> Decode(std::shared_ptr<const std::string> otlp) const override;
};

}  // namespace orrery::server
