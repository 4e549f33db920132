// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "contracts/trace_sink.h"
#include "wire/options.h"

namespace orrery::server {

// Lets the trace store read its log back: the bridge to `wire`, which it does not know. With the
// limits that the receivers have, spans come back as they were; with others, since the settings
// were changed, as they would be received now.
class OtlpSpanDecoder final : public contracts::SpanDecoder {
 public:
  explicit OtlpSpanDecoder(wire::OtlpLimits limits) : limits_(limits) {
    limits_.bounds_growth = false;
  }

  Result<model::SpanBatch> Decode(std::shared_ptr<const std::string> otlp) const override;

 private:
  wire::OtlpLimits limits_;  // Constant after construction.
};

}  // namespace orrery::server
