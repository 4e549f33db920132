// SPDX-License-Identifier: Apache-2.0
#include "traceql/testing/corpus_run.h"

#include <algorithm>
#include <cstdlib>

#include "traceql/check.h"
#include "traceql/parser.h"
#include "traceql/plan.h"
#include "traceql/printer.h"
#include "traceql/testing/corpus_text.h"

namespace orrery::traceql {
namespace {

// Takes `key=value` words from the front of a query: limit, spss, from, to, min, max.
Result<SearchOptions> TakeOptions(std::string_view& text) {
  SearchOptions options;
  options.limit = options.spans_per_spanset = 1000;
  for (;;) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const size_t equal = word.find('=');
    if (equal == std::string_view::npos || word.find_first_of("{(\"") != std::string_view::npos) {
      return options;
    }
    const std::string_view key = word.substr(0, equal);
    const std::string value(word.substr(equal + 1));
    if (key == "limit") {
      options.limit = std::strtoul(value.c_str(), nullptr, 10);
    } else if (key == "spss") {
      options.spans_per_spanset = std::strtoul(value.c_str(), nullptr, 10);
    } else if (key == "from") {
      ORRERY_ASSIGN_OR_RETURN(options.range.start, ParseClock(value));
    } else if (key == "to") {
      ORRERY_ASSIGN_OR_RETURN(options.range.end, ParseClock(value));
    } else if (key == "min") {
      options.min_duration_nanos = static_cast<uint64_t>(ParseDuration(value).value_or(0));
    } else if (key == "max") {
      options.max_duration_nanos = static_cast<uint64_t>(ParseDuration(value).value_or(0));
    } else {
      return options;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view TakeWord(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

// `from A to B step S` and `instant` from the front of a query.
Result<MetricsOptions> TakeMetricsOptions(std::string_view& text) {
  MetricsOptions options;
  for (;;) {
    const std::string_view before = text;
    const std::string_view word = TakeWord(text);
    if (word == "from") {
      ORRERY_ASSIGN_OR_RETURN(options.start, ParseClock(TakeWord(text)));
    } else if (word == "to") {
      ORRERY_ASSIGN_OR_RETURN(options.end, ParseClock(TakeWord(text)));
    } else if (word == "step") {
      options.step = static_cast<uint64_t>(ParseDuration(TakeWord(text)).value_or(0));
    } else if (word == "most") {
      options.max_series = std::strtoul(std::string(TakeWord(text)).c_str(), nullptr, 10);
    } else if (word == "instant") {
      options.instant = true;
    } else {
      text = before;
      return options;
    }
  }
}

}  // namespace

Status CorpusRun::Run() {
  for (const CorpusItem& item : file_.items) {
    ORRERY_RETURN_IF_ERROR(std::visit([this](const auto& each) { return Do(each); }, item));
  }
  return OkStatus();
}

Status CorpusRun::Do(const CorpusTrace& trace) {
  traces_.push_back(&trace);
  pending_.push_back(&trace);
  return OkStatus();
}

Status CorpusRun::SendPending() {
  if (pending_.empty()) return OkStatus();
  std::vector<CorpusSpanRef> spans;
  for (const CorpusTrace* trace : pending_) {
    for (size_t i = 0; i < trace->spans.size(); ++i) spans.emplace_back(trace, i);
  }
  pending_.clear();
  std::vector<std::string> requests;
  if (config_.reversed_singles) {
    for (size_t i = spans.size(); i-- > 0;) requests.push_back(EncodeCorpus({spans[i]}));
  } else {
    requests.push_back(EncodeCorpus(spans));
  }
  return store_.Append(std::move(requests));
}

Status CorpusRun::Do(const CorpusStep& step) {
  ORRERY_RETURN_IF_ERROR(SendPending());
  if (step.name == "clear") {
    traces_.clear();
    asked_.clear();
    return store_.Clear();
  }
  if (step.name == "restart") {
    ORRERY_RETURN_IF_ERROR(store_.Restart());
  } else {
    ORRERY_RETURN_IF_ERROR(store_.Flush());
  }
  AskAgain();
  return OkStatus();
}

Status CorpusRun::Do(const CorpusCase& one) {
  const auto names_this = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), config_.name) != names.end();
  };
  if (names_this(one.skip) || (!one.only.empty() && !names_this(one.only))) return OkStatus();
  ORRERY_RETURN_IF_ERROR(SendPending());
  report_(one, Answer(one));
  if (config_.ask_twice) report_(one, Answer(one));
  asked_.push_back(&one);
  return config_.restart_after_each ? store_.Restart() : OkStatus();
}

void CorpusRun::AskAgain() {
  for (const CorpusCase* one : asked_) {
    if (one->command != "print" && one->command != "plan") report_(*one, Answer(*one));
  }
}

std::string CorpusRun::Answer(const CorpusCase& one) {
  if (one.command == "print") {
    const auto query = Parse(one.text);
    if (!query.ok()) return "refused: " + std::string(query.status().message()) + "\n";
    const std::string text = Print(*query);
    const auto again = Parse(text);
    if (!again.ok() || Print(*again) != text) return text + "\nwhich does not parse back\n";
    return text + "\n";
  }
  if (one.command == "plan") {
    const auto query = Parse(one.text);
    if (!query.ok()) return "refused: " + std::string(query.status().message()) + "\n";
    const Status checked = Check(*query);
    return checked.ok() ? PrintPlan(*query) : std::string(checked.message()) + "\n";
  }
  if (one.command == "series" || one.command == "exemplars") return Series(one);
  if (one.command == "tags") return Tags(one.text);
  if (one.command == "values") return Values(one.text);
  return Search(one);
}

std::string CorpusRun::Search(const CorpusCase& one) {
  std::string_view text = one.text;
  const auto options = TakeOptions(text);
  if (!options.ok()) return std::string(options.status().message()) + "\n";
  const auto query = Parse(text);
  if (!query.ok()) return std::string(query.status().message()) + "\n";
  contracts::QueryContext context(store_.clock(), {});
  const auto response = Engine(store_.queryable()).Search(*query, *options, context);
  if (!response.ok()) {
    const auto& status = response.status();
    const bool refused = status.code() == StatusCode::kInvalidArgument;
    return (refused ? std::string(status.message()) : status.ToString()) + "\n";
  }
  if (one.command == "error") return "no error\n";
  if (response->traces.empty()) return "(none)\n";
  if (one.command == "traces") return ListTraces(*response);
  return ListSpans(*response, one.command == "attributes");
}

// `from A to B step S QUERY`; without a step it is chosen, and `instant` asks for one value.
std::string CorpusRun::Series(const CorpusCase& one) {
  std::string_view text = one.text;
  const auto options = TakeMetricsOptions(text);
  if (!options.ok()) return std::string(options.status().message()) + "\n";
  const auto query = Parse(text);
  if (!query.ok()) return std::string(query.status().message()) + "\n";
  contracts::QueryContext context(store_.clock(), {});
  const auto response = Engine(store_.queryable()).QueryMetrics(*query, *options, context);
  if (!response.ok()) return std::string(response.status().message()) + "\n";
  return one.command == "series" ? SeriesText(*response) : ExemplarsText(*response);
}

std::string CorpusRun::Tags(std::string_view filter) {
  contracts::QueryContext context(store_.clock(), {});
  const auto names = Engine(store_.queryable()).FindTagNames(filter, {}, 0, context);
  if (!names.ok()) return names.status().ToString() + "\n";
  TextTable table;
  const auto add = [&](std::string_view scope, const std::vector<std::string>& list) {
    for (const std::string& name : list) table.AddRow({std::string(scope), name});
  };
  add("span", names->span);
  add("resource", names->resource);
  add("event", names->event);
  add("link", names->link);
  add("instrumentation", names->instrumentation);
  return table.Render();
}

std::string CorpusRun::Values(std::string_view text) {
  const size_t blank = std::min(text.find(' '), text.size());
  const auto field = ParseFieldName(text.substr(0, blank));
  if (!field.ok()) return std::string(field.status().message()) + "\n";
  contracts::QueryContext context(store_.clock(), {});
  const auto values =
      Engine(store_.queryable()).FindTagValues(*field, text.substr(blank), {}, 0, context);
  if (!values.ok()) return values.status().ToString() + "\n";
  TextTable table;
  for (const TagText& value : *values) table.AddRow({value.type, value.value});
  return table.Render();
}

std::string CorpusRun::LabelOf(const model::TraceId& id) const {
  std::string hex = model::ToHex(id);
  for (const CorpusTrace* trace : traces_) {
    if (CorpusTraceId(trace->label) == hex) return trace->label;
  }
  return hex;
}

const CorpusSpan* CorpusRun::SpanOf(const model::TraceId& trace_id,
                                    const model::SpanId& span_id) const {
  for (const CorpusTrace* trace : traces_) {
    if (CorpusTraceId(trace->label) != model::ToHex(trace_id)) continue;
    for (size_t i = 0; i < trace->spans.size(); ++i) {
      if (CorpusSpanId(trace->label, static_cast<int>(i) + 1) == model::ToHex(span_id)) {
        return &trace->spans[i];
      }
    }
  }
  return nullptr;
}

std::string CorpusRun::ListSpans(const SearchResponse& response, bool attributes) const {
  struct Row {
    std::string label;
    const SearchSpan* span;
    std::string service;
  };
  std::vector<Row> rows;
  for (const SearchTrace& trace : response.traces) {
    for (const SearchSpanset& spanset : trace.spansets) {
      for (const SearchSpan& span : spanset.spans) {
        const CorpusSpan* from = SpanOf(trace.id, span.id);
        rows.push_back({LabelOf(trace.id), &span, from == nullptr ? "?" : from->service});
      }
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(a.label, a.span->start) < std::pair(b.label, b.span->start);
  });
  TextTable table;
  for (const Row& row : rows) {
    std::vector<std::string> cells = {
        row.label, row.service, row.span->name,
        FormatDuration(static_cast<int64_t>(row.span->duration_nanos))};
    if (attributes) cells.push_back(AttributesText(row.span->attributes));
    table.AddRow(std::move(cells));
  }
  table.AlignRight(3);
  return table.Render();
}

std::string CorpusRun::ListTraces(const SearchResponse& response) const {
  std::string out;
  for (const SearchTrace& trace : response.traces) {
    out += LabelOf(trace.id) + "  " + (trace.has_root ? trace.root_service : "(no root)") + "  " +
           (trace.has_root ? trace.root_name : "-") + "  " +
           FormatDuration(static_cast<int64_t>(trace.duration_nanos)) + "  of";
    for (const ServiceStats& stats : trace.services) {
      out += " " + (stats.service.empty() ? "-" : stats.service) + ":" +
             std::to_string(stats.spans) +
             (stats.errors == 0 ? "" : "!" + std::to_string(stats.errors));
    }
    out += "\n";
    for (const SearchSpanset& spanset : trace.spansets) {
      const std::string attributes = AttributesText(spanset.attributes);
      out += "    " + std::to_string(spanset.matched) + " matched, " +
             std::to_string(spanset.spans.size()) + " shown" +
             (attributes.empty() ? "" : "  " + attributes) + "\n";
    }
  }
  return out;
}

}  // namespace orrery::traceql
