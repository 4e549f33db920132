// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "contracts/query_context.h"
#include "contracts/trace_queryable.h"
#include "model/ids.h"
#include "model/time_range.h"
#include "traceql/answer_value.h"
#include "traceql/ast.h"
#include "traceql/metrics.h"

namespace orrery::traceql {

struct SearchOptions {
  size_t limit = 20;  // Traces, at least 1.
  size_t spans_per_spanset = 3;
  model::TimeRange range;  // A trace is looked at when it overlaps this.
  // Of the whole trace, both included.
  uint64_t min_duration_nanos = 0;
  uint64_t max_duration_nanos = std::numeric_limits<uint64_t>::max();
  // Called with each trace as it is found, before the answer is complete; may be empty.
  std::function<void(const struct SearchTrace&)> on_found;
};

struct SearchSpan {
  model::SpanId id;
  std::string name;
  UnixNanos start = 0;
  uint64_t duration_nanos = 0;
  // The fields that the query names, except for what an answer holds anyway.
  std::vector<AnswerAttribute> attributes;
};
struct SearchSpanset {
  size_t matched = 0;                       // Spans before they were cut to spans_per_spanset.
  std::vector<SearchSpan> spans;            // By start.
  std::vector<AnswerAttribute> attributes;  // "by(name)", "count()", ...
};
struct ServiceStats {
  std::string service;
  uint32_t spans = 0;
  uint32_t errors = 0;
};
struct SearchTrace {
  model::TraceId id;
  bool has_root = false;  // Without one, the next two are empty.
  std::string root_service;
  std::string root_name;
  UnixNanos start = 0;
  uint64_t duration_nanos = 0;
  std::vector<SearchSpanset> spansets;  // At least one.
  std::vector<ServiceStats> services;   // Of the whole trace, by name.
};
struct SearchResponse {
  std::vector<SearchTrace> traces;  // Newest start first.
};

// A value of a tag as an answer lists it: its type ("string", "int", "float", "bool", "keyword")
// and its text.
struct TagText {
  std::string type;
  std::string value;

  auto operator<=>(const TagText&) const = default;
};

// Engine answers queries over a store.
//
// Life:    borrows the store.
// Threads: all methods may be called concurrently.
// Failure: InvalidArgument for a query that Check refuses, that fails on the data (division by
//          zero), or that belongs to the other method (a search to QueryMetrics); Unimplemented
//          with one sentence for what the language does not define yet; what the store says.
// Cost:    the conditions that single spans decide are pushed down; what passes is read as whole
//          traces, newest first, until the limit is reached. Metrics of plain span filters are
//          computed from columns, without putting traces together.
class Engine {
 public:
  explicit Engine(const contracts::TraceQueryable& store) : store_(store) {}

  // Searches of any pipeline without a metrics function. The newest matching traces are kept, with
  // and without most_recent.
  Result<SearchResponse> Search(const Query& query, const SearchOptions& options,
                                contracts::QueryContext& context) const;

  // Computes a query that ends in a metrics function. Series are sorted by number of labels, keys
  // and values; those beyond `max_series` are left out, and the answer says so. Hints of sampling
  // change nothing: all spans are counted.
  Result<MetricsResponse> QueryMetrics(const Query& query, const MetricsOptions& options,
                                       contracts::QueryContext& context) const;

  // Names of attributes on spans that match `filter`, which is a query of one span filter; of one
  // that is incomplete (somebody is typing it) what can be understood counts, and an empty one
  // lets all spans pass. At most `limit` names a scope (0: all of them), sorted.
  Result<contracts::TagNames> FindTagNames(std::string_view filter, const model::TimeRange& range,
                                           size_t limit, contracts::QueryContext& context) const;

  // Distinct values of a field on spans that match `filter`, as above; at most `limit` (0: all of
  // them), sorted. Status and kind give all that they can be, durations nothing.
  Result<std::vector<TagText>> FindTagValues(const Field& field, std::string_view filter,
                                             const model::TimeRange& range, size_t limit,
                                             contracts::QueryContext& context) const;

 private:
  const contracts::TraceQueryable& store_;
};

}  // namespace orrery::traceql
