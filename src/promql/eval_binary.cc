// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "promql/evaluator.h"
#include "promql/operators.h"

namespace orrery::promql {
namespace {

using Card = Matching::Card;

// The labels by which the sides of an operator find each other.
model::Labels MatchLabels(const Matching& matching, const model::Labels& labels) {
  return matching.on ? labels.Keep(matching.labels) : labels.Without(matching.labels);
}

// The labels of what comes out of a pair.
model::Labels ResultLabels(const Binary& binary, const model::Labels& many,
                           const model::Labels& one) {
  const Matching& matching = binary.matching;
  model::Labels labels = many;
  if (!IsComparison(binary.op)) labels.Remove(model::kMetricNameLabel);
  if (matching.card == Card::kOneToOne) {
    if (matching.on) {
      labels = labels.Keep(matching.labels);
    } else {
      for (const std::string& name : matching.labels) labels.Remove(name);
    }
  }
  for (const std::string& name : matching.include) labels.Set(name, one.Get(name));
  return labels;
}

using StepSet = std::vector<bool>;
using StepSets = std::unordered_map<model::Labels, StepSet, model::LabelsHash>;

// At which steps there is a value, by matching labels.
StepSets PresentSteps(const Matching& matching, const std::vector<Series>& all, size_t steps) {
  StepSets present;
  for (const Series& series : all) {
    StepSet& set = present.try_emplace(MatchLabels(matching, series.labels), steps).first->second;
    for (size_t i = 0; i < steps; ++i) {
      if (series.column.Has(i)) set[i] = true;
    }
  }
  return present;
}

// Clears the values at steps at which the other side has, or has not, a match.
void ClearMatched(const Matching& matching, const StepSets& other, bool clear_if,
                  std::vector<Series>& all) {
  for (Series& series : all) {
    const auto found = other.find(MatchLabels(matching, series.labels));
    for (size_t i = 0; i < series.column.size(); ++i) {
      const bool matched = found != other.end() && found->second[i];
      if (matched == clear_if) series.column.Clear(i);
    }
  }
}

StepSet AnyValue(const std::vector<Series>& all, size_t steps) {
  StepSet any(steps);
  for (const Series& series : all) {
    for (size_t i = 0; i < steps; ++i) {
      if (series.column.Has(i)) any[i] = true;
    }
  }
  return any;
}

// Series of the side whose matching labels are unique at each step, under one set of them.
struct OneSide {
  std::vector<const Series*> by_step;  // Null where there is none.
  StepSet matched;                     // Of one-to-one: where a match has been found.
};

// Pairs the series of both sides.
class Matcher {
 public:
  Matcher(const Binary& binary, Span span, bool drop_bool_name, size_t steps, Annotations& notes)
      : binary_(binary),
        span_(span),
        drop_bool_name_(drop_bool_name),
        steps_(steps),
        notes_(notes) {}

  // `many_any`: the steps at which the other side has any value; at others nothing is compared.
  Status AddOneSide(const std::vector<Series>& all, const StepSet& many_any) {
    for (const Series& series : all) {
      const model::Labels key = MatchLabels(binary_.matching, series.labels);
      OneSide& side = one_.try_emplace(key).first->second;
      side.by_step.resize(steps_);
      side.matched.resize(steps_);
      for (size_t i = 0; i < steps_; ++i) {
        if (!series.column.Has(i)) continue;
        if (side.by_step[i] != nullptr && many_any[i]) {
          return Duplicate(key, series, *side.by_step[i]);
        }
        side.by_step[i] = &series;
      }
    }
    return OkStatus();
  }

