// SPDX-License-Identifier: Apache-2.0
#include "promql/annotations.h"

#include <fmt/format.h>

#include "model/labels.h"
#include "model/number_text.h"

namespace orrery::promql {

void NoteAddition(const model::HistogramAddition& outcome, std::string_view operation, Span span,
                  Annotations& notes) {
  if (outcome.collided) {
    notes.Warn(fmt::format("conflicting counter resets during histogram {}", operation), span);
  }
  if (outcome.reconciled) {
    notes.Inform(fmt::format("mismatched custom buckets were reconciled during {}", operation),
                 span);
  }
}

std::string MixedTypesText(std::string_view name) {
  return "encountered a mix of histograms and floats for metric name " + model::Quote(name);
}

std::string MixedSchemasText(std::string_view name) {
  return "vector contains a mix of histograms with exponential and custom buckets schemas for "
         "metric name " +
         model::Quote(name);
}

std::string BadQuantileText(double quantile) {
  return "quantile value should be between 0 and 1, got " +
         model::FormatNumber(quantile, model::NumberForm::kShort);
}

}  // namespace orrery::promql
