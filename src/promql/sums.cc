// SPDX-License-Identifier: Apache-2.0
#include "promql/sums.h"

#include <algorithm>

namespace orrery::promql {

double Quantile(double q, std::vector<double>& values) {
  if (values.empty() || std::isnan(q)) return std::numeric_limits<double>::quiet_NaN();
  if (q < 0) return -std::numeric_limits<double>::infinity();
  if (q > 1) return std::numeric_limits<double>::infinity();
  std::ranges::sort(values, [](double a, double b) {
    return std::isnan(a) ? !std::isnan(b) : a < b;  // NaN is the smallest.
  });
  const auto n = static_cast<double>(values.size());
  const double rank = q * (n - 1);
  const double lower = std::max(0.0, std::floor(rank));
  const double upper = std::min(n - 1, lower + 1);
  const double weight = rank - std::floor(rank);
  // Infinite neighbours must not turn an exact rank into NaN.
  if (weight == 0 || lower == upper) return values[static_cast<size_t>(lower)];
  return values[static_cast<size_t>(lower)] * (1 - weight) +
         values[static_cast<size_t>(upper)] * weight;
}

}  // namespace orrery::promql
