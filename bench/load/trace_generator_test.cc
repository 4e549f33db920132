// SPDX-License-Identifier: Apache-2.0
#include "bench/load/trace_generator.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <protozero/pbf_reader.hpp>

namespace orrery::load {
namespace {

struct SeenSpan {
  std::string trace;
  std::string id;
  std::string parent;
  std::string name;
  uint64_t start = 0;
  uint64_t end = 0;
  bool error = false;
};

SeenSpan ReadSpan(protozero::pbf_reader span) {
  SeenSpan seen;
  while (span.next()) {
    switch (span.tag()) {
      case 1:
        seen.trace = span.get_bytes();
        break;
      case 2:
        seen.id = span.get_bytes();
        break;
      case 4:
        seen.parent = span.get_bytes();
        break;
      case 5:
        seen.name = span.get_string();
        break;
      case 7:
        seen.start = span.get_fixed64();
        break;
      case 8:
        seen.end = span.get_fixed64();
        break;
      case 15:
        seen.error = true;
        span.skip();
        break;
      default:
        span.skip();
    }
  }
  return seen;
}

std::vector<SeenSpan> ReadSpans(const std::string& body, int* services) {
  std::vector<SeenSpan> spans;
  *services = 0;
  protozero::pbf_reader request(body);
  while (request.next(1)) {
    ++*services;
    protozero::pbf_reader resource_spans = request.get_message();
    while (resource_spans.next(2)) {
      protozero::pbf_reader scope_spans = resource_spans.get_message();
      while (scope_spans.next(2)) spans.push_back(ReadSpan(scope_spans.get_message()));
    }
  }
  return spans;
}

TraceOptions Small() {
  return {.spans = 1040,
          .spans_per_request = 520,
          .seed = 11,
          .end_unix_nano = 1'700'000'000'000'000'000,
          .spread_nano = 60'000'000'000};
}

TEST(TraceGenerator, TracesAreWholeAndTheirParentsAreThere) {
  const TraceRequest request = TraceGenerator(Small()).Make(0);
  int services = 0;
  const auto spans = ReadSpans(request.body, &services);
  EXPECT_EQ(services, 4);
  EXPECT_EQ(spans.size(), 520u);
  EXPECT_EQ(request.spans, 520u);
  EXPECT_EQ(request.traces.size(), 40u);
  std::map<std::string, std::map<std::string, SeenSpan>> traces;
  for (const SeenSpan& span : spans) traces[span.trace][span.id] = span;
  EXPECT_EQ(traces.size(), 40u);
  for (const auto& [id, members] : traces) {
    ASSERT_EQ(members.size(), static_cast<size_t>(kSpansPerTrace));
    int roots = 0;
    for (const auto& [span_id, span] : members) {
      EXPECT_LE(span.start, span.end) << span.name;
      if (span.parent.empty()) {
        ++roots;
        continue;
      }
      const auto parent = members.find(span.parent);
      ASSERT_NE(parent, members.end()) << span.name;
      EXPECT_LE(parent->second.start, span.start) << span.name;
      EXPECT_GE(parent->second.end, span.end) << span.name;
    }
    EXPECT_EQ(roots, 1);
  }
}

TEST(TraceGenerator, LongTracesAreWholeAcrossRequests) {
  TraceOptions options = Small();
  options.spans = 13 * 100;
  options.conversations_per_trace = 60;
  const TraceGenerator generator(options);
  std::map<std::string, std::map<std::string, SeenSpan>> traces;
  for (uint64_t i = 0; i < generator.requests(); ++i) {
    int services = 0;
    for (const SeenSpan& span : ReadSpans(generator.Make(i).body, &services)) {
      traces[span.trace][span.id] = span;
    }
  }
  ASSERT_EQ(traces.size(), 2u);
  std::multiset<size_t> sizes;
  for (const auto& [id, members] : traces) {
    sizes.insert(members.size());
    int roots = 0;
    for (const auto& [span_id, span] : members) {
      if (span.parent.empty()) {
        ++roots;
      } else {
        ASSERT_TRUE(members.contains(span.parent)) << span.name;
      }
    }
    EXPECT_EQ(roots, 1);
  }
  EXPECT_EQ(sizes, (std::multiset<size_t>{13 * 40, 13 * 60}));
}

TEST(TraceGenerator, EqualSeedsSendEqualBytesAndOthersDoNot) {
  TraceOptions other = Small();
  other.seed = 12;
  const TraceGenerator one(Small());
  const TraceGenerator again(Small());
  EXPECT_EQ(one.Make(1).body, again.Make(1).body);
  EXPECT_NE(one.Make(0).body, one.Make(1).body);
  EXPECT_NE(one.Make(0).body, TraceGenerator(other).Make(0).body);
}

TEST(TraceGenerator, NoTwoTracesOfNeighbouringSeedsShareAnId) {
  std::set<TraceId> ids;
  size_t traces = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    TraceOptions options = Small();
    options.seed = seed;
    const TraceGenerator generator(options);
    for (uint64_t i = 0; i < generator.requests(); ++i) {
      const TraceRequest request = generator.Make(i);
      ids.insert(request.traces.begin(), request.traces.end());
      traces += request.traces.size();
    }
  }
  EXPECT_EQ(ids.size(), traces);
}

TEST(TraceGenerator, SpansAreAsLargeAsThoseOfTheMeasuredLoad) {
  TraceOptions options = Small();
  options.spans = 13 * 40 * 50;
  const TraceGenerator generator(options);
  uint64_t bytes = 0;
  for (uint64_t i = 0; i < generator.requests(); ++i) bytes += generator.Make(i).body.size();
  const double bytes_a_span = static_cast<double>(bytes) / static_cast<double>(options.spans);
  EXPECT_GT(bytes_a_span, 226);
  EXPECT_LT(bytes_a_span, 246);
}

TEST(TraceGenerator, LastRequestHoldsTheRest) {
  TraceOptions options = Small();
  options.spans = 521;
  const TraceGenerator generator(options);
  EXPECT_EQ(generator.requests(), 2u);
  EXPECT_EQ(generator.Make(1).spans, 13u);
}

TEST(TraceGenerator, ErrorRateCountsTraces) {
  TraceOptions options = Small();
  options.spans = 13 * 5000;
  const TraceGenerator generator(options);
  std::set<std::string> failed;
  for (uint64_t i = 0; i < generator.requests(); ++i) {
    int services = 0;
    for (const SeenSpan& span : ReadSpans(generator.Make(i).body, &services)) {
      if (span.error) failed.insert(span.trace);
    }
  }
  EXPECT_GT(failed.size(), 150u);
  EXPECT_LT(failed.size(), 250u);
}

}  // namespace
}  // namespace orrery::load
