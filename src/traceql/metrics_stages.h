// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "traceql/ast.h"
#include "traceql/metrics.h"

namespace orrery::traceql {

// What follows a metrics function. NaN stands for no value; series without any are dropped.

void DropEmpty(std::vector<MetricsSeries>& series);

// By number of labels, then keys, then values. What picks among equals picks in this order.
void SortSeries(std::vector<MetricsSeries>& series);

// Requires: sorted.
void ApplyStage(const SecondStage& stage, std::vector<MetricsSeries>& series);

// One side of an arithmetic operator: series, or a number.
struct MetricsOperand {
  bool is_number = false;
  double number = 0;
  std::vector<MetricsSeries> series;
};

// Series with equal labels, the name aside, are computed with each other, and one without labels
// with all of the other side; what finds no other is dropped. Exemplars are not kept.
MetricsOperand Combine(Op op, MetricsOperand left, MetricsOperand right);

}  // namespace orrery::traceql
