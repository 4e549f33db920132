// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace demo {

// Draws how a simulated answer turns out: its latency, whether and how it fails, and the seed of
// its text.
//
// Threads: safe for many. With a seed, the n-th request always gets the n-th draw.
class MockModel {
 public:
  struct Options {
    double fast_min_s = 0.2;
    double fast_max_s = 1.0;
    double slow_min_s = 1.0;
    double slow_max_s = 5.0;
    double failure_rate = 0.2;
    uint64_t seed = 0;  // 0 takes a random one
  };

  struct Outcome {
    std::chrono::milliseconds latency{0};
    std::string failure_type;  // empty when the model answers
    std::string failure_message;
    uint64_t text_seed = 0;
  };

  explicit MockModel(const Options& options);

  // A model whose name ends in "-slow" takes the slow latencies, every other one the fast ones.
  static bool IsSlow(const std::string& model);
  Outcome Draw(const std::string& model);

 private:
  double Between(double least, double most);

  const Options options_;
  std::mutex mutex_;
  std::mt19937_64 random_;  // guarded by mutex_
};

}  // namespace demo
