// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "traceql/engine.h"
#include "traceql/testing/corpus_batch.h"
#include "traceql/testing/corpus_file.h"
#include "traceql/testing/corpus_store.h"

namespace orrery::traceql {

// CorpusRun plays one file under one configuration.
//
// Life:    made for one run. Reports what it finds and goes on.
class CorpusRun {
 public:
  // Told of each case and what came out of it, also when it is asked again after a restart.
  using Report = std::function<void(const CorpusCase&, const std::string& actual)>;

  CorpusRun(const CorpusFile& file, const CorpusConfig& config, Report report)
      : file_(file), config_(config), report_(std::move(report)), store_(config) {}

  Status Run();

 private:
  Status Do(const CorpusTrace& trace);
  Status Do(const CorpusStep& step);
  Status Do(const CorpusCase& one);
  Status SendPending();
  void AskAgain();
  std::string Answer(const CorpusCase& one);
  std::string Search(const CorpusCase& one);
  std::string Series(const CorpusCase& one);
  std::string Tags(std::string_view filter);
  std::string Values(std::string_view text);
  std::string LabelOf(const model::TraceId& id) const;
  const CorpusSpan* SpanOf(const model::TraceId& trace, const model::SpanId& span) const;
  std::string ListSpans(const SearchResponse& response, bool attributes) const;
  std::string ListTraces(const SearchResponse& response) const;

  const CorpusFile& file_;
  const CorpusConfig& config_;
  const Report report_;
  CorpusStore store_;
  std::vector<const CorpusTrace*> traces_;  // In the store, or pending.
  std::vector<const CorpusTrace*> pending_;
  std::vector<const CorpusCase*> asked_;
};

}  // namespace orrery::traceql
