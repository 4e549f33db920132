// SPDX-License-Identifier: Apache-2.0
#include "promql/quantiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "promql/sums.h"

namespace orrery::promql {
namespace {

using model::BucketRange;
using model::FloatHistogram;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

// Whether counts differ by no more than rounding.
bool NearlyEqual(double a, double b) {
  constexpr double kTolerance = 1e-12;
  if (a == b) return true;
  const double sum = std::abs(a) + std::abs(b);
  const double difference = std::abs(a - b);
  constexpr double kSmallest = std::numeric_limits<double>::min();
  if (a == 0 || b == 0 || sum < kSmallest) return difference < kTolerance * kSmallest;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kTolerance;
}

// By bound, equal bounds as one. False when the last bucket is not infinite.
bool Arrange(std::vector<ClassicBucket>& buckets) {
  std::ranges::stable_sort(buckets, {}, &ClassicBucket::bound);
  if (buckets.back().bound != kInf) return false;
  std::vector<ClassicBucket> arranged;
  for (const ClassicBucket& bucket : buckets) {
    if (!arranged.empty() && arranged.back().bound == bucket.bound) {
      arranged.back().count += bucket.count;
    } else {
      arranged.push_back(bucket);
    }
  }
  buckets = std::move(arranged);
  return true;
}

// Makes counts grow. True when one fell by more than rounding.
bool MakeMonotonic(std::vector<ClassicBucket>& buckets) {
  bool fell = false;
  double highest = buckets.front().count;
  for (ClassicBucket& bucket : buckets) {
    if (bucket.count == highest) continue;
    const bool near = NearlyEqual(highest, bucket.count);
    if (near || bucket.count < highest) {
      fell |= !near;
      bucket.count = highest;
    } else {
      highest = bucket.count;
    }
  }
  return fell;
}

// Observations in a zero bucket lie on the side on which there are others.
void NarrowZero(const FloatHistogram& histogram, BucketRange& bucket) {
  if (histogram.negative.empty() && !histogram.positive.empty()) {
    bucket.lower = 0;
  } else if (histogram.positive.empty() && !histogram.negative.empty()) {
    bucket.upper = 0;
  }
}

// What share of a bucket lies below `value`.
double ShareBelow(const BucketRange& bucket, double value, bool linear) {
  if (linear) return (value - bucket.lower) / (bucket.upper - bucket.lower);
  const double low = std::log2(std::abs(bucket.lower));
  const double high = std::log2(std::abs(bucket.upper));
  const double at = std::log2(std::abs(value));
  if (value > 0) return (at - low) / (high - low);
  return 1 - (at - high) / (low - high);
}

// Of a histogram that still has its name.
std::string NameOf(const HistogramNote& note) {
  return note.name.empty() ? "" : " for metric name " + model::Quote(note.name);
}

// The value below which a share of a bucket lies.
double ValueAtShare(const BucketRange& bucket, double share, bool linear) {
  if (linear) return bucket.lower + (bucket.upper - bucket.lower) * share;
  const double low = std::log2(std::abs(bucket.lower));
  const double high = std::log2(std::abs(bucket.upper));
  if (bucket.lower > 0) return std::exp2(low + (high - low) * share);
  return -std::exp2(high + (low - high) * (1 - share));
}

double Total(const std::vector<BucketRange>& buckets) {
  double total = 0;
  for (const BucketRange& bucket : buckets) total += bucket.count;
  return total;
}

// How many observations lie below two bounds, found in one pass over the buckets.
class RankFinder {
 public:
  explicit RankFinder(double bound) : bound_(bound) {}

  // `before`: the observations below the bucket. True once the rank is known.
  bool Visit(const BucketRange& bucket, double before, bool linear) {
    if (found_) return true;
    if (bucket.lower >= bound_) {
      rank_ = before;
      found_ = true;
    } else if (bucket.upper > bound_) {
      // Without a lower end all of the bucket counts, and nothing else.
      rank_ = linear && bucket.lower == -kInf
                  ? before + bucket.count
                  : before + bucket.count * ShareBelow(bucket, bound_, linear);
      found_ = true;
    }
    return found_;
  }
  double Rank(double count) const { return !found_ || rank_ > count ? count : rank_; }