  Status AddMany(const Series& many) {
    const auto found = one_.find(MatchLabels(binary_.matching, many.labels));
    if (found == one_.end()) return OkStatus();
    OneSide& side = found->second;
    const Series* paired = nullptr;
    size_t place = 0;
    for (size_t i = 0; i < steps_; ++i) {
      const Series* one = side.by_step[i];
      if (one == nullptr || !many.column.Has(i)) continue;
      const OpResult result = Result(many, *one, i);
      if (result.outcome == Outcome::kInvalid) continue;
      if (one != paired) {
        place = Place(many, *one);
        paired = one;
      }
      ORRERY_RETURN_IF_ERROR(CheckOnlyMatch(side, place, i));
      if (result.outcome == Outcome::kKeep) ORRERY_RETURN_IF_ERROR(Put(place, i, result.value));
    }
    return OkStatus();
  }

  std::vector<Series>& results() { return results_; }

 private:
  Status Duplicate(const model::Labels& key, const Series& a, const Series& b) const {
    const bool right = binary_.matching.card != Card::kOneToMany;
    return InvalidArgument(fmt::format(
        "found duplicate series for the match group {} on the {} hand-side of the operation: "
        "[{}, {}];many-to-many matching not allowed: matching labels must be unique on one side",
        key.empty() ? "{}" : key.ToString(), right ? "right" : "left", a.labels.ToString(),
        b.labels.ToString()));
  }

  OpResult Result(const Series& many, const Series& one, size_t i) {
    Value left = ValueAt(many.column, i);
    Value right = ValueAt(one.column, i);
    if (binary_.matching.card == Card::kOneToMany) std::swap(left, right);
    OpResult result = Operate(binary_.op, left, right, span_, notes_);
    if (binary_.return_bool && result.outcome != Outcome::kInvalid) {
      result.value = {result.outcome == Outcome::kKeep ? 1.0 : 0.0, nullptr};
      result.outcome = Outcome::kKeep;
    }
    return result;
  }

  size_t Place(const Series& many, const Series& one) {
    model::Labels labels = ResultLabels(binary_, many.labels, one.labels);
    if (binary_.return_bool && drop_bool_name_) labels.Remove(model::kMetricNameLabel);
    const auto [place, fresh] = places_.emplace(std::move(labels), results_.size());
    if (fresh) {
      results_.push_back({place->first, binary_.return_bool, Column(steps_)});
      matched_.emplace_back(steps_);
    }
    return place->second;
  }

  // One to one a set of matching labels has one match at a step, otherwise each set of labels of a
  // result; also where the comparison does not hold.
  Status CheckOnlyMatch(OneSide& side, size_t place, size_t i) {
    const bool one_to_one = binary_.matching.card == Card::kOneToOne;
    StepSet& matched = one_to_one ? side.matched : matched_[place];
    if (matched[i]) {
      return InvalidArgument(
          one_to_one ? "multiple matches for labels: many-to-one matching must be explicit "
                       "(group_left/group_right)"
                     : "multiple matches for labels: grouping labels must ensure unique matches");
    }
    matched[i] = true;
    return OkStatus();
  }

  Status Put(size_t place, size_t i, const Value& value) {
    Column& column = results_[place].column;
    if (column.Has(i)) {
      return InvalidArgument("vector cannot contain metrics with the same labelset");
    }
    if (value.histogram) {
      column.SetHistogram(i, value.histogram);
    } else {
      column.SetFloat(i, value.number);
    }
    return OkStatus();
  }

