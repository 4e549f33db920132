// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::model {

// What a native histogram says of the one before it.
enum class ResetHint : uint8_t { kUnknown, kReset, kNoReset, kGauge };

// What came of adding two histograms.
struct HistogramAddition {
  bool added = true;
  bool reconciled = false;  // The listed bounds differed.
  bool collided = false;    // One said that there was a reset, the other that there was none.

  explicit operator bool() const { return added; }
};

// The schema of histograms whose bounds are listed.
inline constexpr int32_t kCustomBucketsSchema = -53;

// FloatHistogram is a native histogram: sparse buckets whose counts are real numbers.
//
// In an exponential schema s (-4 to 8) positive bucket i is the interval (b^(i-1), b^i] with
// b = 2^(2^-s), a negative bucket its mirror image, and the zero bucket [-zero_threshold,
// zero_threshold]. In the custom schema bucket i lies between custom_values[i-1] and
// custom_values[i], the last one goes to infinity, and there are positive buckets alone.
//
// Life: a value.
struct FloatHistogram {
  struct Bucket {
    int32_t index = 0;
    double count = 0;
    bool operator==(const Bucket&) const = default;
  };
  using Buckets = std::vector<Bucket>;  // By index, each once.

  int32_t schema = 0;
  ResetHint hint = ResetHint::kUnknown;
  double zero_threshold = 0;
  double zero_count = 0;
  double count = 0;
  double sum = 0;
  Buckets positive;
  Buckets negative;
  std::vector<double> custom_values;  // Ascending; without the infinite bound.

  bool custom() const { return schema == kCustomBucketsSchema; }

  // The upper bound of positive bucket `index`, the lower bound of the bucket after it.
  double Bound(int32_t index) const;

  void Scale(double factor);
  // Adds factor * other at the coarser of both schemas, or within the bounds that both list.
  // Nothing is changed when one is exponential and the other is not.
  HistogramAddition Add(const FloatHistogram& other, double factor = 1);
  // Merges buckets until the schema is `target`. Requires: both exponential, target <= schema.
  void ReduceTo(int32_t target);
  // Removes buckets without observations.
  void Compact();
  // Whether observations were lost since `previous`: counters only grow.
  bool IsResetSince(const FloatHistogram& previous) const;

  // Equal bounds and counts; buckets without observations and hints do not matter.
  bool SameAs(const FloatHistogram& other) const;

  // `{count:3, sum:5, [-1,-0.5):1, [-0.001,0.001]:1, (1,2]:1}` as PromQL writes it.
  std::string ToString() const;
};

// A bucket with its bounds, as answers and quantiles see it.
struct BucketRange {
  double lower = 0;
  double upper = 0;
  double count = 0;
  bool lower_inclusive = false;
  bool upper_inclusive = true;
  bool custom = false;
};

// From the lowest bucket to the highest, the zero bucket among them when it has observations.
std::vector<BucketRange> AllBuckets(const FloatHistogram& histogram);

}  // namespace orrery::model
