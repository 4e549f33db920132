// SPDX-License-Identifier: Apache-2.0
#include "traceql/testing/reference_query.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <fmt/format.h>

namespace orrery::traceql::reference {
namespace {

using Type = Value::Type;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Spans Union(const Spans& a, const Spans& b) {
  std::set<size_t> both(a.begin(), a.end());
  both.insert(b.begin(), b.end());
  return {both.begin(), both.end()};
}

// Whether `a op b` holds of two spans, as in `{ a } > { b }`: b is a child of a.
bool Related(const Trace& trace, const std::string& op, size_t a, size_t b) {
  const int parent_a = trace.ParentOf(a);
  const int parent_b = trace.ParentOf(b);
  if (op == ">") return parent_b >= 0 && static_cast<size_t>(parent_b) == a;
  if (op == "<") return parent_a >= 0 && static_cast<size_t>(parent_a) == b;
  if (op == ">>") return trace.IsAncestor(a, b);
  if (op == "<<") return trace.IsAncestor(b, a);
  return a != b && parent_a >= 0 && parent_a == parent_b;
}

Spans Select(const Spansets& spansets, const Trace& trace, const Spans& from) {
  Spans out;
  if (spansets.op.empty()) {
    std::copy_if(from.begin(), from.end(), std::back_inserter(out),
                 [&](size_t span) { return Holds(spansets.filter, trace, span); });
    return out;
  }
  const Spans left = Select(spansets.sides[0], trace, from);
  const Spans right = Select(spansets.sides[1], trace, from);
  if (spansets.op == "&&") return left.empty() || right.empty() ? Spans() : Union(left, right);
  if (spansets.op == "||") return Union(left, right);
  const bool negated = spansets.op[0] == '!';
  const bool both = spansets.op[0] == '&';
  const std::string op = spansets.op.substr(negated || both ? 1 : 0);
  const auto has_partner = [&](const Spans& among, const auto& related) {
    return std::any_of(among.begin(), among.end(), related);
  };
  for (const size_t b : right) {
    const bool found = has_partner(left, [&](size_t a) { return Related(trace, op, a, b); });
    if (found != negated) out.push_back(b);
  }
  if (!both) return out;
  Spans partners;
  for (const size_t a : left) {
    if (has_partner(right, [&](size_t b) { return Related(trace, op, a, b); })) {
      partners.push_back(a);
    }
  }
  return Union(out, partners);
}

bool Satisfies(const std::string& op, double a, double b) {
  if (op == ">") return a > b;
  if (op == ">=") return a >= b;
  if (op == "<") return a < b;
  return a <= b;
}

double Aggregated(const Stage& stage, const Trace& trace, const Spans& spans) {
  if (stage.function == "count") return static_cast<double>(spans.size());
  std::vector<double> numbers;
  for (const size_t span : spans) {
    const Value value = Evaluate(stage.expr, trace, span);
    if (value.IsNumber()) numbers.push_back(value.AsDouble());
  }
  if (numbers.empty()) return kNone;
  const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
  if (stage.function == "sum") return sum;
  if (stage.function == "avg") return sum / static_cast<double>(numbers.size());
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  return stage.function == "min" ? *least : *most;
}

std::vector<Spans> Apply(const Stage& stage, const Trace& trace, const std::vector<Spans>& from) {
  std::vector<Spans> out;
  if (stage.kind == Stage::Kind::kMerge) {
    Spans all;
    for (const Spans& spans : from) all = Union(all, spans);
    return {all};
  }
  for (const Spans& spans : from) {
    if (stage.kind == Stage::Kind::kFilter) {
      out.emplace_back();
      std::copy_if(spans.begin(), spans.end(), std::back_inserter(out.back()),
                   [&](size_t span) { return Holds(stage.expr, trace, span); });
    } else if (stage.kind == Stage::Kind::kGroup) {
      std::map<std::string, Spans> groups;
      for (const size_t span : spans) {
        groups[LabelText("", Evaluate(stage.expr, trace, span))].push_back(span);
      }
      for (auto& [value, group] : groups) out.push_back(std::move(group));
    } else if (Satisfies(stage.op, Aggregated(stage, trace, spans), stage.number)) {
      out.push_back(spans);
    }
  }
  std::erase_if(out, [](const Spans& spans) { return spans.empty(); });
  return out;
}

// Status and kind are shown by their names.
Value Shown(const Value& value) {
  static const std::vector<std::string> kStatuses = {"unset", "ok", "error"};
  static const std::vector<std::string> kKinds = {"unspecified", "internal", "server",
                                                  "client",      "producer", "consumer"};
  const auto place = static_cast<size_t>(value.number);
  if (value.type == Type::kStatus) return OfText(kStatuses[place]);
  if (value.type == Type::kKind) return OfText(kKinds[place]);
  return value;
}

std::string LabelsOf(const Call& call, const Trace& trace, size_t span) {
  std::string labels;
  for (const std::string& field : call.by) {
    Value value;
    if (field[0] == '.') {
      value = trace.Get("span" + field, span);
      if (value.type == Type::kNil) value = trace.Get("resource" + field, span);
    } else {
      value = trace.Get(field, span);
    }
    if (value.type != Type::kNil) labels += LabelText(field, Shown(value));
  }
  if (!call.by.empty() && labels.empty()) labels = LabelText(call.by[0], OfText("nil"));
  return labels;
}

// What was measured in each interval, in the order of the spans.
using Measured = std::vector<std::vector<Value>>;

double Reduced(const Call& call, const std::vector<Value>& measured, double seconds) {
  if (call.function == "rate") return static_cast<double>(measured.size()) / seconds;
  if (call.function == "count_over_time") return static_cast<double>(measured.size());
  double result = kNone;
  double count = 0;
  for (const Value& value : measured) {
    if (!value.IsNumber()) continue;
    const double number = value.AsDouble() / (call.field == "duration" ? 1e9 : 1);
    ++count;
    if (count == 1) {
      result = number;
    } else if (call.function == "min_over_time") {
      result = std::min(result, number);
    } else if (call.function == "max_over_time") {
      result = std::max(result, number);
    } else {
      result += number;
    }
  }
  return call.function == "avg_over_time" && count > 0 ? result / count : result;
}

// How many values each power of two holds.
std::map<double, double> BucketsOf(const Call& call, const std::vector<Value>& measured) {
  std::map<double, double> buckets;
  for (const Value& value : measured) {
    const bool whole = value.type == Type::kInt || value.type == Type::kDuration;
    if (!whole || value.number < 2) continue;
    double bound = 1;
    while (bound < static_cast<double>(value.number)) bound *= 2;
    const bool seconds = call.field == "duration" || call.field == "traceDuration";
    ++buckets[seconds ? bound / 1e9 : bound];
  }
  return buckets;
}

double QuantileOf(const std::map<double, double>& buckets, double q) {
  double total = 0;
  for (const auto& [bound, count] : buckets) total += count;
  if (total == 0) return 0;
  const double target = std::max(1.0, std::ceil(q * total));
  double seen = 0;
  double below = 0;
  for (const auto& [bound, count] : buckets) {
    if (seen + count == target) return bound;
    if (seen + count > target) {
      const double from = std::log2(below == 0 ? bound / 2 : below);
      return std::exp2(from + (std::log2(bound) - from) * (target - seen) / count);
    }
    seen += count;
    below = bound;
  }
  return below;
}

void Finish(const Call& call, const std::string& labels, const Measured& measured, double seconds,
            std::map<std::string, std::vector<double>>& series) {
  const size_t n = measured.size();
  const bool quantiles = call.function == "quantile_over_time";
  if (!quantiles && call.function != "histogram_over_time") {
    std::vector<double> values;
    values.reserve(n);
    for (const auto& each : measured) values.push_back(Reduced(call, each, seconds));
    const bool any = std::any_of(values.begin(), values.end(), [](double v) { return v == v; });
    const std::string name = call.by.empty() ? LabelText("__name__", OfText(call.function)) : "";
    if (any) series[labels + name] = std::move(values);
    return;
  }
  std::vector<std::map<double, double>> buckets;
  std::set<double> bounds;
  for (const auto& each : measured) {
    buckets.push_back(BucketsOf(call, each));
    for (const auto& [bound, count] : buckets.back()) bounds.insert(bound);
  }
  if (bounds.empty()) return;
  for (const double q : call.quantiles) {
    std::vector<double>& values = series[labels + LabelText("p", OfFloat(q))];
    for (size_t i = 0; i < n; ++i) values.push_back(QuantileOf(buckets[i], q));
  }
  if (quantiles) return;
  for (const double bound : bounds) {
    std::vector<double>& values = series[labels + LabelText("__bucket", OfFloat(bound))];
    for (size_t i = 0; i < n; ++i) {
      const auto at = buckets[i].find(bound);
      values.push_back(at == buckets[i].end() ? 0 : at->second);
    }
  }
}

}  // namespace

std::string RandomQuery::text() const {
  std::string text = first.text;
  for (const Stage& stage : stages) text += " | " + stage.text;
  return call.text.empty() ? text : text + " | " + call.text;
}

std::vector<Spans> Run(const RandomQuery& query, const Trace& trace) {
  Spans all(trace.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<Spans> spansets = {Select(query.first, trace, all)};
  std::erase_if(spansets, [](const Spans& spans) { return spans.empty(); });
  for (const Stage& stage : query.stages) {
    if (!spansets.empty()) spansets = Apply(stage, trace, spansets);
  }
  std::sort(spansets.begin(), spansets.end());
  return spansets;
}

std::map<std::string, std::vector<double>> Count(const RandomQuery& query,
                                                 const std::vector<Trace>& traces,
                                                 const std::vector<UnixNanos>& edges,
                                                 uint64_t step) {
  std::map<std::string, Measured> groups;
  for (const Trace& trace : traces) {
    for (const Spans& spans : Run(query, trace)) {
      for (const size_t span : spans) {
        for (size_t i = 0; i < edges.size(); ++i) {
          const auto start = static_cast<UnixNanos>(trace.StartOf(span));
          if (start > edges[i] || start <= edges[i] - step) continue;
          Measured& measured = groups[LabelsOf(query.call, trace, span)];
          measured.resize(edges.size());
          measured[i].push_back(query.call.field.empty() ? Value()
                                                         : trace.Get(query.call.field, span));
        }
      }
    }
  }
  std::map<std::string, std::vector<double>> series;
  for (const auto& [labels, measured] : groups) {
    Finish(query.call, labels, measured, static_cast<double>(step) / 1e9, series);
  }
  return series;
}

std::string LabelText(const std::string& key, const Value& value) {
  std::string text = key + "=" + std::to_string(static_cast<int>(value.type)) + ":" + value.text;
  return text + fmt::format("{} {} ", value.real, value.number);
}

}  // namespace orrery::traceql::reference
