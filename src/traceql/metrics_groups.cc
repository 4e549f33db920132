// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_groups.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "traceql/printer.h"
#include "traceql/spansets.h"

namespace orrery::traceql {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kExponents = 64;

// The exponent of the least power of two that is not below the value. Nothing for values below 2,
// and for numbers that are not whole.
std::optional<size_t> ExponentOf(const Value& value) {
  if (value.type != Type::kInt && value.type != Type::kDuration) return std::nullopt;
  if (value.number < 2) return std::nullopt;
  return static_cast<size_t>(std::bit_width(static_cast<uint64_t>(value.number) - 1));
}

// Distinguishes values by type, so that 200 and "200" are two.
void AppendKey(const Value& value, std::string& key) {
  const Constant constant = ToConstant(value);
  key += static_cast<char>(constant.type);
  const std::string text = constant.type == Type::kString ? constant.text : Print(constant);
  key += std::to_string(text.size()) + ":" + text;
}

bool IsNone(const Value& value) { return value.type == Type::kNil || value.type == Type::kOther; }

}  // namespace

double MeasureOf(const MetricsCall& call, const Value& measured) {
  if (!IsNumber(measured.type)) return kNone;
  const bool seconds = *call.field == Field::Of(contracts::Intrinsic::kDuration);
  return seconds ? measured.AsDouble() / kNanosPerSecond : measured.AsDouble();
}

MetricsGroups::MetricsGroups(const MetricsCall& call, const Intervals& intervals)
    : call_(call),
      intervals_(intervals),
      in_seconds_(call.field && TypeOf(*call.field) == Type::kDuration) {}

bool MetricsGroups::HasBuckets() const {
  return call_.function == MetricsFunction::kQuantileOverTime ||
         call_.function == MetricsFunction::kHistogramOverTime;
}

void MetricsGroups::Reserve(size_t cells) {
  cells_ += cells;
  if (cells_ <= kMaxCells || !status_.ok()) return;
  status_ = ResourceExhausted("the query makes more than " + std::to_string(groups_.size()) +
                              " series of " + std::to_string(intervals_.count()) +
                              " values; group by fewer values, or take a longer step");
}

std::vector<AnswerAttribute> MetricsGroups::LabelsOf(std::span<const Value> by) const {
  std::vector<AnswerAttribute> labels;
  for (size_t i = 0; i < by.size(); ++i) {
    if (!IsNone(by[i])) labels.push_back({ToText(call_.by[i]), ToAnswer(by[i])});
  }
  if (labels.empty() && !by.empty()) labels.push_back({ToText(call_.by[0]), std::string("nil")});
  if (by.empty() && !HasBuckets()) {
    labels.push_back({"__name__", std::string(NameOf(call_.function))});
  }
  return labels;
}

uint32_t MetricsGroups::GroupOf(std::span<const Value> by) {
  key_.clear();
  for (const Value& value : by) AppendKey(value, key_);
  return FindGroup([&] { return LabelsOf(by); });
}

template <typename Labels>
uint32_t MetricsGroups::FindGroup(const Labels& labels) {
  const auto [at, is_new] = by_key_.try_emplace(key_, static_cast<uint32_t>(groups_.size()));
  if (!is_new) return at->second;
  Group& group = groups_.emplace_back();
  group.labels = labels();
  if (HasBuckets()) {
    group.buckets.resize(kExponents);
    Reserve(kExponents);
  } else {
    const bool counts = call_.function <= MetricsFunction::kCountOverTime;
    Reserve(intervals_.count());
    if (!status_.ok()) return at->second;
    group.values.assign(intervals_.count(), counts ? 0 : kNone);
    if (call_.function == MetricsFunction::kAvgOverTime) {
      group.counts.assign(intervals_.count(), 0);
    }
  }
  return at->second;
}

std::vector<uint32_t>& MetricsGroups::FindBucket(Group& group, size_t exponent) {
  std::vector<uint32_t>& bucket = group.buckets[exponent];
  if (bucket.empty()) {
    Reserve(intervals_.count() / 2 + 1);
    if (status_.ok()) bucket.assign(intervals_.count(), 0);
  }
  return bucket;
}

