// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
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

// Parent of each role; the first has none.
int ParentOf(int role);

}  // namespace orrery::load
