// SPDX-License-Identifier: Apache-2.0
#include "model/float_histogram.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "model/number_text.h"

namespace orrery::model {
namespace {

using Buckets = FloatHistogram::Buckets;

void AddTo(Buckets& sum, const Buckets& other, double factor) {
  Buckets merged;
  merged.reserve(sum.size() + other.size());
  auto a = sum.begin();
  auto b = other.begin();
  while (a != sum.end() || b != other.end()) {
    if (b == other.end() || (a != sum.end() && a->index < b->index)) {
      merged.push_back(*a++);
    } else if (a == sum.end() || b->index < a->index) {
      merged.push_back({b->index, b->count * factor});
      ++b;
    } else {
      merged.push_back({a->index, a->count + b->count * factor});
      ++a;
      ++b;
    }
  }
  sum = std::move(merged);
}

// Bucket `index` of a schema lies in this bucket of a schema that is `shift` coarser.
int32_t Coarser(int32_t index, int32_t shift) { return ((index - 1) >> shift) + 1; }

void Reduce(Buckets& buckets, int32_t shift) {
  Buckets reduced;
  for (const auto& bucket : buckets) {
    const int32_t index = Coarser(bucket.index, shift);
    if (!reduced.empty() && reduced.back().index == index) {
      reduced.back().count += bucket.count;
    } else {
      reduced.push_back({index, bucket.count});
    }
  }
  buckets = std::move(reduced);
}

// Moves the buckets of one side that reach into [-threshold, threshold] into the zero bucket.
// Returns the threshold that ends at a bucket's bound.
double WidenedThreshold(const FloatHistogram& h, const Buckets& buckets, double threshold) {
  for (const auto& bucket : buckets) {
    if (bucket.count == 0) continue;
    if (h.Bound(bucket.index - 1) < threshold && h.Bound(bucket.index) > threshold) {
      threshold = h.Bound(bucket.index);
    }
  }
  return threshold;
}

void WidenZero(FloatHistogram& h, double threshold) {
  for (Buckets* side : {&h.positive, &h.negative}) {
    std::erase_if(*side, [&](const FloatHistogram::Bucket& bucket) {
      if (h.Bound(bucket.index - 1) >= threshold) return false;
      h.zero_count += bucket.count;
      return true;
    });
  }
  h.zero_threshold = threshold;
}

// The smallest threshold that both can have.
double CommonThreshold(const FloatHistogram& a, const FloatHistogram& b) {
  double threshold = std::max(a.zero_threshold, b.zero_threshold);
  while (true) {
    double wider = threshold;
    for (const FloatHistogram* h : {&a, &b}) {
      if (h->zero_threshold == wider) continue;
      wider = WidenedThreshold(*h, h->positive, wider);
      wider = WidenedThreshold(*h, h->negative, wider);
    }
    if (wider == threshold) return threshold;
    threshold = wider;
  }
}

Buckets WithoutEmpty(Buckets buckets) {
  std::erase_if(buckets, [](const FloatHistogram::Bucket& bucket) { return bucket.count == 0; });
  return buckets;
}

bool Shrank(const Buckets& now, const Buckets& before) {
  auto at = now.begin();
  for (const auto& bucket : before) {
    while (at != now.end() && at->index < bucket.index) ++at;
    const double count = at != now.end() && at->index == bucket.index ? at->count : 0;
    if (count < bucket.count) return true;
  }
  return false;
}

// Keeps of the listed bounds those within `bounds`.
void Rebound(FloatHistogram& h, const std::vector<double>& bounds) {
  Buckets rebound;
  for (const auto& bucket : h.positive) {
    const auto place = std::ranges::lower_bound(bounds, h.Bound(bucket.index)) - bounds.begin();
    const auto index = static_cast<int32_t>(place);
    if (!rebound.empty() && rebound.back().index == index) {
      rebound.back().count += bucket.count;
    } else {
      rebound.push_back({index, bucket.count});
    }
  }
  h.positive = std::move(rebound);
  h.custom_values = bounds;
}

// Gives both the bounds that both have. False when they were the same already.
bool Reconcile(FloatHistogram& a, FloatHistogram& b) {
  if (a.custom_values == b.custom_values) return false;
  std::vector<double> common;
  std::ranges::set_intersection(a.custom_values, b.custom_values, std::back_inserter(common));
  Rebound(a, common);
  Rebound(b, common);
  return true;
}

// What a sum says of resets. True when its parts contradict each other.
bool MergeHint(FloatHistogram& sum, ResetHint other) {
  if (sum.hint == other || sum.hint == ResetHint::kGauge) return false;
  if (other == ResetHint::kGauge) {
    sum.hint = ResetHint::kGauge;
    return false;
  }
  const bool collided = sum.hint != ResetHint::kUnknown && other != ResetHint::kUnknown;
  sum.hint = ResetHint::kUnknown;
  return collided;
}

bool SameBits(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

double FloatHistogram::Bound(int32_t index) const {
  if (custom()) {
    if (index < 0) return -std::numeric_limits<double>::infinity();
    const auto at = static_cast<size_t>(index);
    return at < custom_values.size() ? custom_values[at] : std::numeric_limits<double>::infinity();
  }
  // The last bucket below infinity ends at the largest number.
  const double exponent = std::ldexp(static_cast<double>(index), -schema);
  if (exponent == 1024) return std::numeric_limits<double>::max();
  return std::exp2(exponent);
}

void FloatHistogram::Scale(double factor) {
  zero_count *= factor;
  count *= factor;
  sum *= factor;
  for (Buckets* side : {&positive, &negative}) {
    for (Bucket& bucket : *side) bucket.count *= factor;
  }
  // The observations of a negative histogram are those of a difference.
  if (factor < 0) hint = ResetHint::kGauge;
}

HistogramAddition FloatHistogram::Add(const FloatHistogram& other, double factor) {
  HistogramAddition outcome;
  if (custom() != other.custom()) {
    outcome.added = false;
    return outcome;
  }
  outcome.collided = MergeHint(*this, other.hint);
  FloatHistogram theirs = other;
  if (custom()) {
    outcome.reconciled = Reconcile(*this, theirs);
  } else {
    const int32_t target = std::min(schema, other.schema);
    const double threshold = CommonThreshold(*this, theirs);
    if (zero_threshold != threshold) WidenZero(*this, threshold);
    if (theirs.zero_threshold != threshold) WidenZero(theirs, threshold);
    ReduceTo(target);
    theirs.ReduceTo(target);
  }
  zero_count += theirs.zero_count * factor;
  count += theirs.count * factor;
  sum += theirs.sum * factor;
  AddTo(positive, theirs.positive, factor);
  AddTo(negative, theirs.negative, factor);
  return outcome;
}

void FloatHistogram::ReduceTo(int32_t target) {
  if (target >= schema) return;
  Reduce(positive, schema - target);
  Reduce(negative, schema - target);
  schema = target;
}

void FloatHistogram::Compact() {
  positive = WithoutEmpty(std::move(positive));
  negative = WithoutEmpty(std::move(negative));
}

bool FloatHistogram::IsResetSince(const FloatHistogram& previous) const {
  if (hint == ResetHint::kReset) return true;
  if (hint == ResetHint::kNoReset) return false;
  if (count < previous.count) return true;
  if (custom() != previous.custom()) return true;
  if (custom()) {
    FloatHistogram now = *this;
    FloatHistogram before = previous;
    Reconcile(now, before);
    return Shrank(now.positive, before.positive);
  }
  if (schema > previous.schema || zero_threshold < previous.zero_threshold) return true;
  FloatHistogram before = previous;
  if (zero_threshold != before.zero_threshold) {
    if (CommonThreshold(*this, before) != zero_threshold) return true;
    WidenZero(before, zero_threshold);
  }
  before.ReduceTo(schema);
  return zero_count < before.zero_count || Shrank(positive, before.positive) ||
         Shrank(negative, before.negative);
}

bool FloatHistogram::SameAs(const FloatHistogram& other) const {
  if (schema != other.schema || !SameBits(count, other.count) || !SameBits(sum, other.sum)) {
    return false;
  }
  if (custom()) {
    if (custom_values != other.custom_values) return false;
  } else if (zero_threshold != other.zero_threshold || !SameBits(zero_count, other.zero_count)) {
    return false;
  }
  return WithoutEmpty(positive) == WithoutEmpty(other.positive) &&
         WithoutEmpty(negative) == WithoutEmpty(other.negative);
}

std::string FloatHistogram::ToString() const {
  const auto text = [](double value) { return FormatNumber(value, NumberForm::kShort); };
  std::string out = fmt::format("{{count:{}, sum:{}", text(count), text(sum));
  for (const BucketRange& bucket : AllBuckets(*this)) {
    if (bucket.count == 0) continue;
    out += fmt::format(", {}{},{}{}:{}", bucket.lower_inclusive ? '[' : '(', text(bucket.lower),
                       text(bucket.upper), bucket.upper_inclusive ? ']' : ')', text(bucket.count));
  }
  return out + '}';
}

std::vector<BucketRange> AllBuckets(const FloatHistogram& h) {
  std::vector<BucketRange> all;
  all.reserve(h.positive.size() + h.negative.size() + 1);
  for (auto bucket = h.negative.rbegin(); bucket != h.negative.rend(); ++bucket) {
    all.push_back({.lower = -h.Bound(bucket->index),
                   .upper = -h.Bound(bucket->index - 1),
                   .count = bucket->count,
                   .lower_inclusive = true,
                   .upper_inclusive = false});
  }
  if (h.zero_count != 0 && !h.custom()) {
    all.push_back({.lower = -h.zero_threshold,
                   .upper = h.zero_threshold,
                   .count = h.zero_count,
                   .lower_inclusive = true,
                   .upper_inclusive = true});
  }
  for (const auto& bucket : h.positive) {
    all.push_back({.lower = h.Bound(bucket.index - 1),
                   .upper = h.Bound(bucket.index),
                   .count = bucket.count,
                   .lower_inclusive = h.custom() && bucket.index == 0,
                   .custom = h.custom()});
  }
  return all;
}

}  // namespace orrery::model
