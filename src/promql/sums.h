// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace orrery::promql {

// A sum that carries what its additions round off (Neumaier's way).
struct CompensatedSum {
  double sum = 0;
  double rest = 0;

  void Add(double value) {
    const double total = sum + value;
    if (std::isinf(total)) {
      rest = 0;
    } else if (std::abs(sum) >= std::abs(value)) {
      rest += (sum - total) + value;
    } else {
      rest += (value - total) + sum;
    }
    sum = total;
  }
  double Total() const { return sum + rest; }
};

// A mean that goes over to partial means when the sum grows beyond what a double can hold.
struct Mean {
  CompensatedSum state;  // Of the values, or the mean itself once `incremental`.
  double count = 0;
  bool incremental = false;

  void Add(double value) {
    ++count;
    if (!incremental) {
      CompensatedSum next = state;
      next.Add(value);
      if (count == 1 || !std::isinf(next.sum)) {
        state = next;
        return;
      }
      incremental = true;
      state.sum /= count - 1;
      state.rest /= count - 1;
    }
    if (std::isinf(state.sum)) {
      // An infinite mean stays unless its opposite or a NaN comes.
      if (std::isinf(value) && (value > 0) == (state.sum > 0)) return;
      if (std::isfinite(value)) return;
    }
    const double share = (count - 1) / count;
    state.sum *= share;
    state.rest *= share;
    state.Add(value / count);
  }
  double Total() const {
    return incremental ? state.Total() : state.sum / count + state.rest / count;
  }
};

// The value at rank q * (n - 1), with a straight line between neighbours. Sorts `values`.
double Quantile(double q, std::vector<double>& values);

}  // namespace orrery::promql
