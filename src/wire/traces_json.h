// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/span_batch.h"
#include "wire/json_writer.h"

namespace orrery::wire {

// The two JSONs of a trace: OTLP has ids in hex and enums as numbers, Tempo (Go's jsonpb) has ids
// in base64 and enums as names. All else is the same.
enum class TracesDialect { kOtlp, kTempo };

// Writes the array of ResourceSpans, grouped by resource and scope. Fields with default values are
// left out; resource, scope, status and value are there even when empty.
void WriteResourceSpans(JsonWriter& json, const model::SpanBatch& batch, TracesDialect dialect);

// {"key":"k","value":{...}}, as search answers have attributes too.
void WriteKeyValue(JsonWriter& json, const model::SpanBatch& batch,
                   const model::Attribute& attribute);

}  // namespace orrery::wire
