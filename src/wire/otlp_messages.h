// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "model/span_batch.h"

namespace orrery::wire {

// The fields of a Resource or InstrumentationScope message, without those of what encloses it.
std::string EncodeResource(const model::SpanBatch& batch, const model::Resource& resource);
std::string EncodeScope(const model::SpanBatch& batch, const model::Scope& scope);

}  // namespace orrery::wire
