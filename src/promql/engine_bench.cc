// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/check.h"
#include "base/clock.h"
#include "promql/engine.h"
#include "promql/testing/memory_store.h"

namespace orrery::promql {
namespace {

constexpr int64_t kScrapeMs = 15'000;
constexpr int64_t kHourMs = 3'600'000;

// Classic histograms: routes * instances * bounds series, one hour and five minutes of samples.
const MemoryStore& Buckets() {
  static const MemoryStore* const store = [] {
    auto* made = new MemoryStore;
    constexpr int kRoutes = 20;
    constexpr int kInstances = 110;
    constexpr int kBounds = 12;
    for (int route = 0; route < kRoutes; ++route) {
      for (int instance = 0; instance < kInstances; ++instance) {
        for (int bound = 0; bound < kBounds; ++bound) {
          const std::string le =
              bound + 1 == kBounds ? "+Inf" : fmt::format("{}", 0.005 * (1 << bound));
          const model::Labels labels({{"__name__", "http_seconds_bucket"},
                                      {"instance", fmt::format("i{}", instance)},
                                      {"le", le},
                                      {"route", fmt::format("/r{}", route)}});
          double count = 0;
          for (int64_t time = 0; time <= kHourMs + 300'000; time += kScrapeMs) {
            count += bound * (1 + (time / kScrapeMs + instance) % 3);
            made->Add(labels, time, count);
          }
        }
      }
    }
    return made;
  }();
  return *store;
}

void BM_QuantileOfRates(benchmark::State& state) {
  const Engine engine(Buckets(), {});
  const SystemClock clock;
  size_t series = 0;
  for (auto unused : state) {
    contracts::QueryContext context(clock, {});
    const auto answer =
        engine.Run("histogram_quantile(0.95, sum by (le, route) (rate(http_seconds_bucket[5m])))",
                   {300'000, 300'000 + kHourMs, kScrapeMs}, context);
    ORRERY_CHECK(answer.ok());
    series = answer->series.size();
  }
  // A faster wrong answer is none.
  ORRERY_CHECK(series == 20);
}
BENCHMARK(BM_QuantileOfRates)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace orrery::promql
