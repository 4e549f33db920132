// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

#include "contracts/span_filter.h"
#include "model/span_batch.h"

namespace orrery::traces {

// The plain reading of SpanFilter, span by span, for tests to compare with: whether the span at
// `index` surely matches. Values that no constant can be compared with do not.
bool SurelyMatches(const model::SpanBatch& batch, size_t index,
                   const contracts::SpanFilter& filter);

// A filter made of fields and values that occur in `batch`, and some that do not.
contracts::SpanFilter RandomFilter(const model::SpanBatch& batch, std::mt19937_64& random,
                                   int depth = 0);

}  // namespace orrery::traces
