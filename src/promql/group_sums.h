// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "promql/annotations.h"
#include "promql/ast.h"
#include "promql/column.h"
#include "promql/sums.h"

namespace orrery::promql {

// GroupSums is one group of an aggregation that needs no more than some numbers a step: sum, avg,
// min, max, count, group, stddev, stdvar.
//
// Life:    Add each series, then Take.
// Threads: one at a time.
class GroupSums {
 public:
  GroupSums(AggregateOp op, size_t steps);

  // `span` is what notes are about.
  void Add(const Series& series, Span span, Annotations& notes);
  Column Take(Span span, Annotations& notes);

 private:
  void AddFloats(const Column& column);
  void AddHistogram(size_t i, const Series& series, Span span, Annotations& notes);
  void AddFloat(size_t i, double value);

  const AggregateOp op_;
  std::vector<CompensatedSum> sums_;  // Of sum; of stddev the mean in `sum`, squares in `rest`.
  std::vector<Mean> means_;           // Of avg.
  std::vector<double> counts_;        // Of floats; of count and group of everything.
  struct Histograms {
    model::FloatHistogram sum;
    double count = 0;
    bool incompatible = false;
    ResetsSeen resets;
  };
  std::vector<Histograms> histograms_;  // Empty when there is none.
};

}  // namespace orrery::promql
