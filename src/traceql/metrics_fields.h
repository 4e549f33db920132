// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "traceql/ast.h"
#include "traceql/metrics.h"
#include "traceql/metrics_groups.h"

namespace orrery::traceql {

// Where a field of by() is looked up: without a scope in the span, then in its resource.
std::vector<Field> PlacesOf(const Field& field);

// The fields that a metrics function looks at.
std::vector<Field> FieldsOf(const MetricsCall& call);

// Whether the conditions look at nestedSetParent only to tell roots from other spans, as in
// `nestedSetParent < 0`; then a scan can tell.
bool TellsRootsAlone(const std::vector<const FieldExpr*>& conditions);

// Whether a span with this value changes the outcome.
bool IsCounted(const MetricsCall& call, const Value& measured);

// The first value among the places of a field.
template <typename Get>
Value FirstOf(const Field& field, const Get& get) {
  Value value;
  for (const Field& place : PlacesOf(field)) {
    value = get(place);
    if (value.type != Type::kNil) break;
  }
  return value;
}

// An exemplar without a value. Places in the tree, of which a scan knows too little, are left out.
template <typename Get>
MetricsExemplar ExemplarOf(const model::TraceId& trace, UnixNanos start,
                           const std::vector<Field>& fields, const Get& get) {
  MetricsExemplar exemplar;
  exemplar.time = start;
  std::string id = ToHex(trace);
  id.erase(0, std::min(id.find_first_not_of('0'), id.size() - 1));
  exemplar.labels.push_back({"trace:id", std::move(id)});
  for (const Field& field : fields) {
    if (field == Field::Of(contracts::Intrinsic::kNestedSetParent)) continue;
    const Value value = get(field);
    if (value.type == Type::kNil || value.type == Type::kOther) continue;
    exemplar.labels.push_back({ToText(field), ToAnswer(value)});
  }
  return exemplar;
}

}  // namespace orrery::traceql
