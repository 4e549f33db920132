// SPDX-License-Identifier: Apache-2.0
#include "promql/operators.h"

#include <cmath>

#include <fmt/format.h>

namespace orrery::promql {
namespace {

using model::FloatHistogram;

OpResult Histogram(FloatHistogram histogram) {
  histogram.Compact();
  return {Outcome::kKeep, {0, std::make_shared<const FloatHistogram>(std::move(histogram))}};
}

OpResult Scaled(const FloatHistogram& histogram, double factor) {
  FloatHistogram scaled = histogram;
  scaled.Scale(factor);
  return Histogram(std::move(scaled));
}

// Division by zero makes all counts infinite or NaN, as it does of numbers.
OpResult Divided(const FloatHistogram& histogram, double divisor) {
  FloatHistogram divided = histogram;
  divided.zero_count /= divisor;
  divided.count /= divisor;
  divided.sum /= divisor;
  for (auto* side : {&divided.positive, &divided.negative}) {
    for (auto& bucket : *side) bucket.count /= divisor;
    if (divisor == 0) side->clear();
  }
  if (divisor < 0) divided.hint = model::ResetHint::kGauge;
  return Histogram(std::move(divided));
}

OpResult Unknown(BinaryOp op, const Value& left, const Value& right, Span span,
                 Annotations& notes) {
  const auto kind = [](const Value& value) { return value.histogram ? "histogram" : "float"; };
  notes.Inform(fmt::format("incompatible sample types encountered for binary operator \"{}\": "
                           "{} {} {}",
                           OpText(op), kind(left), OpText(op), kind(right)),
               span);
  return {Outcome::kInvalid, {}};
}

OpResult BothHistograms(BinaryOp op, const Value& left, const Value& right, Span span,
                        Annotations& notes) {
  switch (op) {
    case BinaryOp::kAdd:
    case BinaryOp::kSub: {
      FloatHistogram sum = *left.histogram;
      const bool adds = op == BinaryOp::kAdd;
      const auto outcome = sum.Add(*right.histogram, adds ? 1 : -1);
      NoteAddition(outcome, adds ? "addition" : "subtraction", span, notes);
      if (!outcome) {
        notes.Warn(fmt::format("incompatible bucket layout encountered for binary operator {}",
                               OpText(op)),
                   span);
        return {Outcome::kInvalid, {}};
      }
      if (!adds) sum.hint = model::ResetHint::kGauge;
      return Histogram(std::move(sum));
    }
    case BinaryOp::kEqual:
    case BinaryOp::kNotEqual: {
      const bool same = left.histogram->SameAs(*right.histogram);
      const bool keep = same == (op == BinaryOp::kEqual);
      return {keep ? Outcome::kKeep : Outcome::kFilter, left};
    }
    default:
      return Unknown(op, left, right, span, notes);
  }
}

}  // namespace

double Compute(BinaryOp op, double left, double right) {
  switch (op) {
    case BinaryOp::kAdd:
      return left + right;
    case BinaryOp::kSub:
      return left - right;
    case BinaryOp::kMul:
      return left * right;
    case BinaryOp::kDiv:
      return left / right;
    case BinaryOp::kMod:
      return std::fmod(left, right);
    case BinaryOp::kPow:
      return std::pow(left, right);
    case BinaryOp::kAtan2:
      return std::atan2(left, right);
    default:
      return 0;
  }
}

bool Compare(BinaryOp op, double left, double right) {
  switch (op) {
    case BinaryOp::kEqual:
      return left == right;
    case BinaryOp::kNotEqual:
      return left != right;
    case BinaryOp::kLess:
      return left < right;
    case BinaryOp::kGreater:
      return left > right;
    case BinaryOp::kLessEqual:
      return left <= right;
    case BinaryOp::kGreaterEqual:
      return left >= right;
    default:
      return false;
  }
}

OpResult Operate(BinaryOp op, const Value& left, const Value& right, Span span,
                 Annotations& notes) {
  if (left.histogram && right.histogram) return BothHistograms(op, left, right, span, notes);
  if (left.histogram) {
    if (op == BinaryOp::kMul) return Scaled(*left.histogram, right.number);
    if (op == BinaryOp::kDiv) return Divided(*left.histogram, right.number);
    return Unknown(op, left, right, span, notes);
  }
  if (right.histogram) {
    if (op == BinaryOp::kMul) return Scaled(*right.histogram, left.number);
    return Unknown(op, left, right, span, notes);
  }
  if (IsComparison(op)) {
    const bool keep = Compare(op, left.number, right.number);
    return {keep ? Outcome::kKeep : Outcome::kFilter, left};
  }
  return {Outcome::kKeep, {Compute(op, left.number, right.number), nullptr}};
}

}  // namespace orrery::promql