void MetricsGroups::AddToBucket(Group& group, size_t interval, const Value& measured) {
  const auto exponent = ExponentOf(measured);
  if (!exponent) return;
  std::vector<uint32_t>& bucket = FindBucket(group, *exponent);
  if (status_.ok()) ++bucket[interval];
}

// What two values of an interval make.
void MetricsGroups::AddTo(double& value, double other) const {
  if (std::isnan(other)) return;
  if (std::isnan(value)) {
    value = other;
  } else if (call_.function == MetricsFunction::kMinOverTime) {
    value = std::min(value, other);
  } else if (call_.function == MetricsFunction::kMaxOverTime) {
    value = std::max(value, other);
  } else {
    value += other;
  }
}

void MetricsGroups::Add(uint32_t group_place, size_t interval, const Value& measured) {
  if (!status_.ok()) return;
  Group& group = groups_[group_place];
  if (!Measures()) {
    ++group.values[interval];
    return;
  }
  if (HasBuckets()) return AddToBucket(group, interval, measured);
  const double value = MeasureOf(call_, measured);
  if (std::isnan(value)) return;
  if (!group.counts.empty()) ++group.counts[interval];
  AddTo(group.values[interval], value);
}

namespace {

// Leaves out the exponents before and after those that occur.
void Trim(MetricsGroups::Group& group) {
  auto& buckets = group.buckets;
  const auto occurs = [](const auto& bucket) { return !bucket.empty(); };
  const auto first = std::find_if(buckets.begin(), buckets.end(), occurs);
  const auto end = std::find_if(buckets.rbegin(), buckets.rend(), occurs).base();
  group.first_exponent = static_cast<size_t>(first - buckets.begin());
  if (first == buckets.end()) {
    buckets = {};
  } else {
    buckets = {std::make_move_iterator(first), std::make_move_iterator(end)};
  }
}

}  // namespace

MetricsGroups::Counts MetricsGroups::Take() {
  Counts counts;
  counts.keys.resize(groups_.size());
  for (const auto& [key, group] : by_key_) counts.keys[group] = key;
  counts.groups = std::move(groups_);
  for (size_t i = 0; i < counts.keys.size(); ++i) {
    Group& group = counts.groups[i];
    Trim(group);
    counts.bytes += sizeof(Group) + 2 * (sizeof(std::string) + counts.keys[i].size());
    counts.bytes += group.labels.size() * sizeof(AnswerAttribute);
    counts.bytes += 8 * group.values.size() + 4 * group.counts.size();
    for (const std::vector<uint32_t>& bucket : group.buckets) {
      counts.bytes += sizeof(std::vector<uint32_t>) + 4 * bucket.size();
    }
  }
  return counts;
}

void MetricsGroups::MergeGroup(const Group& from, size_t first, Group& to) {
  for (size_t i = 0; i < from.values.size(); ++i) AddTo(to.values[first + i], from.values[i]);
  for (size_t i = 0; i < from.counts.size(); ++i) to.counts[first + i] += from.counts[i];
  for (size_t at = 0; at < from.buckets.size(); ++at) {
    const std::vector<uint32_t>& counts = from.buckets[at];
    if (counts.empty()) continue;
    std::vector<uint32_t>& bucket = FindBucket(to, from.first_exponent + at);
    if (!status_.ok()) return;
    for (size_t i = 0; i < counts.size(); ++i) bucket[first + i] += counts[i];
  }
}

std::vector<uint32_t> MetricsGroups::Merge(const Counts& counts, size_t first) {
  std::vector<uint32_t> places;
  places.reserve(counts.groups.size());
  for (size_t i = 0; i < counts.groups.size() && status_.ok(); ++i) {
    const Group& from = counts.groups[i];
    key_ = counts.keys[i];
    places.push_back(FindGroup([&] { return from.labels; }));
    if (status_.ok()) MergeGroup(from, first, groups_[places.back()]);
  }
  return places;
}

double MetricsGroups::BoundOf(size_t exponent) const {
  const double bound = std::ldexp(1.0, static_cast<int>(exponent));
  return in_seconds_ ? bound / kNanosPerSecond : bound;
}

