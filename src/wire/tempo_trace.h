// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/span_batch.h"

namespace orrery::wire {

// Tempo's answers to trace by id. Its JSON is not OTLP's: ids are base64, enums are names, and
// default values are left out.
//
// v1: {"batches":[...]}; in protobuf it is EncodeOtlpTraces.
std::string EncodeTempoTraceJson(const model::SpanBatch& batch);
// v2: {"trace":{"resourceSpans":[...]},"metrics":{"inspectedBytes":"123"}}; an empty batch is how
// "not found" is said, with an empty trace in it.
// `partial` says why something is missing, and is empty when nothing is.
std::string EncodeTempoTraceByIdJson(const model::SpanBatch& batch, uint64_t inspected_bytes,
                                     std::string_view partial = {});
// The same as tempopb.TraceByIDResponse; field 1 is there even when empty. A resource without
// attributes, which Grafana would skip with all its spans, has an empty service.name there.
std::string EncodeTempoTraceById(const model::SpanBatch& batch, uint64_t inspected_bytes,
                                 std::string_view partial = {});

}  // namespace orrery::wire
