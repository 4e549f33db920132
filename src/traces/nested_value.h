// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "model/span_batch.h"

namespace orrery::traces {

// Arrays and key-value lists are kept as one text each, in the form that trace-block.md calls a
// nested value: a type byte, then length, number or elements.

// Appends `value`, which may be of any type, and whose pools are those of `batch`.
void EncodeNested(const model::SpanBatch& batch, const model::Value& value, std::string& out);

// Reads a value back, which has to be of `type`. Its elements go to the pools of `batch`, its texts
// view into `bytes`, which must live as long as the batch.
// Corruption: `bytes` is not exactly one such value, or nests deeper than kMaxNesting.
Status DecodeNested(std::string_view bytes, model::Value::Type type, model::SpanBatch& batch,
                    model::Value& value);

// Far above what receivers let through.
inline constexpr int kMaxNesting = 1000;

}  // namespace orrery::traces
