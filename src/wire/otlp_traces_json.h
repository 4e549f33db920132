// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/span_batch.h"

namespace orrery::wire {

// An ExportTraceServiceRequest in OTLP's JSON as the same message in protobuf, for
// DecodeOtlpTraces. Ids are hex of either case, 64-bit numbers are strings or numbers, NaN and the
// infinities strings, other bytes base64; enums are numbers (their names are taken too, although
// OTLP does not send them); null is absence; unknown fields are ignored, names in snake_case
// included. A span id that is not hex makes a span that the decoder refuses alone.
//
// Of values nested deeper than kMaxValueDepth just enough is left for the decoder to see it.
//
// InvalidArgument: not JSON, or a value of the wrong type; the text begins with where:
//                  "resourceSpans[0].scopeSpans[1].spans[3].name: ...".
// Cost: some 200 MB/s.
Result<std::string> TranscodeOtlpTracesJson(std::string_view json);

// The spans as TracesData in OTLP's JSON, grouped by resource and scope. Text that is not UTF-8 is
// repaired with U+FFFD.
std::string EncodeOtlpTracesJson(const model::SpanBatch& batch);

}  // namespace orrery::wire
