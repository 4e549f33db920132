// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_map>

#include <fmt/format.h>

#include "base/utf8.h"
#include "model/number_text.h"
#include "promql/evaluator.h"
#include "promql/group_sums.h"
#include "promql/sums.h"

namespace orrery::promql {
namespace {

// Where each group of an aggregation stands, in the order in which they were seen.
using GroupPlaces = std::unordered_map<model::Labels, size_t, model::LabelsHash>;

// A place between 0 and 1 that belongs to a set of labels.
double RatioPlace(const model::Labels& labels) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;
  };
  for (const model::Label& label : labels) {
    mix(label.name);
    mix(label.value);
  }
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccd;
  hash ^= hash >> 33;
  return static_cast<double>(hash) / 18446744073709551616.0;
}

bool InRatio(double ratio, double place) { return ratio >= 0 ? place < ratio : place >= 1 + ratio; }

// The members of one group that have a value at a step, by their place among all series.
struct Members {
  std::vector<size_t> places;
};

Status CheckCount(double k) {
  // What fits the integers of 64 bits.
  if (k > -9.3e18 && k < 9.2e18) return OkStatus();
  return InvalidArgument(fmt::format("Scalar value {} overflows int64",
                                     model::FormatNumber(k, model::NumberForm::kShort)));
}

}  // namespace

model::Labels Evaluator::GroupLabels(const Aggregate& aggregate, const Series& series) const {
  if (aggregate.without) return series.labels.Without(aggregate.grouping);
  return series.labels.Keep(aggregate.grouping);
}

Status Evaluator::StreamAggregate(const Expr& expr, const Aggregate& aggregate,
                                  const SeriesSink& sink) {
  switch (aggregate.op) {
    case AggregateOp::kTopk:
    case AggregateOp::kBottomk:
    case AggregateOp::kLimitk:
    case AggregateOp::kLimitRatio:
      return StreamChosen(expr, aggregate, sink);
    case AggregateOp::kQuantile:
      return StreamQuantile(aggregate, sink);
    case AggregateOp::kCountValues:
      return StreamCountValues(aggregate, sink);
    default:
      return StreamSums(aggregate, sink);
  }
}

Status Evaluator::StreamSums(const Aggregate& aggregate, const SeriesSink& sink) {
  GroupPlaces places;
  struct Group {
    model::Labels labels;
    bool drop_name;
    GroupSums sums;
  };
  std::vector<Group> groups;
  ORRERY_RETURN_IF_ERROR(Stream(*aggregate.expr, [&](Series&& series) -> Status {
    const auto [place, fresh] = places.emplace(GroupLabels(aggregate, series), groups.size());
    if (fresh) {
      ORRERY_RETURN_IF_ERROR(state_.Charge(steps_.count));
      groups.push_back({place->first, series.drop_name, GroupSums(aggregate.op, steps_.count)});
    }
    groups[place->second].sums.Add(series, aggregate.expr->span, state_.notes);
    return OkStatus();
  }));
  for (auto& [labels, drop_name, sums] : groups) {
    Series out{labels, drop_name, sums.Take(aggregate.expr->span, state_.notes)};
    if (!out.column.Empty()) ORRERY_RETURN_IF_ERROR(sink(std::move(out)));
  }
  return OkStatus();
}

