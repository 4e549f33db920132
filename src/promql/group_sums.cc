// SPDX-License-Identifier: Apache-2.0
#include "promql/group_sums.h"

#include <cmath>

namespace orrery::promql {
namespace {

bool CountsAll(AggregateOp op) { return op == AggregateOp::kCount || op == AggregateOp::kGroup; }

}  // namespace

GroupSums::GroupSums(AggregateOp op, size_t steps)
    : op_(op),
      sums_(op == AggregateOp::kAvg || CountsAll(op) ? 0 : steps),
      means_(op == AggregateOp::kAvg ? steps : 0),
      counts_(steps, 0) {}

void GroupSums::Add(const Series& series, Span span, Annotations& notes) {
  const Column& column = series.column;
  if (CountsAll(op_)) {
    for (size_t i = 0; i < column.size(); ++i) counts_[i] += column.Has(i) ? 1 : 0;
    return;
  }
  AddFloats(column);
  if (column.histograms.empty()) return;
  for (size_t i = 0; i < column.size(); ++i) {
    if (column.HasHistogram(i)) AddHistogram(i, series, span, notes);
  }
}

void GroupSums::AddFloats(const Column& column) {
  if (op_ == AggregateOp::kSum) {
    // Most of the work of most queries.
    for (size_t i = 0; i < column.size(); ++i) {
      if (!column.HasFloat(i)) continue;
      ++counts_[i];
      sums_[i].Add(column.values[i]);
    }
    return;
  }
  for (size_t i = 0; i < column.size(); ++i) {
    if (column.HasFloat(i)) AddFloat(i, column.values[i]);
  }
}

void GroupSums::AddFloat(size_t i, double value) {
  const double count = ++counts_[i];
  switch (op_) {
    case AggregateOp::kAvg:
      means_[i].Add(value);
      break;
    case AggregateOp::kMin:
      if (count == 1 || value < sums_[i].sum || std::isnan(sums_[i].sum)) sums_[i].sum = value;
      break;
    case AggregateOp::kMax:
      if (count == 1 || value > sums_[i].sum || std::isnan(sums_[i].sum)) sums_[i].sum = value;
      break;
    default: {
      CompensatedSum& state = sums_[i];
      if (count == 1) {
        state.sum = value;
        state.rest = std::isfinite(value) ? 0 : std::numeric_limits<double>::quiet_NaN();
        break;
      }
      const double delta = value - state.sum;
      state.sum += delta / count;
      state.rest += delta * (value - state.sum);
    }
  }
}

void GroupSums::AddHistogram(size_t i, const Series& series, Span span, Annotations& notes) {
  if (op_ != AggregateOp::kSum && op_ != AggregateOp::kAvg) {
    notes.Inform("ignored histogram in " + std::string(AggregateName(op_)) + " aggregation", span);
    return;
  }
  if (histograms_.empty()) histograms_.resize(counts_.size());
  Histograms& state = histograms_[i];
  const model::FloatHistogram& next = *series.column.histograms[i];
  if (state.incompatible) return;
  state.resets.Add(next.hint);
  if (++state.count == 1) {
    state.sum = next;
    return;
  }
  auto outcome = state.sum.Add(next);
  outcome.collided = state.resets.conflict();
  NoteAddition(outcome, "aggregation", span, notes);
  if (outcome) return;
  state.incompatible = true;
  notes.Warn(MixedSchemasText(series.labels.metric_name()), span);
}

Column GroupSums::Take(Span span, Annotations& notes) {
  Column column(counts_.size());
  for (size_t i = 0; i < counts_.size(); ++i) {
    const double count = counts_[i];
    if (!histograms_.empty() && histograms_[i].count > 0) {
      Histograms& state = histograms_[i];
      if (count > 0) {
        notes.Warn("encountered a mix of histograms and floats for aggregation", span);
      } else if (!state.incompatible) {
        if (op_ == AggregateOp::kAvg) state.sum.Scale(1 / state.count);
        state.sum.Compact();
        column.SetHistogram(i, std::make_shared<const model::FloatHistogram>(std::move(state.sum)));
      }
      continue;
    }
    if (count == 0) continue;
    switch (op_) {
      case AggregateOp::kSum:
        column.SetFloat(i, sums_[i].Total());
        break;
      case AggregateOp::kAvg:
        column.SetFloat(i, means_[i].Total());
        break;
      case AggregateOp::kMin:
      case AggregateOp::kMax:
        column.SetFloat(i, sums_[i].sum);
        break;
      case AggregateOp::kCount:
        column.SetFloat(i, count);
        break;
      case AggregateOp::kGroup:
        column.SetFloat(i, 1);
        break;
      case AggregateOp::kStdvar:
        column.SetFloat(i, sums_[i].rest / count);
        break;
      default:
        column.SetFloat(i, std::sqrt(sums_[i].rest / count));
        break;
    }
  }
  return column;
}

}  // namespace orrery::promql
