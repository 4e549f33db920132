// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "model/span_batch.h"

namespace orrery::wire {

// The spans as TracesData in protobuf, which is also Tempo's `Trace` and an
// ExportTraceServiceRequest. Spans of equal resource and scope lie together, in the order in which
// those first appear; decoding gives the same spans back. The messages resource, scope, status and
// value are written even when empty: Grafana reads them without looking whether they are there.
std::string EncodeOtlpTraces(const model::SpanBatch& batch);

}  // namespace orrery::wire
