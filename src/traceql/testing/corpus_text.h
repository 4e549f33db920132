// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "traceql/engine.h"

namespace orrery::traceql {

// Rows of cells, printed in columns that are two blanks apart; no blanks at the end of a line.
class TextTable {
 public:
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void AlignRight(size_t column) { right_ = column; }
  // "(none)" without rows.
  std::string Render() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  size_t right_ = static_cast<size_t>(-1);
};

// `key="text" other=1 list=[1, 2]`
std::string AttributesText(const std::vector<AnswerAttribute>& attributes);

// A column for each time, a row for each series; "-" where there is no value.
std::string SeriesText(const MetricsResponse& response);
// The exemplars of each series, a line each: time, value and labels.
std::string ExemplarsText(const MetricsResponse& response);

// The lines of both, those that differ marked with '-' (expected) and '+' (actual).
std::string DiffText(std::string_view expected, std::string_view actual);

}  // namespace orrery::traceql
