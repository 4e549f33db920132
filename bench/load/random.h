// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

namespace orrery::load {

// A small fast generator of random numbers (SplitMix64): the generator shares the machine with the
// server that it measures. Equal seeds give equal sequences on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
  }

  // Requires: n > 0.
  uint64_t Below(uint64_t n) { return Next() % n; }
  uint64_t Between(uint64_t least, uint64_t most) { return least + Below(most - least + 1); }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  bool Chance(double probability) { return Unit() < probability; }
  // Log-normal with this median: what latencies look like.
  double LogNormal(double median, double sigma) {
    const double radius = std::sqrt(-2 * std::log(1 - Unit()));
    return median * std::exp(sigma * radius * std::cos(6.283185307179586 * Unit()));
  }

 private:
  uint64_t state_;
};

}  // namespace orrery::load