double MetricsGroups::QuantileOf(const Group& group, size_t interval, double q) const {
  const auto count_of = [&](size_t exponent) -> double {
    return group.buckets[exponent].empty() ? 0 : group.buckets[exponent][interval];
  };
  double total = 0;
  for (size_t exponent = 0; exponent < kExponents; ++exponent) total += count_of(exponent);
  if (total == 0) return 0;
  const double target = std::max(1.0, std::ceil(q * total));
  double before = 0;
  double previous = 0;
  for (size_t exponent = 0; exponent < kExponents; ++exponent) {
    const double count = count_of(exponent);
    if (count == 0) continue;
    const double bound = BoundOf(exponent);
    if (before + count == target) return bound;
    if (before + count > target) {
      const double low = std::log2(previous == 0 ? bound / 2 : previous);
      return std::exp2(low + (std::log2(bound) - low) * (target - before) / count);
    }
    before += count;
    previous = bound;
  }
  return previous;
}

void MetricsGroups::FinishPlain(Group& group, std::vector<PickedExemplar>& exemplars,
                                std::vector<MetricsSeries>& series) const {
  MetricsSeries& out = series.emplace_back();
  out.labels = std::move(group.labels);
  out.values = std::move(group.values);
  for (size_t i = 0; i < group.counts.size(); ++i) {
    if (group.counts[i] != 0) out.values[i] /= group.counts[i];
  }
  if (call_.function == MetricsFunction::kRate) {
    for (double& value : out.values) value /= intervals_.seconds();
  }
  for (PickedExemplar& picked : exemplars) {
    picked.exemplar.value = Measures() ? picked.measured : out.values[picked.interval];
    out.exemplars.push_back(std::move(picked.exemplar));
  }
}

void MetricsGroups::FinishQuantiles(const Group& group, std::vector<PickedExemplar>& exemplars,
                                    std::vector<MetricsSeries>& series) const {
  const auto is_empty = [](const auto& bucket) { return bucket.empty(); };
  if (std::all_of(group.buckets.begin(), group.buckets.end(), is_empty)) return;
  const size_t first = series.size();
  for (const double q : call_.quantiles) {
    MetricsSeries& out = series.emplace_back();
    out.labels = group.labels;
    out.labels.push_back({"p", q});
    for (size_t i = 0; i < intervals_.count(); ++i) {
      out.values.push_back(QuantileOf(group, i, q));
    }
  }
  // To the line that it lies below, or the last one.
  for (PickedExemplar& picked : exemplars) {
    picked.exemplar.value = picked.measured;
    size_t to = first;
    while (to + 1 < series.size() && series[to].values[picked.interval] < picked.measured) ++to;
    series[to].exemplars.push_back(std::move(picked.exemplar));
  }
}

void MetricsGroups::FinishHistogram(const Group& group, std::vector<PickedExemplar>& exemplars,
                                    std::vector<MetricsSeries>& series) const {
  for (size_t exponent = 0; exponent < kExponents; ++exponent) {
    const std::vector<uint32_t>& bucket = group.buckets[exponent];
    if (bucket.empty()) continue;
    MetricsSeries& out = series.emplace_back();
    out.labels = group.labels;
    const double bound = BoundOf(exponent);
    out.labels.push_back({"__bucket", bound});
    out.values.assign(bucket.begin(), bucket.end());
    for (PickedExemplar& picked : exemplars) {
      const bool in_bucket = picked.measured <= bound && picked.measured > bound / 2;
      if (!in_bucket) continue;
      picked.exemplar.value = out.values[picked.interval];
      out.exemplars.push_back(picked.exemplar);
    }
  }
}

std::vector<MetricsSeries> MetricsGroups::Finish(std::vector<PickedExemplar> exemplars) {
  std::vector<std::vector<PickedExemplar>> of_group(groups_.size());
  for (PickedExemplar& picked : exemplars) {
    of_group[picked.group].push_back(std::move(picked));
  }
  std::vector<MetricsSeries> series;
  for (size_t i = 0; i < groups_.size(); ++i) {
    if (call_.function == MetricsFunction::kQuantileOverTime) {
      FinishQuantiles(groups_[i], of_group[i], series);
    } else if (call_.function == MetricsFunction::kHistogramOverTime) {
      FinishHistogram(groups_[i], of_group[i], series);
    } else {
      FinishPlain(groups_[i], of_group[i], series);
    }
  }
  return series;
}

}  // namespace orrery::traceql
