// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_traces_json.h"

#include "wire/json_transcoder.h"

namespace orrery::wire {

Result<std::string> TranscodeOtlpTracesJson(std::string_view json) {
  return TranscodeJson(json, TracesRequestFields());
}

}  // namespace orrery::wire
