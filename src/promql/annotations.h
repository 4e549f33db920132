// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/float_histogram.h"
#include "promql/lexer.h"

namespace orrery::promql {

// What an answer says beside its values: each text once, with the place that said it last.
// Life:    of one query.
// Threads: one at a time.
class Annotations {
 public:
  // `span` is the part of the query that the text is about.
  void Warn(std::string message, Span span) {
    notes_.insert_or_assign("PromQL warning: " + std::move(message), span);
  }
  void Inform(std::string message, Span span) {
    notes_.insert_or_assign("PromQL info: " + std::move(message), span);
  }

  // "PromQL warning: ... (line:column)", those that are, or are not, warnings.
  std::vector<std::string> Texts(std::string_view query, bool warnings) const {
    std::vector<std::string> texts;
    for (const auto& [message, span] : notes_) {
      if (message.starts_with("PromQL warning") != warnings) continue;
      texts.push_back(message + " (" + PositionText(query, span.start) + ")");
    }
    return texts;
  }

 private:
  std::map<std::string, Span> notes_;
};

// What the histograms of a sum say of resets, whichever came first.
struct ResetsSeen {
  bool reset = false;
  bool no_reset = false;

  void Add(model::ResetHint hint) {
    reset |= hint == model::ResetHint::kReset;
    no_reset |= hint == model::ResetHint::kNoReset;
  }
  bool conflict() const { return reset && no_reset; }
};

// Notes what came of adding histograms; `operation` is "addition", "subtraction" or "aggregation".
void NoteAddition(const model::HistogramAddition& outcome, std::string_view operation, Span span,
                  Annotations& notes);

// The texts that more than one place uses. `name` is the metric's.
std::string MixedTypesText(std::string_view name);
std::string MixedSchemasText(std::string_view name);
std::string BadQuantileText(double quantile);

}  // namespace orrery::promql
