// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/metric_queryable.h"
#include "promql/ast.h"
#include "promql/column.h"

namespace orrery::promql {

struct EngineOptions {
  int64_t lookback_ms = 5 * 60 * 1000;
  int64_t default_subquery_step_ms = 60 * 1000;
  uint64_t max_samples = 50'000'000;
  bool experimental_functions = false;
  // The metric name goes when the query ends, and not within each function.
  bool delayed_name_removal = false;
};

// When to evaluate: once at `start_ms`, or from there to `end_ms`.
struct EvalTimes {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 0;  // 0: an instant query.
};

struct Point {
  int64_t time_ms = 0;
  double value = 0;
  HistogramPtr histogram;  // Instead of the value when not null.
};

struct AnswerSeries {
  model::Labels labels;
  std::vector<Point> points;
};

struct Answer {
  ValueType type = ValueType::kVector;
  // Of a vector each series has one point; of a scalar there is one series without labels. Sorted
  // by labels, or by what an instant query asks for.
  std::vector<AnswerSeries> series;
  std::string text;  // Of a string.
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
};

// Engine answers queries over the series of a store.
//
// Life:    cheap to make; `store` must outlive it.
// Threads: Run may be called concurrently.
// Failure: InvalidArgument for a query that does not parse or cannot be evaluated on the data;
//          ResourceExhausted for too many samples; the Status of the context.
// Cost:    each stored sample that a selector needs is decoded once; range functions pass over the
//          samples of a series once for all steps, and sums hold one column a group.
class Engine {
 public:
  Engine(const contracts::MetricQueryable& store, const EngineOptions& options)
      : store_(store), options_(options) {}

  Result<Answer> Run(std::string_view query, const EvalTimes& times,
                     contracts::QueryContext& context) const;

 private:
  const contracts::MetricQueryable& store_;
  const EngineOptions options_;
};

}  // namespace orrery::promql
