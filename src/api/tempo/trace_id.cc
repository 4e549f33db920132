// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/trace_id.h"

namespace orrery::api {

Result<model::TraceId> ParseTraceId(std::string_view text) {
  if (text.empty()) return InvalidArgument("please provide a traceID");
  const size_t wrong = text.find_first_not_of("0123456789abcdefABCDEF");
  if (wrong != std::string_view::npos) {
    return InvalidArgument("trace IDs can only contain hex characters: invalid character '" +
                           std::string(text.substr(wrong, 1)) + "' at position " +
                           std::to_string(wrong + 1));
  }
  if (text.size() > 32) return InvalidArgument("trace IDs can't be larger than 128 bits");
  const auto bytes = model::HexToBytes(std::string(32 - text.size(), '0') + std::string(text));
  return model::TraceId::FromBytes(*bytes);
}

std::string ShortTraceId(const model::TraceId& id) {
  const std::string hex = ToHex(id);
  return hex.substr(std::min(hex.find_first_not_of('0'), hex.size() - 1));
}

}  // namespace orrery::api
