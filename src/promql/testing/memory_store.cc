// SPDX-License-Identifier: Apache-2.0
#include "promql/testing/memory_store.h"

#include <algorithm>
#include <utility>

namespace orrery::promql {

using contracts::SampleColumns;

class MemoryStore::Stored final : public contracts::StoredSeries {
 public:
  explicit Stored(model::Labels labels) : labels_(std::move(labels)) {}

  const model::Labels& labels() const override { return labels_; }

  Status Read(const contracts::MillisRange& range, contracts::QueryContext& context,
              SampleColumns& out) const override {
    out.Clear();
    const auto& times = samples_.times;
    const auto begin = std::ranges::lower_bound(times, range.start) - times.begin();
    const auto end = std::ranges::upper_bound(times, range.end) - times.begin();
    out.times.assign(times.begin() + begin, times.begin() + end);
    out.values.assign(samples_.values.begin() + begin, samples_.values.begin() + end);
    if (!samples_.histograms.empty()) {
      out.histograms.assign(samples_.histograms.begin() + begin, samples_.histograms.begin() + end);
    }
    return context.ChargeBytes(out.times.size() * 16);
  }

  void Put(int64_t time_ms, double value, std::shared_ptr<const model::FloatHistogram> histogram) {
    if (!samples_.times.empty() && samples_.times.back() == time_ms) {
      samples_.times.pop_back();
      samples_.values.pop_back();
      if (!samples_.histograms.empty()) samples_.histograms.pop_back();
    }
    samples_.times.push_back(time_ms);
    samples_.values.push_back(value);
    if (histogram != nullptr) samples_.histograms.resize(samples_.times.size());
    if (!samples_.histograms.empty()) {
      samples_.histograms.resize(samples_.times.size());
      samples_.histograms.back() = std::move(histogram);
    }
  }

  // Null when the newest sample is none.
  const model::FloatHistogram* newest_histogram() const {
    const size_t count = samples_.times.size();
    return count == 0 ? nullptr : samples_.HistogramAt(count - 1);
  }

  bool Overlaps(const contracts::MillisRange& range) const {
    return !samples_.times.empty() && samples_.times.front() <= range.end &&
           range.start <= samples_.times.back();
  }

 private:
  const model::Labels labels_;
  SampleColumns samples_;
};

MemoryStore::Stored& MemoryStore::At(const model::Labels& labels) {
  std::shared_ptr<Stored>& stored = series_[labels];
  if (stored == nullptr) stored = std::make_shared<Stored>(labels);
  return *stored;
}

void MemoryStore::Add(const model::Labels& labels, int64_t time_ms, double value) {
  At(labels).Put(time_ms, value, nullptr);
}

void MemoryStore::Add(const model::Labels& labels, int64_t time_ms,
                      model::FloatHistogram histogram) {
  const double sum = histogram.sum;
  Stored& stored = At(labels);
  const model::FloatHistogram* previous = stored.newest_histogram();
  if (histogram.hint == model::ResetHint::kUnknown && previous != nullptr) {
    if (!histogram.IsResetSince(*previous)) histogram.hint = model::ResetHint::kNoReset;
  }
  stored.Put(time_ms, sum, std::make_shared<const model::FloatHistogram>(std::move(histogram)));
}

Result<std::vector<std::shared_ptr<const contracts::StoredSeries>>> MemoryStore::Select(
    std::span<const contracts::LabelMatcher> matchers, const contracts::MillisRange& range,
    contracts::QueryContext& context) const {
  ORRERY_RETURN_IF_ERROR(context.Check());
  std::vector<std::shared_ptr<const contracts::StoredSeries>> found;
  for (const auto& [labels, stored] : series_) {
    const bool passes =
        std::ranges::all_of(matchers, [&labels = labels](const contracts::LabelMatcher& matcher) {
          return matcher.Matches(labels.Get(matcher.name));
        });
    if (passes && stored->Overlaps(range)) found.push_back(stored);
  }
  return found;
}

}  // namespace orrery::promql
