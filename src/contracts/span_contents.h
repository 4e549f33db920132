// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "contracts/span_filter.h"
#include "model/span_batch.h"

namespace orrery::contracts {

// One field of some spans, as far as they have it: span spans[i] has values[codes[i]]. The spans
// ascend, and one comes as often as it says something (in two events, or under a repeated key).
struct ContentColumn {
  FieldRef field;  // Of an attribute with its scope, never kAny.
  std::vector<model::Value> values;
  std::vector<uint32_t> spans;  // Places in the list of those that were asked for.
  std::vector<uint32_t> codes;
};

// Everything that some spans say beside ids and times: attributes of every scope, and the
// intrinsics that are text, status or kind, name and service of the trace's root among them. Each
// field has one column. Bytes, maps and empty values are left out, and of text what was never set.
struct SpanContents {
  std::vector<ContentColumn> columns;
  model::SpanBatch pools;  // The elements of values that are arrays.
};

// Gives the contents of some of the spans at hand, whose places ascend. What it gives is valid as
// long as they are.
using ContentsReader = std::function<Result<SpanContents>(std::span<const uint32_t> spans)>;

}  // namespace orrery::contracts
