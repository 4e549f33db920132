// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "model/span_batch.h"

namespace orrery::wire {

struct ScopeGroup {
  uint32_t scope = 0;           // Index into SpanBatch::scopes: the first of its content.
  std::vector<uint32_t> spans;  // Indexes into SpanBatch::spans, ascending.
};

struct ResourceGroup {
  uint32_t resource = 0;  // Index into SpanBatch::resources: the first of its content.
  std::vector<ScopeGroup> scopes;
};

// The spans by content of their resource, then of their scope; groups in the order in which they
// first appear. A store gives a trace back with a resource per place where it found one; on the
// wire each should stand once.
std::vector<ResourceGroup> GroupSpans(const model::SpanBatch& batch);

}  // namespace orrery::wire
