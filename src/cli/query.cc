// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <iostream>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"
#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/series_table.h"
#include "cli/settings.h"
#include "cli/table.h"
#include "traceql/check.h"
#include "traceql/parser.h"
#include "traceql/plan.h"

namespace orrery::cli {
namespace {

using nlohmann::json;

std::string Text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// 64-bit numbers come as text, smaller ones as numbers.
uint64_t Number(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  if (found->is_string())
    return std::strtoull(found->get_ref<const std::string&>().c_str(), nullptr, 10);
  return found->is_number() ? found->get<uint64_t>() : 0;
}

uint64_t MatchedSpans(const json& trace) {
  uint64_t matched = 0;
  for (const json& spanset : trace.value("spanSets", json::array())) {
    matched += Number(spanset, "matched");
  }
  return matched;
}

bool IsMetrics(const std::string& text) {
  const auto query = traceql::Parse(text);
  return query.ok() && std::holds_alternative<traceql::MetricsRoot>(query->root);
}

int PrintSeries(const std::string& body) {
  const std::string table = SeriesTable(body);
  if (table.empty()) {
    PrintProblems({"the answer holds no series; is this the address of the web page?"});
    return kFailed;
  }
  std::cout << table;
  return kOk;
}

int PrintTable(const std::string& body) {
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object()) {
    PrintProblems({"the answer is no JSON object; is this the address of the web page?"});
    return kFailed;
  }
  std::vector<std::vector<std::string>> rows;
  for (const json& trace : answer.value("traces", json::array())) {
    rows.push_back({FormatTime(Number(trace, "startTimeUnixNano")),
                    ReadableDuration(Number(trace, "durationMs")), Text(trace, "rootServiceName"),
                    Text(trace, "rootTraceName"), std::to_string(MatchedSpans(trace)),
                    Text(trace, "traceID")});
  }
  if (rows.empty()) {
    std::cout << "no traces match\n";
  } else {
    std::cout << RenderTable({"START", "DURATION", "SERVICE", "NAME", "MATCHED", "TRACE"}, rows);
  }
  return kOk;
}

int PrintPlanOf(const std::string& text) {
  const auto query = traceql::Parse(text);
  const Status checked = query.ok() ? traceql::Check(*query) : query.status();
  if (!checked.ok()) {
    std::cerr << checked.message() << "\n";
    return kFailed;
  }
  std::cout << traceql::PrintPlan(*query);
  return kOk;
}

}  // namespace

int Query(const QueryArguments& arguments) {
  if (arguments.plan) return PrintPlanOf(arguments.query);
  const bool metrics = IsMetrics(arguments.query);
  std::vector<std::pair<std::string, std::string>> parameters = {{"q", arguments.query}};
  if (!metrics) parameters.emplace_back("limit", std::to_string(arguments.limit));
  if (!arguments.step.empty()) parameters.emplace_back("step", arguments.step);
  if (!arguments.since.empty()) {
    const Result<uint64_t> since = ParseDuration(arguments.since, "h");
    if (!since.ok()) {
      PrintProblems({"--since " + std::string(since.status().message())});
      return kCalledWrongly;
    }
    const uint64_t now = SystemClock().WallNow();
    parameters.emplace_back("start", std::to_string((now - *since) / kNanosPerSecond));
    parameters.emplace_back("end", std::to_string(now / kNanosPerSecond + 1));
  }
  std::string url = arguments.url;
  while (url.ends_with('/')) url.pop_back();
  const std::string endpoint = !metrics            ? "search"
                               : arguments.instant ? "metrics/query"
                                                   : "metrics/query_range";
  const Result<Answer> answer = Get(url + "/tempo/api/" + endpoint, parameters);
  if (!answer.ok()) {
    PrintProblems({std::string(answer.status().message())});
    return kFailed;
  }
  if (answer->status != 200) {
    // A caret in the message points into the line above it: print it as it came.
    std::cerr << answer->body << (answer->body.ends_with('\n') ? "" : "\n");
    return kFailed;
  }
  if (!arguments.json) return metrics ? PrintSeries(answer->body) : PrintTable(answer->body);
  std::cout << answer->body << "\n";
  return kOk;
}

}  // namespace orrery::cli
