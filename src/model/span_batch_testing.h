// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/span_batch.h"

namespace orrery::model {

// How a made-up batch looks.
struct RandomBatchOptions {
  size_t spans = 50;
  size_t traces = 7;      // Spans are spread over so many traces.
  size_t resources = 3;   // Contents that differ; a batch may hold one of them twice.
  int max_depth = 3;      // Of nested arrays and lists.
  bool odd_text = false;  // Also text that is not UTF-8.
  UnixNanos start = 1'763'900'000'000'000'000;
};

// A batch in which everything that OTLP can say occurs: every type of value, empty and nested
// ones, unknown kinds, events, links with ids of odd lengths, schema urls, entity references,
// dropped counts, empty and long texts. The same seed gives the same batch on every machine. Span
// ids are unique within the batch; resource and scope indexes are interleaved among the spans.
SpanBatch RandomBatch(uint64_t seed, const RandomBatchOptions& options = {});

}  // namespace orrery::model
