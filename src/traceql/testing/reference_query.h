// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "traceql/metrics.h"
#include "traceql/testing/reference_value.h"

namespace orrery::traceql::reference {

// A query as the reference runs it: filters and operators between them, then stages, then perhaps a
// metrics function.
struct Spansets {
  std::string op;  // Empty for a filter.
  Expr filter;
  std::vector<Spansets> sides;
  std::string text;
};
struct Stage {
  enum class Kind { kFilter, kGroup, kAggregate, kMerge };

  Kind kind = Kind::kFilter;
  Expr expr;             // Of a filter, a group or an aggregate (not of count).
  std::string function;  // Of an aggregate: "count", "max", ...
  std::string op;
  double number = 0;
  std::string text;
};
struct Call {
  std::string function;  // Empty for a search.
  std::string field;
  std::vector<double> quantiles;
  std::vector<std::string> by;
  std::string text;
};
struct RandomQuery {
  Spansets first;
  std::vector<Stage> stages;
  Call call;

  std::string text() const;
};

using Spans = std::vector<size_t>;

// The spansets that the pipeline leaves of a trace.
std::vector<Spans> Run(const RandomQuery& query, const Trace& trace);

// The series of a query of metrics over intervals that end at `edges` and are `step` long: a value
// for each, by the texts of the labels.
std::map<std::string, std::vector<double>> Count(const RandomQuery& query,
                                                 const std::vector<Trace>& traces,
                                                 const std::vector<UnixNanos>& edges,
                                                 uint64_t step);

// How labels are written, on both sides.
std::string LabelText(const std::string& key, const Value& value);

// Makes queries and traces up.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  CorpusTrace MakeTrace(int number);
  RandomQuery MakeSearch();
  RandomQuery MakeMetrics();

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Below(static_cast<int>(from.size())))];
  }

  Constant RandomConstant();
  CorpusAttribute RandomAttribute(contracts::AttributeScope scope, const std::string& name);
  void AddAttributes(CorpusSpan& span);
  Expr Field(const std::string& name);
  Expr Literal(const std::string& field);
  Expr Comparison();
  Expr Condition(int depth);
  Expr Numeric();
  Spansets MakeSpansets(int depth);
  Stage MakeStage();
  Stage MakeAggregate();

  std::mt19937_64 random_;
};

}  // namespace orrery::traceql::reference
