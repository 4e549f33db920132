// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "traceql/engine.h"
#include "traceql/parser.h"
#include "traceql/testing/corpus_batch.h"
#include "traceql/testing/corpus_store.h"
#include "traceql/testing/reference_query.h"

// Random queries over random traces, on the real store, against the reference.
//
//   ORRERY_REFERENCE_SEEDS=N  tries N seeds instead of the usual number

namespace orrery::traceql::reference {
namespace {

constexpr uint64_t kSeeds = 60;
constexpr int kTraces = 12;
constexpr int kQueries = 40;
constexpr uint64_t kStep = 10 * kNanosPerSecond;
constexpr UnixNanos kNoon = kCorpusDay + 12 * 3600 * kNanosPerSecond;

// How the traces lie in the store.
CorpusConfig ConfigOf(uint64_t seed) {
  CorpusConfig config;
  config.name = "seed " + std::to_string(seed);
  config.flush_after_data = seed % 4 == 1;
  config.flush_every = seed % 4 == 2 ? 5 : 0;
  config.reversed_singles = seed % 4 >= 2;
  config.row_group_spans = seed % 4 == 1 ? 8 : 0;
  config.prune = seed % 8 != 0;
  return config;
}

class Comparison {
 public:
  explicit Comparison(uint64_t seed)
      : seed_(seed), generator_(seed), config_(ConfigOf(seed)), store_(config_) {
    for (int i = 0; i < kTraces; ++i) corpus_.push_back(generator_.MakeTrace(i));
    for (const CorpusTrace& trace : corpus_) traces_.emplace_back(trace);
    std::vector<CorpusSpanRef> spans;
    for (const CorpusTrace& trace : corpus_) {
      for (size_t i = 0; i < trace.spans.size(); ++i) spans.emplace_back(&trace, i);
    }
    std::vector<std::string> requests;
    if (config_.reversed_singles) {
      for (size_t i = spans.size(); i-- > 0;) requests.push_back(EncodeCorpus({spans[i]}));
      // Some arrive again.
      for (size_t i = 0; i < spans.size(); i += 7) requests.push_back(EncodeCorpus({spans[i]}));
    } else {
      requests.push_back(EncodeCorpus(spans));
    }
    EXPECT_TRUE(store_.Append(std::move(requests)).ok());
  }

  void CompareSearch() {
    const RandomQuery query = generator_.MakeSearch();
    SCOPED_TRACE("seed " + std::to_string(seed_) + ": " + query.text());
    std::map<std::string, std::vector<Spans>> expected;
    for (const Trace& trace : traces_) {
      auto spansets = Run(query, trace);
      if (!spansets.empty()) expected[CorpusTraceId(trace.corpus().label)] = std::move(spansets);
    }
    const auto parsed = Parse(query.text());
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    SearchOptions options;
    options.limit = options.spans_per_spanset = 1000;
    contracts::QueryContext context(store_.clock(), {});
    const auto response = Engine(store_.queryable()).Search(*parsed, options, context);
    ASSERT_TRUE(response.ok()) << response.status().ToString();
    found_ += response->traces.size();
    EXPECT_EQ(SpansetsOf(*response), expected);
  }

  // Over ranges that move by a step, so that later ones find what earlier ones left kept.
  void CompareMetrics() {
    const RandomQuery query = generator_.MakeMetrics();
    SCOPED_TRACE("seed " + std::to_string(seed_) + ": " + query.text());
    const auto parsed = Parse(query.text());
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    for (const uint64_t steps : {1, 0, 2, 1}) {
      const auto response = Ask(*parsed, kNoon + steps * kStep, kNoon + (steps + 2) * kStep);
      ASSERT_TRUE(response.ok()) << response.status().ToString();
      ASSERT_EQ(response->times.size(), 3u);
      CompareSeries(query, *response);
    }
  }

  // A comparison by columns with that of whole traces, which two spansets make necessary.
  void CompareComparisons() {
    const std::string filter = MakeFilter();
    const std::string call = " | compare(" + MakeFilter() + ", 5)";
    SCOPED_TRACE("seed " + std::to_string(seed_) + ": " + filter + call);
    const auto columns = Parse(filter + call);
    const auto traces = Parse("(" + filter + " && " + filter + ")" + call);
    ASSERT_TRUE(columns.ok() && traces.ok());
    const auto by_columns = Ask(*columns, kNoon, kNoon + 4 * kStep);
    const auto by_traces = Ask(*traces, kNoon, kNoon + 4 * kStep);
    ASSERT_TRUE(by_columns.ok()) << by_columns.status().ToString();
    ASSERT_TRUE(by_traces.ok()) << by_traces.status().ToString();
    const auto to_map = [](const MetricsResponse& response) {
      std::map<std::string, std::vector<double>> series;
      for (const MetricsSeries& each : response.series) series[LabelsOf(each)] = each.values;
      return series;
    };
    EXPECT_EQ(to_map(*by_columns), to_map(*by_traces));
    found_ += by_traces->series.size();
  }

