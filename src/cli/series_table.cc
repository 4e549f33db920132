// SPDX-License-Identifier: Apache-2.0
#include "cli/series_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/table.h"

namespace orrery::cli {
namespace {

using nlohmann::json;

constexpr size_t kTrendWidth = 48;

// A value that is left out is 0; the infinities are texts.
double ValueOf(const json& sample) {
  const auto found = sample.find("value");
  if (found == sample.end()) return 0;
  if (found->is_number()) return found->get<double>();
  return *found == "-Infinity" ? -HUGE_VAL : HUGE_VAL;
}

std::string LabelsOf(const json& series) {
  std::string text;
  for (const json& label : series.value("labels", json::array())) {
    const json& value = label.value("value", json::object());
    text += (text.empty() ? "" : ", ") + label.value("key", "") + "=";
    // 64-bit numbers come as text: only texts keep their quotes.
    const bool bare = value.contains("intValue") && value.begin()->is_string();
    if (!value.empty()) text += bare ? value.begin()->get<std::string>() : value.begin()->dump();
  }
  return "{" + text + "}";
}

// The greatest value of each stretch, as one of eight blocks.
std::string TrendOf(const std::vector<double>& values, double most) {
  static constexpr std::array<std::string_view, 8> kBlocks = {"▁", "▂", "▃", "▄",
                                                              "▅", "▆", "▇", "█"};
  const size_t width = std::min(values.size(), kTrendWidth);
  std::string trend;
  for (size_t i = 0; i < width; ++i) {
    const auto begin = values.begin() + static_cast<ptrdiff_t>(i * values.size() / width);
    const auto end = values.begin() + static_cast<ptrdiff_t>((i + 1) * values.size() / width);
    const double share = most > 0 ? std::max(0.0, *std::max_element(begin, end) / most) : 0;
    const double level = std::isfinite(share) ? share * (kBlocks.size() - 1) : kBlocks.size() - 1;
    trend += kBlocks[static_cast<size_t>(std::lround(level))];
  }
  return trend;
}

std::string Number(double value) { return fmt::format("{:.6g}", value); }

}  // namespace

std::string SeriesTable(std::string_view text) {
  const json answer = json::parse(text, nullptr, false);
  if (!answer.is_object() || !answer.contains("series")) return {};
  std::vector<std::vector<std::string>> rows;
  bool instant = false;
  for (const json& series : answer["series"]) {
    instant = !series.contains("samples");
    std::vector<double> values;
    for (const json& sample : series.value("samples", json::array())) {
      values.push_back(ValueOf(sample));
    }
    if (instant) values.push_back(ValueOf(series));
    if (values.empty()) continue;
    const double most = *std::max_element(values.begin(), values.end());
    std::vector<std::string> row = {LabelsOf(series), Number(values.back())};
    if (!instant) row.insert(row.end(), {Number(most), TrendOf(values, most)});
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return "no spans match\n";
  std::vector<std::string> headings = {"SERIES", instant ? "VALUE" : "LAST"};
  if (!instant) headings.insert(headings.end(), {"MOST", "TREND"});
  std::string table = RenderTable(headings, rows);
  const auto message = answer.find("message");
  if (message != answer.end() && message->is_string()) {
    table += message->get<std::string>() + "\n";
  }
  return table;
}

}  // namespace orrery::cli
