// SPDX-License-Identifier: Apache-2.0
#include "traceql/testing/corpus_text.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "traceql/testing/corpus_file.h"
#include "traceql/value.h"

namespace orrery::traceql {
namespace {

size_t WidthOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

struct ValueText {
  std::string operator()(const std::string& text) const { return QuoteText(text); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(int64_t number) const { return std::to_string(number); }
  std::string operator()(double real) const { return FormatFloat(real); }
  template <typename T>
  std::string operator()(const std::vector<T>& list) const {
    std::string out;
    for (const auto& item : list) {
      out += (out.empty() ? "" : ", ") + (*this)(static_cast<const T&>(item));
    }
    return "[" + out + "]";
  }
};

std::vector<std::string> Lines(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// "12:00:05" or "12:00:05.250"
std::string ClockText(UnixNanos time) {
  const uint64_t millis = (time - kCorpusDay) / kNanosPerMilli;
  std::string text = fmt::format("{:02}:{:02}:{:02}", millis / 3'600'000, millis / 60'000 % 60,
                                 millis / 1000 % 60);
  if (millis % 1000 != 0) text += fmt::format(".{:03}", millis % 1000);
  return text;
}

std::string NumberText(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.6g}", value);
}

}  // namespace

std::string TextTable::Render() const {
  if (rows_.empty()) return "(none)\n";
  std::vector<size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths[i] - WidthOf(row[i]), ' ');
      line += (i == 0 ? "" : "  ") + (i == right_ ? pad + row[i] : row[i] + pad);
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string AttributesText(const std::vector<AnswerAttribute>& attributes) {
  std::string out;
  for (const AnswerAttribute& attribute : attributes) {
    out +=
        (out.empty() ? "" : " ") + attribute.key + "=" + std::visit(ValueText(), attribute.value);
  }
  return out;
}

std::string SeriesText(const MetricsResponse& response) {
  TextTable table;
  std::vector<std::string> times = {""};
  for (const UnixNanos time : response.times) times.push_back(ClockText(time));
  if (!response.series.empty()) table.AddRow(std::move(times));
  for (const MetricsSeries& series : response.series) {
    std::vector<std::string> cells = {"{" + AttributesText(series.labels) + "}"};
    for (const double value : series.values) cells.push_back(NumberText(value));
    table.AddRow(std::move(cells));
  }
  return table.Render() + (response.truncated ? "and more\n" : "");
}

std::string ExemplarsText(const MetricsResponse& response) {
  TextTable table;
  for (const MetricsSeries& series : response.series) {
    table.AddRow({"{" + AttributesText(series.labels) + "}"});
    for (const MetricsExemplar& exemplar : series.exemplars) {
      table.AddRow({"  " + ClockText(exemplar.time) + "  " + NumberText(exemplar.value) + "  " +
                    AttributesText(exemplar.labels)});
    }
  }
  return table.Render();
}

std::string DiffText(std::string_view expected, std::string_view actual) {
  const auto a = Lines(expected);
  const auto b = Lines(actual);
  std::string out;
  for (const std::string& line : a) {
    const bool same = std::find(b.begin(), b.end(), line) != b.end();
    out += (same ? "    " : "  - ") + line + "\n";
  }
  for (const std::string& line : b) {
    if (std::find(a.begin(), a.end(), line) == a.end()) out += "  + " + line + "\n";
  }
  return a == b ? "" : out;
}

}  // namespace orrery::traceql
