// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/span_batch.h"

namespace orrery::api {

struct DiffWarning {
  std::string_view code;
  std::string message;
};

// What changed from `base` to `compare`, as Tempo's document "trace-patch-v0" in JSON.
//
// Spans belong together when service, name and kind agree; of several, the one whose parent's do as
// well comes first. A place in a trace is the path of places among siblings, in the order of
// starts. Durations count as changed from 25% and 1 ms on, attributes that are sizes or counts of
// tokens from 5%, everything else when it differs at all. `warnings` are told besides the own ones.
//
// Requires: each batch has the spans of one trace, at least one.
// Cost:    linear in spans and attributes, but for sorting.
std::string TraceDiffJson(const model::SpanBatch& base, const model::SpanBatch& compare,
                          std::vector<DiffWarning> warnings);

}  // namespace orrery::api
