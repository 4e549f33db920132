// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "traceql/engine.h"
#include "traceql/evaluate.h"
#include "traceql/spansets.h"
#include "traceql/trace_view.h"

namespace orrery::traceql {

// The fields that spans of an answer show: all that the pipeline names, each once, in the order of
// the query, except for those that an answer holds anyway (name, durations, roots, ids).
std::vector<Field> FieldsOf(const Pipeline& pipeline);

// The fields that `condition`, which may be null, names, as above.
std::vector<Field> FieldsOf(const FieldExpr* condition);

// All fields that the pipeline, or a condition that may be null, names.
std::vector<Field> AllFieldsOf(const Pipeline& pipeline);
std::vector<Field> AllFieldsOf(const FieldExpr* condition);

// What has to be read of traces to look at these fields of their spans.
contracts::WantedFields WantedOf(const std::vector<Field>& fields);

// What a search answers about one trace. Requires: `spansets` is not empty.
SearchTrace AnswerTrace(TraceView& trace, const std::vector<Spanset>& spansets,
                        const std::vector<Field>& fields, size_t spans_per_spanset,
                        Evaluator& evaluator);

}  // namespace orrery::traceql
