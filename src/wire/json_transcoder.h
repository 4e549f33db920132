// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/otlp_json_fields.h"

namespace orrery::wire {

// A JSON text as the protobuf message that `message` describes, in OTLP's dialect of proto3's JSON
// (see otlp_traces_json.h). InvalidArgument with the place of what is wrong.
Result<std::string> TranscodeJson(std::string_view json, const JsonMessage& message);

}  // namespace orrery::wire
