// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "contracts/query_context.h"
#include "contracts/scan_keeper.h"
#include "contracts/span_contents.h"
#include "contracts/span_filter.h"
#include "model/ids.h"
#include "model/span_batch.h"
#include "model/time_range.h"

namespace orrery::contracts {

// What a reader of traces looks at, so that a store need not read the rest.
struct WantedFields {
  bool all = true;
  // When not all. Wanted without being named: ids, times, name, kind and status code of each span,
  // and the text attribute `service.name` of its resource.
  std::vector<FieldRef> fields;
};

// A trace that may match, and when its newest span that passed the filter began.
struct TraceCandidate {
  model::TraceId id;
  UnixNanos newest_start = 0;
};

struct NewestTraces {
  std::vector<TraceCandidate> candidates;
  bool all = true;  // There are no others.
};

// One field of some spans, in one of two forms.
struct FieldColumn {
  // Span i has values[codes[i]]; a value of type kEmpty stands for none. A value may be listed
  // twice.
  std::vector<model::Value> values;
  std::vector<uint32_t> codes;
  // Durations instead: nanoseconds by span, and both others are empty.
  std::vector<uint64_t> nanos;
};

// Some spans by columns, each as long as `starts`.
struct SpanColumns {
  std::vector<UnixNanos> starts;
  std::vector<uint32_t> trace_of_span;  // Place in `traces`.
  std::vector<model::TraceId> traces;   // Also of spans that are not here.
  std::vector<FieldColumn> fields;      // In the order in which they were asked for.
  model::SpanBatch pools;               // The elements of values that are arrays.
};

// Whether ScanSpans can read a field: attributes of spans, resources and instrumentation, and what
// one span itself says. Not ids, events, links, nor what is known of the whole trace alone, except
// for kNestedSetParent, which is -1 for a span without a parent and 0 for every other.
bool IsScannable(const FieldRef& field);

// A value of a tag, with the type it was stored as.
using TagValue = std::variant<bool, int64_t, double, std::string>;

// Attribute names by scope.
struct TagNames {
  std::vector<std::string> span;
  std::vector<std::string> resource;
  std::vector<std::string> event;
  std::vector<std::string> link;
  std::vector<std::string> instrumentation;
};

struct TraceStoreStats {
  uint64_t spans = 0;
  uint64_t traces = 0;  // Counted per head and block: a trace in two blocks counts twice.
  uint64_t blocks = 0;
  uint64_t disk_bytes = 0;  // Blocks and log.
  uint64_t log_bytes = 0;   // The log's part of it.
  uint64_t pinned_traces = 0;
  uint64_t head_spans = 0;  // Not yet in a block.
  UnixNanos oldest = 0;     // Start of the oldest span, 0 when there is none.
};

// TraceQueryable is what engines and APIs see of stored traces.
//
// Threads: all methods may be called concurrently, also while spans arrive; each call sees all
//          spans acknowledged before it began.
// Failure: the Status of the context (cancelled, too late, too many bytes). A part of a block that
//          fails its checks is left out, and the context notes it.
class TraceQueryable {
 public:
  virtual ~TraceQueryable() = default;

  // Traces that overlap `range` and have a span that passes `filter`; each once, newest first.
  // A superset is allowed in both respects.
  virtual Result<std::vector<TraceCandidate>> FindTraces(const SpanFilter& filter,
                                                         const model::TimeRange& range,
                                                         QueryContext& context) const = 0;

  // The first ones of what FindTraces finds: at least `most` of them unless there are fewer, in
  // that order. Costs as much as reading back in time until they are found.
  virtual Result<NewestTraces> FindNewestTraces(const SpanFilter& filter,
                                                const model::TimeRange& range, size_t most,
                                                QueryContext& context) const = 0;

  // Calls `visit` once for each of `ids` that exists, in the order of `ids`, with all spans of the
  // trace from head and blocks: sorted by start (then span id), a span that arrived twice once.
  // Stops early, with Ok, when `visit` returns false. The batch is valid during the call; a copy
  // keeps what it needs. A trace of more spans than the context allows comes with as many, and the
  // context counts it. What is not `wanted` may be missing: an attribute from its list, other
  // fields as if they were not set.
  virtual Status ReadTraces(std::span<const model::TraceId> ids, const WantedFields& wanted,
                            QueryContext& context,
                            const std::function<bool(const model::SpanBatch&)>& visit) const = 0;

  // Calls `visit` with the spans that pass `filter` and start within `starts`, some thousand at a
  // time, in no order; a span that arrived twice comes once. A superset passes, as SpanFilter has
  // it. Attributes of scope kAny are looked up in spans, resources and instrumentation alone.
  // Stops early, with Ok, when `visit` returns false; the columns are valid during the call.
  // Requires: IsScannable of all `fields`.
  virtual Status ScanSpans(const SpanFilter& filter, const model::TimeRange& starts,
                           std::span<const FieldRef> fields, QueryContext& context,
                           const std::function<bool(const SpanColumns&)>& visit) const = 0;

  // As ScanSpans, with outcomes of whole parts that are kept: those that the store still has are
  // merged and not visited, others are visited between the keeper's Begin and End. What is visited
  // outside of these two is not kept. An error of `visit` has to show in End.
  virtual Status ScanParts(const SpanFilter& filter, const model::TimeRange& starts,
                           std::span<const FieldRef> fields, ScanKeeper& keeper,
                           QueryContext& context,
                           const std::function<bool(const SpanColumns&)>& visit) const = 0;

  // As ScanSpans; `visit` also gets what reads everything that the spans say, and returns an error
  // to end the scan with it. Of traces that may be in more than one place nothing comes: their ids,
  // each once, are added to `apart`, for ReadTraces. The parts of a trace are found as far as they
  // lie no further apart than the store's slack for searches.
  virtual Status ScanContents(
      const SpanFilter& filter, const model::TimeRange& starts, std::span<const FieldRef> fields,
      QueryContext& context,
      const std::function<Status(const SpanColumns&, const ContentsReader&)>& visit,
      std::vector<model::TraceId>& apart) const = 0;

  // Attribute names seen in `range` (whole blocks at the edges), each list sorted.
  virtual Result<TagNames> FindTagNames(const model::TimeRange& range,
                                        QueryContext& context) const = 0;

  // Distinct values of a field in `range`, sorted by type and value, at most `limit` (0: no limit).
  // Arrays contribute their elements. Not for trace-wide intrinsics (empty answer).
  virtual Result<std::vector<TagValue>> FindTagValues(const FieldRef& field,
                                                      const model::TimeRange& range, size_t limit,
                                                      QueryContext& context) const = 0;

  virtual TraceStoreStats Stats() const = 0;
};

}  // namespace orrery::contracts