 private:
  const double bound_;
  double rank_ = 0;
  bool found_ = false;
};

}  // namespace

double ClassicQuantile(double q, std::vector<ClassicBucket>& buckets, bool& repaired) {
  if (std::isnan(q)) return kNan;
  if (q < 0) return -kInf;
  if (q > 1) return kInf;
  if (!Arrange(buckets)) return kNan;
  const bool fell = MakeMonotonic(buckets);
  if (buckets.size() < 2) return kNan;
  const double observations = buckets.back().count;
  if (observations == 0) return kNan;
  repaired = fell;
  double rank = q * observations;
  const auto end = buckets.end() - 1;
  const auto found = std::partition_point(
      buckets.begin(), end, [&](const ClassicBucket& b) { return !(b.count >= rank); });
  if (found == end) return std::prev(end)->bound;
  if (found == buckets.begin() && found->bound <= 0) return found->bound;
  double start = 0;
  double count = found->count;
  if (found != buckets.begin()) {
    const ClassicBucket& before = *std::prev(found);
    start = before.bound;
    count -= before.count;
    rank -= before.count;
  }
  return start + (found->bound - start) * (rank / count);
}

double ClassicFraction(double lower, double upper, std::vector<ClassicBucket>& buckets) {
  if (!Arrange(buckets)) return kNan;
  const double count = buckets.back().count;
  if (count == 0 || std::isnan(lower) || std::isnan(upper)) return kNan;
  if (lower >= upper) return 0;
  RankFinder low(lower);
  RankFinder high(upper);
  double before = 0;
  double bound = buckets.front().bound <= 0 ? -kInf : 0;
  for (const ClassicBucket& bucket : buckets) {
    const BucketRange range{.lower = bound, .upper = bucket.bound, .count = bucket.count - before};
    const bool low_found = low.Visit(range, before, true);
    if (high.Visit(range, before, true) && low_found) break;
    before = bucket.count;
    bound = bucket.bound;
  }
  return (high.Rank(count) - low.Rank(count)) / count;
}

double NativeQuantile(double q, const FloatHistogram& h, const HistogramNote& note) {
  if (q < 0) return -kInf;
  if (q > 1) return kInf;
  if (h.count == 0 || std::isnan(q)) return kNan;
  std::vector<BucketRange> buckets = AllBuckets(h);
  const bool odd_sum = std::isnan(h.sum);
  const bool forward = odd_sum || q < 0.5;
  double rank = (forward ? q : 1 - q) * h.count;
  if (!forward) std::ranges::reverse(buckets);
  double count = 0;
  BucketRange bucket;
  for (const BucketRange& next : buckets) {
    if (next.count == 0) continue;
    bucket = next;
    count += next.count;
    if (count >= rank) break;
  }
  if (!h.custom() && bucket.lower < 0 && bucket.upper > 0) {
    NarrowZero(h, bucket);
  } else if (h.custom()) {
    if (bucket.lower == -kInf) {
      if (bucket.upper <= 0) return bucket.upper;
      bucket.lower = 0;
    } else if (bucket.upper == kInf) {
      return bucket.lower;
    }
  }
  count = std::min(count, h.count);
  if (count < rank) {
    if (!odd_sum) return bucket.upper;
    note.notes.Inform(
        std::string("input to histogram_quantile has NaN observations, result is NaN") +
            NameOf(note),
        note.span);
    return kNan;
  }
  rank = forward ? rank - (count - bucket.count) : count - rank;
  if (odd_sum && Total(buckets) < h.count) {
    note.notes.Inform(
        std::string("input to histogram_quantile has NaN observations, result is skewed higher") +
            NameOf(note),
        note.span);
  }
  const bool linear = h.custom() || (bucket.lower <= 0 && bucket.upper >= 0);
  return ValueAtShare(bucket, rank / bucket.count, linear);
}

double NativeFraction(double lower, double upper, const FloatHistogram& h,
                      const HistogramNote& note) {
  if (h.count == 0 || std::isnan(lower) || std::isnan(upper)) return kNan;
  if (lower >= upper) return 0;
  const std::vector<BucketRange> buckets = AllBuckets(h);
  RankFinder low(lower);
  RankFinder high(upper);
  double before = 0;
  for (BucketRange bucket : buckets) {
    const bool zero = !h.custom() && bucket.lower <= 0 && bucket.upper >= 0;
    if (zero) NarrowZero(h, bucket);
    if (h.custom() && bucket.lower == -kInf && bucket.upper > 0) bucket.lower = 0;
    const bool low_found = low.Visit(bucket, before, h.custom() || zero);
    if (high.Visit(bucket, before, h.custom() || zero) && low_found) break;
    before += bucket.count;
  }
  double count = h.count;
  if (std::isnan(h.sum)) {
    count = Total(buckets);
    if (count < h.count) {
      note.notes.Inform(
          std::string("input to histogram_fraction has NaN observations, which are excluded from "
                      "all fractions") +
              NameOf(note),
          note.span);
    }
  }
  return (high.Rank(count) - low.Rank(count)) / h.count;
}

double NativeVariance(const FloatHistogram& h) {
  const double mean = h.sum / h.count;
  CompensatedSum variance;
  for (const BucketRange& bucket : AllBuckets(h)) {
    if (bucket.count == 0) continue;
    double value = 0;
    if (h.custom()) {
      value = (bucket.upper + bucket.lower) / 2;
    } else if (bucket.lower > 0 || bucket.upper < 0) {
      value = std::sqrt(bucket.upper * bucket.lower);
      if (bucket.upper < 0) value = -value;
    }
    const double delta = value - mean;
    variance.Add(bucket.count * delta * delta);
  }
  return variance.Total() / h.count;
}

}  // namespace orrery::promql