  size_t found() const { return found_; }

 private:
  Result<MetricsResponse> Ask(const Query& query, UnixNanos start, UnixNanos end) {
    MetricsOptions options;
    options.start = start;
    options.end = end;
    options.step = kStep;
    options.max_series = 100'000;
    contracts::QueryContext context(store_.clock(), {});
    return Engine(store_.queryable()).QueryMetrics(query, options, context);
  }

  void CompareSeries(const RandomQuery& query, const MetricsResponse& response) {
    const auto expected = Count(query, traces_, response.times, kStep);
    ASSERT_EQ(response.series.size(), expected.size());
    found_ += expected.size();
    for (const MetricsSeries& series : response.series) {
      const auto at = expected.find(LabelsOf(series));
      ASSERT_NE(at, expected.end()) << LabelsOf(series);
      for (size_t i = 0; i < series.values.size(); ++i) {
        ExpectSame(series.values[i], at->second[i], LabelsOf(series));
      }
    }
  }

  std::string MakeFilter() {
    for (;;) {
      const RandomQuery query = generator_.MakeSearch();
      if (query.first.op.empty()) return query.first.text;
    }
  }

  static void ExpectSame(double actual, double expected, const std::string& labels) {
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(actual)) << labels;
    } else {
      EXPECT_NEAR(actual, expected, 1e-9 * std::max(1.0, std::abs(expected))) << labels;
    }
  }

  static std::string LabelsOf(const MetricsSeries& series) {
    std::string text;
    for (const AnswerAttribute& label : series.labels) {
      Value value;
      if (const auto* shown = std::get_if<std::string>(&label.value)) value = OfText(*shown);
      if (const auto* flag = std::get_if<bool>(&label.value)) {
        value = Of(Value::Type::kBool, *flag ? 1 : 0);
      }
      if (const auto* whole = std::get_if<int64_t>(&label.value)) {
        value = Of(Value::Type::kInt, *whole);
      }
      if (const auto* real = std::get_if<double>(&label.value)) value = OfFloat(*real);
      text += LabelText(label.key, value);
    }
    return text;
  }

  std::map<std::string, std::vector<Spans>> SpansetsOf(const SearchResponse& response) const {
    std::map<std::string, std::vector<Spans>> spansets;
    for (const SearchTrace& trace : response.traces) {
      std::vector<Spans>& of_trace = spansets[model::ToHex(trace.id)];
      for (const SearchSpanset& spanset : trace.spansets) {
        Spans spans;
        for (const SearchSpan& span : spanset.spans) spans.push_back(PlaceOf(trace.id, span.id));
        std::sort(spans.begin(), spans.end());
        of_trace.push_back(std::move(spans));
      }
      std::sort(of_trace.begin(), of_trace.end());
    }
    return spansets;
  }

  size_t PlaceOf(const model::TraceId& trace_id, const model::SpanId& id) const {
    for (const CorpusTrace& trace : corpus_) {
      if (CorpusTraceId(trace.label) != model::ToHex(trace_id)) continue;
      for (size_t i = 0; i < trace.spans.size(); ++i) {
        if (CorpusSpanId(trace.label, static_cast<int>(i) + 1) == model::ToHex(id)) return i;
      }
    }
    return SIZE_MAX;
  }

  const uint64_t seed_;
  Generator generator_;
  const CorpusConfig config_;
  CorpusStore store_;
  std::vector<CorpusTrace> corpus_;
  std::vector<Trace> traces_;
  size_t found_ = 0;
};

uint64_t Seeds() {
  const char* text = std::getenv("ORRERY_REFERENCE_SEEDS");
  return text == nullptr ? kSeeds : std::strtoull(text, nullptr, 10);
}

TEST(ReferenceTest, SearchesAgree) {
  size_t found = 0;
  for (uint64_t seed = 0; seed < Seeds() && !testing::Test::HasFailure(); ++seed) {
    Comparison comparison(seed);
    for (int i = 0; i < kQueries; ++i) comparison.CompareSearch();
    found += comparison.found();
  }
  EXPECT_GT(found, Seeds() * kQueries / 2);
}

TEST(ReferenceTest, MetricsAgree) {
  size_t found = 0;
  for (uint64_t seed = 0; seed < Seeds() && !testing::Test::HasFailure(); ++seed) {
    Comparison comparison(1000 + seed);
    for (int i = 0; i < kQueries; ++i) comparison.CompareMetrics();
    found += comparison.found();
  }
  EXPECT_GT(found, Seeds() * kQueries / 2);
}

TEST(ReferenceTest, ComparisonsByColumnsAndByTracesAgree) {
  size_t found = 0;
  for (uint64_t seed = 0; seed < Seeds() && !testing::Test::HasFailure(); ++seed) {
    Comparison comparison(2000 + seed);
    for (int i = 0; i < kQueries; ++i) comparison.CompareComparisons();
    found += comparison.found();
  }
  EXPECT_GT(found, Seeds() * kQueries / 2);
}

}  // namespace
}  // namespace orrery::traceql::reference
