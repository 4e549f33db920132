// SPDX-License-Identifier: Apache-2.0
// Answers queries on series in memory, for a test that compares with Prometheus itself. The lines
// in and out are those of tests/interop/go/promql/main.go.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.h"
#include "promql/engine.h"
#include "promql/testing/script.h"

namespace orrery::promql {
namespace {

std::string Number(double value) { return std::isnan(value) ? "NaN" : fmt::format("{}", value); }

std::string Named(const model::Labels& labels) {
  std::vector<std::string> parts;
  for (const model::Label& label : labels) {
    parts.push_back(label.name + "=" + model::Quote(label.value));
  }
  return fmt::format("{{{}}}", fmt::join(parts, ","));
}

std::string Buckets(const model::FloatHistogram::Buckets& buckets) {
  std::vector<std::string> parts;
  for (const auto& bucket : buckets) {
    if (bucket.count != 0)
      parts.push_back(fmt::format("{}:{}", bucket.index, Number(bucket.count)));
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

std::string Shape(const model::FloatHistogram& h) {
  return fmt::format("hist:{}/{}/{}/{}/{}/{}/{}/{}", h.schema, Number(h.zero_threshold),
                     Number(h.zero_count), Number(h.count), Number(h.sum),
                     fmt::join(h.custom_values, ","), Buckets(h.positive), Buckets(h.negative));
}

void PrintAnswer(const Answer& answer) {
  constexpr std::string_view kTypes[] = {"scalar", "string", "vector", "matrix"};
  fmt::print("type {}\n", kTypes[static_cast<size_t>(answer.type)]);
  for (const AnswerSeries& series : answer.series) {
    fmt::print("series {}\n", Named(series.labels));
    for (const Point& point : series.points) {
      fmt::print("point {} {}\n", point.time_ms,
                 point.histogram ? Shape(*point.histogram) : Number(point.value));
    }
  }
  std::vector<std::string> notes = answer.warnings;
  notes.insert(notes.end(), answer.infos.begin(), answer.infos.end());
  std::ranges::sort(notes);
  for (const std::string& note : notes) fmt::print("note {}\n", note);
}

// `START END STEP QUERY`
void Ask(const MemoryStore& store, std::istringstream& line) {
  EvalTimes times;
  line >> times.start_ms >> times.end_ms >> times.step_ms;
  std::string query;
  std::getline(line >> std::ws, query);
  const SystemClock clock;
  contracts::QueryContext context(clock, {});
  const Engine engine(store, {.experimental_functions = true});
  const auto answer = engine.Run(query, times, context);
  if (answer.ok()) {
    PrintAnswer(*answer);
  } else {
    fmt::print("error {}\n", answer.status().message());
  }
  fmt::print("end\n");
}

int Main() {
  MemoryStore store;
  std::string text;
  while (std::getline(std::cin, text)) {
    std::istringstream line(text);
    std::string command;
    line >> command;
    if (command == "query") {
      Ask(store, line);
      continue;
    }
    std::string path;
    std::getline(line >> std::ws, path);
    std::ostringstream script;
    script << std::ifstream(path).rdbuf();
    store.Clear();
    const Status status = LoadScript(script.str(), store);
    if (!status.ok()) {
      fmt::print(stderr, "{}\n", status.message());
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace orrery::promql

int main() { return orrery::promql::Main(); }
