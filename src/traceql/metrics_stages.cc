// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_stages.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace orrery::traceql {
namespace {

using Labels = std::vector<AnswerAttribute>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view kName = "__name__";

bool Before(const MetricsSeries& a, const MetricsSeries& b) {
  if (a.labels.size() != b.labels.size()) return a.labels.size() < b.labels.size();
  for (size_t i = 0; i < a.labels.size(); ++i) {
    if (a.labels[i].key != b.labels[i].key) return a.labels[i].key < b.labels[i].key;
  }
  return a.labels < b.labels;
}

void Apply(const TopK& topk, std::vector<MetricsSeries>& series) {
  const auto n = static_cast<size_t>(topk.n);
  if (series.size() <= n) return;
  std::vector<size_t> order;
  for (size_t at = 0; at < series[0].values.size(); ++at) {
    order.clear();
    for (size_t i = 0; i < series.size(); ++i) {
      if (!std::isnan(series[i].values[at])) order.push_back(i);
    }
    if (order.size() <= n) continue;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      const double x = series[a].values[at];
      const double y = series[b].values[at];
      return topk.bottom ? x < y : x > y;
    });
    for (size_t i = n; i < order.size(); ++i) series[order[i]].values[at] = kNone;
  }
  DropEmpty(series);
}

double NumberOf(const Constant& constant) {
  if (constant.type == Type::kFloat) return constant.real;
  const auto number = static_cast<double>(constant.number);
  return constant.type == Type::kDuration ? number / kNanosPerSecond : number;
}

bool Holds(Op op, double left, double right) {
  switch (op) {
    case Op::kEqual:
      return left == right;
    case Op::kNotEqual:
      return left != right;
    case Op::kLess:
      return left < right;
    case Op::kLessEqual:
      return left <= right;
    case Op::kGreater:
      return left > right;
    default:
      return left >= right;
  }
}

void Apply(const Threshold& threshold, std::vector<MetricsSeries>& series) {
  const double number = NumberOf(threshold.constant);
  for (MetricsSeries& each : series) {
    for (double& value : each.values) {
      if (!Holds(threshold.op, value, number)) value = kNone;
    }
  }
  DropEmpty(series);
}

double Compute(Op op, double left, double right) {
  switch (op) {
    case Op::kAdd:
      return left + right;
    case Op::kSubtract:
      return left - right;
    case Op::kMultiply:
      return left * right;
    default:
      return left / right;
  }
}

// The labels without the name, which is handed out.
Labels TakeName(Labels labels, std::optional<std::string>& name) {
  std::erase_if(labels, [&](const AnswerAttribute& label) {
    if (label.key != kName) return false;
    if (const auto* text = std::get_if<std::string>(&label.value)) name = *text;
    return true;
  });
  return labels;
}

// A series that can be looked up by its labels without the name.
struct Side {
  Labels labels;
  std::optional<std::string> name;
  const MetricsSeries* series;
};

std::vector<Side> SidesOf(const std::vector<MetricsSeries>& series) {
  std::vector<Side> sides;
  for (const MetricsSeries& each : series) {
    Side& side = sides.emplace_back();
    side.labels = TakeName(each.labels, side.name);
    side.series = &each;
  }
  std::sort(sides.begin(), sides.end(),
            [](const Side& a, const Side& b) { return a.labels < b.labels; });
  return sides;
}

MetricsSeries Join(Op op, const Side& left, const Side& right) {
  MetricsSeries joined;
  joined.labels = left.labels.empty() ? right.labels : left.labels;
  if (left.name && right.name) {
    joined.labels.insert(joined.labels.begin(),
                         {std::string(kName), "(" + *left.name + " " + std::string(OpText(op)) +
                                                  " " + *right.name + ")"});
  }
  const std::vector<double>& a = left.series->values;
  const std::vector<double>& b = right.series->values;
  joined.values.reserve(a.size());
  for (size_t i = 0; i < a.size(); ++i) joined.values.push_back(Compute(op, a[i], b[i]));
  return joined;
}

std::vector<MetricsSeries> JoinAll(Op op, const std::vector<MetricsSeries>& left,
                                   const std::vector<MetricsSeries>& right) {
  const std::vector<Side> a = SidesOf(left);
  const std::vector<Side> b = SidesOf(right);
  const auto is_for_all = [](const std::vector<Side>& sides) {
    return sides.size() == 1 && sides[0].labels.empty();
  };
  std::vector<MetricsSeries> joined;
  joined.reserve(std::max(a.size(), b.size()));
  if (is_for_all(b)) {
    for (const Side& each : a) joined.push_back(Join(op, each, b[0]));
  } else if (is_for_all(a)) {
    for (const Side& each : b) joined.push_back(Join(op, a[0], each));
  } else {
    for (const Side& each : a) {
      const auto at = std::lower_bound(
          b.begin(), b.end(), each.labels,
          [](const Side& side, const Labels& labels) { return side.labels < labels; });
      if (at != b.end() && at->labels == each.labels) joined.push_back(Join(op, each, *at));
    }
  }
  return joined;
}

}  // namespace

void DropEmpty(std::vector<MetricsSeries>& series) {
  std::erase_if(series, [](const MetricsSeries& each) {
    return std::all_of(each.values.begin(), each.values.end(),
                       [](double value) { return std::isnan(value); });
  });
}

void SortSeries(std::vector<MetricsSeries>& series) {
  std::stable_sort(series.begin(), series.end(), Before);
}

void ApplyStage(const SecondStage& stage, std::vector<MetricsSeries>& series) {
  std::visit([&](const auto& each) { Apply(each, series); }, stage);
}

MetricsOperand Combine(Op op, MetricsOperand left, MetricsOperand right) {
  if (left.is_number && right.is_number) {
    return {true, Compute(op, left.number, right.number), {}};
  }
  MetricsOperand result;
  if (!left.is_number && !right.is_number) {
    result.series = JoinAll(op, left.series, right.series);
  } else {
    result.series = std::move(left.is_number ? right.series : left.series);
    for (MetricsSeries& series : result.series) {
      series.exemplars.clear();
      for (double& value : series.values) {
        value = left.is_number ? Compute(op, left.number, value) : Compute(op, value, right.number);
      }
    }
  }
  DropEmpty(result.series);
  SortSeries(result.series);
  return result;
}

}  // namespace orrery::traceql