// topk, bottomk, limitk, limit_ratio: some of the series as they are.
Status Evaluator::StreamChosen(const Expr& expr, const Aggregate& aggregate,
                               const SeriesSink& sink) {
  const AggregateOp op = aggregate.op;
  const bool ranked = op == AggregateOp::kTopk || op == AggregateOp::kBottomk;
  const bool ratio = op == AggregateOp::kLimitRatio;
  ORRERY_ASSIGN_OR_RETURN(const Column parameter, Scalar(*aggregate.parameter));
  for (const double k : parameter.values) {
    if (std::isnan(k))
      return InvalidArgument(ratio ? "Ratio value is NaN" : "Parameter value is NaN");
  }
  ORRERY_ASSIGN_OR_RETURN(const std::vector<Series> all, Collect(*aggregate.expr));
  if (all.empty()) return OkStatus();
  GroupPlaces places;
  std::vector<size_t> group_of;
  for (const Series& series : all) {
    const auto [place, fresh] = places.emplace(GroupLabels(aggregate, series), places.size());
    group_of.push_back(place->second);
  }
  std::vector<Column> chosen(all.size(), Column(steps_.count));
  std::vector<size_t> order;  // Of an instant query: how the chosen ones come.
  for (size_t i = 0; i < steps_.count; ++i) {
    double k = parameter.values[i];
    if (!ratio) ORRERY_RETURN_IF_ERROR(CheckCount(k));
    if (ratio && std::abs(k) > 1) {
      const double capped = k > 0 ? 1 : -1;
      state_.notes.Warn(fmt::format("ratio value should be between -1 and 1, got {}, capping to {}",
                                    model::FormatNumber(k, model::NumberForm::kShort),
                                    model::FormatNumber(capped, model::NumberForm::kShort)),
                        aggregate.parameter->span);
      k = capped;
    }
    if (!ratio && k < 1) continue;
    std::vector<Members> members(places.size());
    for (size_t s = 0; s < all.size(); ++s) {
      if (!all[s].column.Has(i)) continue;
      if (ranked && all[s].column.HasHistogram(i)) {
        state_.notes.Inform(fmt::format("ignored histogram in {} aggregation", AggregateName(op)),
                            expr.span);
        continue;
      }
      members[group_of[s]].places.push_back(s);
    }
    for (Members& group : members) {
      std::vector<size_t>& list = group.places;
      if (ratio) {
        std::erase_if(list, [&](size_t s) { return !InRatio(k, RatioPlace(all[s].labels)); });
      } else {
        if (ranked) {
          std::ranges::stable_sort(list, [&](size_t a, size_t b) {
            const double x = all[a].column.values[i];
            const double y = all[b].column.values[i];
            if (std::isnan(x) || std::isnan(y)) return std::isnan(y) && !std::isnan(x);
            return op == AggregateOp::kTopk ? x > y : x < y;
          });
        }
        if (k < static_cast<double>(list.size())) list.resize(static_cast<size_t>(k));
      }
      for (const size_t s : list) {
        chosen[s].CopyFrom(all[s].column, i);
        if (KeepsOrder()) order.push_back(s);
      }
    }
  }
  if (!KeepsOrder()) {
    for (size_t s = 0; s < all.size(); ++s) order.push_back(s);
  }
  for (const size_t s : order) {
    if (chosen[s].Empty()) continue;
    ORRERY_RETURN_IF_ERROR(sink({all[s].labels, all[s].drop_name, std::move(chosen[s])}));
    chosen[s] = Column(steps_.count);
  }
  return OkStatus();
}

Status Evaluator::StreamQuantile(const Aggregate& aggregate, const SeriesSink& sink) {
  ORRERY_ASSIGN_OR_RETURN(const Column parameter, Scalar(*aggregate.parameter));
  ORRERY_ASSIGN_OR_RETURN(const std::vector<Series> all, Collect(*aggregate.expr));
  for (const double q : parameter.values) {
    if (!(q >= 0 && q <= 1)) {
      state_.notes.Warn(BadQuantileText(q), aggregate.parameter->span);
    }
  }
  GroupPlaces places;
  std::vector<std::pair<model::Labels, std::vector<const Series*>>> groups;
  for (const Series& series : all) {
    const auto [place, fresh] = places.emplace(GroupLabels(aggregate, series), groups.size());
    if (fresh) groups.emplace_back(place->first, std::vector<const Series*>());
    groups[place->second].second.push_back(&series);
  }
  for (const auto& [labels, members] : groups) {
    ORRERY_RETURN_IF_ERROR(CheckTime());
    Series out{labels, false, Column(steps_.count)};
    std::vector<double> values;
    for (size_t i = 0; i < steps_.count; ++i) {
      values.clear();
      for (const Series* member : members) {
        if (member->column.HasFloat(i)) values.push_back(member->column.values[i]);
        if (member->column.HasHistogram(i)) {
          state_.notes.Inform("ignored histogram in quantile aggregation", aggregate.expr->span);
        }
      }
      if (!values.empty()) out.column.SetFloat(i, Quantile(parameter.values[i], values));
    }
    if (!out.column.Empty()) ORRERY_RETURN_IF_ERROR(sink(std::move(out)));
  }
  return OkStatus();
}

Status Evaluator::StreamCountValues(const Aggregate& aggregate, const SeriesSink& sink) {
  const auto& label = std::get<StringLiteral>(Unwrapped(*aggregate.parameter).node).value;
  if (label.empty() || !IsValidUtf8(label)) {
    return InvalidArgument("invalid label name " + model::Quote(label));
  }
  GroupPlaces places;
  std::vector<Series> groups;
  ORRERY_RETURN_IF_ERROR(Stream(*aggregate.expr, [&](Series&& series) -> Status {
    const model::Labels base = GroupLabels(aggregate, series);
    for (size_t i = 0; i < steps_.count; ++i) {
      if (!series.column.Has(i)) continue;
      model::Labels labels = base;
      labels.Set(label, series.column.HasFloat(i) ? model::FormatNumber(series.column.values[i],
                                                                        model::NumberForm::kDecimal)
                                                  : series.column.histograms[i]->ToString());
      const auto [place, fresh] = places.emplace(std::move(labels), groups.size());
      if (fresh) {
        ORRERY_RETURN_IF_ERROR(state_.Charge(steps_.count));
        groups.push_back({place->first, false, Column(steps_.count)});
      }
      Column& column = groups[place->second].column;
      column.SetFloat(i, column.Has(i) ? column.values[i] + 1 : 1);
    }
    return OkStatus();
  }));
  for (Series& group : groups) ORRERY_RETURN_IF_ERROR(sink(std::move(group)));
  return OkStatus();
}

}  // namespace orrery::promql
