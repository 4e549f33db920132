// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "traceql/field.h"

namespace orrery::traceql {

// An attribute of a span, its resource, its scope, or of its last event or link.
struct CorpusAttribute {
  contracts::AttributeScope scope = contracts::AttributeScope::kSpan;
  std::string name;
  std::vector<Constant> values;  // One, unless it is an array; kNil is an empty value.
  bool is_array = false;
};
struct CorpusEvent {
  std::string name;
  int64_t offset_nanos = 0;  // From the start of the span.
  std::vector<CorpusAttribute> attributes;
};
struct CorpusLink {
  std::string trace;  // A label.
  int span = 1;       // Its place in that trace, from 1.
  std::vector<CorpusAttribute> attributes;
};
struct CorpusSpan {
  std::string service;  // "-" for none.
  std::string name;
  int64_t kind = 0;
  int64_t offset_nanos = 0;  // From the clock of the trace.
  int64_t duration_nanos = 0;
  int parent = -1;              // Index in the trace, -1 for a root.
  bool parent_missing = false;  // Has a parent that never arrives.
  int same_id_as = -1;          // Index of the span whose id and parent it shares, or -1.
  int64_t status = 0;
  std::string message;
  std::string scope_name;
  std::string scope_version;
  std::vector<CorpusAttribute> attributes;
  std::vector<CorpusEvent> events;
  std::vector<CorpusLink> links;
};
struct CorpusTrace {
  std::string label;
  UnixNanos clock = 0;
  std::vector<CorpusSpan> spans;
};
struct CorpusStep {
  std::string name;  // flush, compact, restart, clear
};
struct CorpusCase {
  size_t line = 0;      // Of the command, from 1.
  std::string command;  // query, traces, ...
  std::string text;     // What follows it; $names are replaced already.
  std::string expected;
  size_t expected_begin = 0;  // Lines [begin, end) hold it, from 0.
  size_t expected_end = 0;
  std::vector<std::string> only;  // Configurations; empty means all.
  std::vector<std::string> skip;
};
using CorpusItem = std::variant<CorpusTrace, CorpusStep, CorpusCase>;

// A test file: traces, queries, and what they have to answer.
struct CorpusFile {
  std::string path;
  std::vector<std::string> lines;
  std::vector<CorpusItem> items;
};

// InvalidArgument: names the line.
Result<CorpusFile> ReadCorpus(const std::string& path);

// Midnight of the day that clocks in corpora are of.
inline constexpr UnixNanos kCorpusDay = 1'767'225'600'000'000'000;  // 2026-01-01
// "12:00:05" or "12:00:05.250" on that day.
Result<UnixNanos> ParseClock(std::string_view text);

// Ids derived from a trace's label (hex digits) and a span's place in it, from 1.
std::string CorpusTraceId(std::string_view label);
std::string CorpusSpanId(std::string_view label, int place);

}  // namespace orrery::traceql
