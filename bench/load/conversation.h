// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "bench/load/random.h"
#include "bench/load/trace_generator.h"

namespace orrery::load {

using SpanId = std::array<uint8_t, 8>;

// The roles of the 13 spans of a trace, in the order of their start.
enum Role : int {
  kClientCall,
  kClientGet,
  kServerGet,
  kProcessPrompt,
  kRetrieveContext,
  kVectorQuery,
  kVectorServer,
  kIndexScan,
  kRerank,
  kChat,
  kModelServer,
  kTokenize,
  kGenerate,
};

// How one call of a user turned out: what the spans of its trace have in common.
struct Conversation {
  TraceId trace_id;
  std::array<SpanId, kSpansPerTrace> span_ids;
  std::optional<SpanId> parent;  // of the first span, when it is not the first of its trace
  std::array<uint64_t, kSpansPerTrace> start;  // unix nanoseconds
  std::array<uint64_t, kSpansPerTrace> end;
  bool slow = false;
  int failure = -1;  // index of the kind of failure, -1 when it went well
  uint64_t user = 0;
  uint64_t session = 0;
  const char* model = nullptr;
  const char* provider = nullptr;
  std::string prompt;  // plain text
  int64_t input_tokens = 0;
  int64_t output_tokens = 0;
  uint64_t rows = 0;
  double score = 0;
};

Conversation DrawConversation(Random& random, const TraceOptions& options, uint64_t start);

// Makes the conversation one of `options.conversations_per_trace` that share a trace: `number`
// counts conversations from 0 over all requests; the first of a trace is open until `trace_end`.
void JoinTrace(Conversation& c, const TraceOptions& options, uint64_t number, uint64_t trace_end);

// Parent of each role; the first has none.
int ParentOf(int role);

}  // namespace orrery::load
