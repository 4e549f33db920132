// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "model/float_histogram.h"
#include "model/labels.h"
#include "promql/annotations.h"

namespace orrery::promql {

// A bucket of a classic histogram: how many observations are at most `bound`.
struct ClassicBucket {
  double bound = 0;
  double count = 0;
};

// What a note about a histogram names.
struct HistogramNote {
  std::string name;
  Span span;
  Annotations& notes;
};

// The quantile of a classic histogram. Sorts and repairs `buckets`; `repaired` is set when counts
// fell by more than rounding. Requires: not empty.
double ClassicQuantile(double q, std::vector<ClassicBucket>& buckets, bool& repaired);
// The share of observations between two bounds. Sorts `buckets`. Requires: not empty.
double ClassicFraction(double lower, double upper, std::vector<ClassicBucket>& buckets);

double NativeQuantile(double q, const model::FloatHistogram& histogram, const HistogramNote& note);
double NativeFraction(double lower, double upper, const model::FloatHistogram& histogram,
                      const HistogramNote& note);
// The variance that the buckets tell, each observation taken as the middle of its bucket.
double NativeVariance(const model::FloatHistogram& histogram);

}  // namespace orrery::promql
