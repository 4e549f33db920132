// SPDX-License-Identifier: Apache-2.0
#include "server/span_decoder.h"

#include "wire/otlp_traces_decode.h"

namespace orrery::server {

Result<model::SpanBatch> OtlpSpanDecoder::Decode(std::shared_ptr<const std::string> otlp) const {
  ORRERY_ASSIGN_OR_RETURN(wire::DecodedTraces decoded,
                          wire::DecodeOtlpTraces(std::move(otlp), limits_));
  return std::move(decoded.batch);
}

}  // namespace orrery::server
