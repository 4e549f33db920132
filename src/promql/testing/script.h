// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "promql/engine.h"
#include "promql/testing/memory_store.h"
#include "promql/testing/script_values.h"

namespace orrery::promql {

// Adds a series of a `load` block. `step_ms` lies between its values, the first one is at 0.
void LoadSeries(const ScriptSeries& series, int64_t step_ms, MemoryStore& store);

// Native histograms with custom buckets that say what the classic ones among `all` say.
std::vector<ScriptSeries> NativeOfClassic(const std::vector<ScriptSeries>& all);

// What a script of the form that Prometheus' tests have came to.
struct ScriptOutcome {
  int cases = 0;
  int skipped = 0;                    // Of commands that we do not know.
  std::vector<std::string> failures;  // "file:line: query: what differs".
};

// Runs a script: `load`, `clear`, `eval instant`, `eval range` and their `expect` lines.
ScriptOutcome RunScript(const std::string& name, std::string_view text,
                        const EngineOptions& options);

// Adds what the `load` blocks of a script say.
Status LoadScript(std::string_view text, MemoryStore& store);

// What differs between an answer and what a case expects, empty when nothing does. `times` are
// those at which values are expected.
std::string CompareSeries(const std::vector<ScriptSeries>& expected,
                          const std::vector<AnswerSeries>& found, const std::vector<int64_t>& times,
                          bool ordered);

}  // namespace orrery::promql