  const Binary& binary_;
  const Span span_;
  const bool drop_bool_name_;
  const size_t steps_;
  Annotations& notes_;
  std::unordered_map<model::Labels, OneSide, model::LabelsHash> one_;
  std::unordered_map<model::Labels, size_t, model::LabelsHash> places_;
  std::vector<Series> results_;
  std::vector<StepSet> matched_;  // By result: where a match has been found.
};

}  // namespace

Status Evaluator::StreamBinary(const Expr& expr, const Binary& binary, const SeriesSink& sink) {
  if (IsSetOp(binary.op)) return StreamSetOp(binary, sink);
  const bool left = TypeOf(*binary.lhs) == ValueType::kVector;
  const bool right = TypeOf(*binary.rhs) == ValueType::kVector;
  if (left && right) return StreamMatched(expr, binary, sink);
  return StreamScalarSide(expr, binary, sink);
}

Status Evaluator::StreamScalarSide(const Expr& expr, const Binary& binary, const SeriesSink& sink) {
  const bool vector_left = TypeOf(*binary.lhs) == ValueType::kVector;
  const Expr& vector = vector_left ? *binary.lhs : *binary.rhs;
  ORRERY_ASSIGN_OR_RETURN(const Column scalar, Scalar(vector_left ? *binary.rhs : *binary.lhs));
  const bool compares = IsComparison(binary.op);
  return Stream(vector, [&](Series&& series) -> Status {
    Column& column = series.column;
    for (size_t i = 0; i < steps_.count; ++i) {
      if (!column.Has(i)) continue;
      const Value element = ValueAt(column, i);
      const Value other{scalar.values[i], nullptr};
      const OpResult result = Operate(binary.op, vector_left ? element : other,
                                      vector_left ? other : element, expr.span, state_.notes);
      if (result.outcome == Outcome::kInvalid) {
        column.Clear(i);
      } else if (binary.return_bool) {
        column.SetFloat(i, result.outcome == Outcome::kKeep ? 1 : 0);
      } else if (result.outcome == Outcome::kFilter) {
        column.Clear(i);
      } else if (!compares && result.value.histogram) {
        column.SetHistogram(i, result.value.histogram);
      } else if (!compares) {
        column.SetFloat(i, result.value.number);
      }
    }
    if (column.Empty()) return OkStatus();
    if (!compares || binary.return_bool) DropName(series);
    return sink(std::move(series));
  });
}

Status Evaluator::StreamSetOp(const Binary& binary, const SeriesSink& sink) {
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> left, Collect(*binary.lhs));
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> right, Collect(*binary.rhs));
  const size_t n = steps_.count;
  if (binary.op == BinaryOp::kOr) {
    ClearMatched(binary.matching, PresentSteps(binary.matching, left, n), true, right);
    for (Series& series : right) left.push_back(std::move(series));
  } else {
    const bool unless = binary.op == BinaryOp::kUnless;
    ClearMatched(binary.matching, PresentSteps(binary.matching, right, n), unless, left);
  }
  for (Series& series : left) {
    if (!series.column.Empty()) ORRERY_RETURN_IF_ERROR(sink(std::move(series)));
  }
  return OkStatus();
}

Status Evaluator::StreamMatched(const Expr& expr, const Binary& binary, const SeriesSink& sink) {
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> many, Collect(*binary.lhs));
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> one, Collect(*binary.rhs));
  if (binary.matching.card == Card::kOneToMany) std::swap(many, one);
  Matcher matcher(binary, expr.span, !state_.options.delayed_name_removal, steps_.count,
                  state_.notes);
  ORRERY_RETURN_IF_ERROR(matcher.AddOneSide(one, AnyValue(many, steps_.count)));
  for (const Series& series : many) {
    ORRERY_RETURN_IF_ERROR(CheckTime());
    ORRERY_RETURN_IF_ERROR(matcher.AddMany(series));
  }
  for (Series& series : matcher.results()) {
    if (!series.column.Empty()) ORRERY_RETURN_IF_ERROR(sink(std::move(series)));
  }
  return OkStatus();
}

Status Evaluator::StreamUnary(const Unary& unary, const SeriesSink& sink) {
  if (!unary.negative) return Stream(*unary.expr, sink);
  return Stream(*unary.expr, [&](Series&& series) -> Status {
    for (size_t i = 0; i < steps_.count; ++i) {
      if (series.column.HasHistogram(i)) {
        model::FloatHistogram negated = *series.column.histograms[i];
        negated.Scale(-1);
        series.column.SetHistogram(
            i, std::make_shared<const model::FloatHistogram>(std::move(negated)));
      } else {
        series.column.values[i] = -series.column.values[i];
      }
    }
    DropName(series);
    return sink(std::move(series));
  });
}

}  // namespace orrery::promql
