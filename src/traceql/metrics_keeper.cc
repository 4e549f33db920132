// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_keeper.h"

#include <algorithm>
#include <utility>

namespace orrery::traceql {
namespace {

// What became of a part. Its first interval begins at `start`.
struct CountedPart final : contracts::ScanOutcome {
  size_t memory_bytes() const override { return bytes; }

  UnixNanos start = 0;
  MetricsGroups::Counts counts;
  std::vector<PickedExemplar> exemplars;
  size_t bytes = 0;
};

size_t BytesOf(const std::vector<PickedExemplar>& exemplars) {
  size_t bytes = 0;
  for (const PickedExemplar& picked : exemplars) {
    bytes += sizeof(picked);
    for (const AnswerAttribute& label : picked.exemplar.labels) {
      bytes += sizeof(label) + label.key.size();
      if (const auto* text = std::get_if<std::string>(&label.value)) bytes += text->size();
    }
  }
  return bytes;
}

size_t DivideUp(size_t a, size_t b) { return (a + b - 1) / b; }

}  // namespace

MetricsKeeper::Part::Part(const MetricsScanPlan& plan, const model::TimeRange& starts,
                          const ExemplarShare& share)
    : intervals(plan.intervals.Within(starts)),
      groups(plan.call, intervals),
      picker(intervals, share.Of(intervals.count())),
      scan(plan.call, plan.conditions, plan.fields, plan.evaluator, intervals, groups, picker) {}

ExemplarShare::ExemplarShare(size_t intervals, size_t most)
    : each_(most == 0 ? 0 : 2 * DivideUp(DivideUp(most, 2), intervals)),
      intervals_(std::max<size_t>(1, most == 0 ? 1 : 2 * intervals / most)) {}

size_t ExemplarShare::Of(size_t intervals) const { return each_ * DivideUp(intervals, intervals_); }

std::string ExemplarShare::ToText() const {
  return std::to_string(each_) + "/" + std::to_string(intervals_);
}

MetricsKeeper::MetricsKeeper(const MetricsScanPlan& plan, const std::string& text,
                             size_t max_exemplars)
    : plan_(plan),
      share_(plan.intervals.count(), max_exemplars),
      key_(text + "\n" +
           (plan.intervals.is_instant() ? "-" : std::to_string(plan.intervals.step())) + "\n" +
           share_.ToText()),
      scan_(plan.call, plan.conditions, plan.fields, plan.evaluator, plan.intervals, plan.groups,
            plan.picker) {}

bool MetricsKeeper::Add(const contracts::SpanColumns& columns) {
  (part_ ? part_->scan : scan_).Add(columns);
  status_ = part_ ? part_->groups.status() : plan_.groups.status();
  return status_.ok() && plan_.evaluator.status().ok();
}

void MetricsKeeper::Begin(const model::TimeRange& starts) {
  part_ = std::make_unique<Part>(plan_, starts, share_);
}

std::shared_ptr<const contracts::ScanOutcome> MetricsKeeper::End() {
  const std::unique_ptr<Part> part = std::move(part_);
  if (!status_.ok() || !plan_.evaluator.status().ok()) return nullptr;
  auto outcome = std::make_shared<CountedPart>();
  outcome->start = part->intervals.range().start;
  outcome->counts = part->groups.Take();
  outcome->exemplars = part->picker.Take();
  outcome->bytes = sizeof(CountedPart) + outcome->counts.bytes + BytesOf(outcome->exemplars);
  return outcome;
}

void MetricsKeeper::Merge(const contracts::ScanOutcome& kept) {
  const auto& outcome = static_cast<const CountedPart&>(kept);
  const Intervals& intervals = plan_.intervals;
  const size_t first = intervals.is_instant() ? 0 : intervals.Find(outcome.start);
  const std::vector<uint32_t> groups = plan_.groups.Merge(outcome.counts, first);
  if (!plan_.groups.status().ok()) return;
  for (const PickedExemplar& picked : outcome.exemplars) {
    if (!plan_.picker.Wants(picked.trace, picked.exemplar.time)) continue;
    PickedExemplar copy = picked;
    copy.group = groups[picked.group];
    copy.interval += first;
    plan_.picker.Add(std::move(copy));
  }
}

}  // namespace orrery::traceql
