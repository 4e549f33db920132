// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "contracts/span_filter.h"
#include "contracts/trace_queryable.h"
#include "traceql/ast.h"

namespace orrery::traceql {

// As a store knows a field. Requires: not the bare word `parent`.
contracts::FieldRef RefOf(const Field& field);

// How a pipeline is answered: the engine follows it, and PrintPlan shows it.
//
// Life: views into the query, which must outlive it.

// A search reads traces, newest first, and evaluates the pipeline on each.
struct SearchPlan {
  bool never = false;           // Nothing has to be read.
  contracts::SpanFilter sieve;  // Pushed down: what a trace needs a span for.
  std::vector<Field> shown;     // That the answer shows.
  contracts::WantedFields wanted;
};
SearchPlan PlanSearch(const Pipeline& pipeline);

// Metrics read columns of spans where single spans decide, else traces.
struct MetricsPlan {
  bool never = false;
  bool columns = false;
  contracts::SpanFilter sieve;
  std::vector<const FieldExpr*> conditions;  // Of the pipeline, when it is columns.
  std::vector<Field> fields;                 // What is read of each span.
  // Attributes without a scope. Columns don't know events and links: when one has such an
  // attribute, traces are read after all.
  std::vector<Field> anywhere;
};
MetricsPlan PlanMetrics(const MetricsQuery& query);

// A query's plan as text: an operation a line, what belongs to it indented below.
// Requires: the query passed Check.
std::string PrintPlan(const Query& query);

}  // namespace orrery::traceql
