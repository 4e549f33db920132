// SPDX-License-Identifier: Apache-2.0
#include "bench/load/conversation.h"

#include <algorithm>
#include <string_view>

namespace orrery::load {
namespace {

struct Model {
  const char* name;
  const char* provider;
};

constexpr std::array<Model, 6> kModels = {{{"gpt-4o", "openai"},
                                           {"gpt-4o-mini", "openai"},
                                           {"claude-sonnet-4", "anthropic"},
                                           {"claude-haiku-4", "anthropic"},
                                           {"gemini-2.0-flash", "gcp.gemini"},
                                           {"mistral-large", "mistral_ai"}}};

// Searches of the benchmark look for two of these side by side: "retry context".
constexpr std::array<std::string_view, 64> kWords = {
    "the",      "a",        "of",      "in",      "for",     "and",      "why",     "how",
    "what",     "when",     "please",  "explain", "compare", "describe", "list",    "find",
    "summary",  "report",   "error",   "latency", "cost",    "token",    "budget",  "model",
    "prompt",   "context",  "retry",   "window",  "vector",  "search",   "index",   "cache",
    "customer", "order",    "payment", "refund",  "invoice", "ticket",   "support", "region",
    "service",  "request",  "trace",   "span",    "metric",  "profile",  "queue",   "thread",
    "memory",   "database", "schema",  "table",   "column",  "filter",   "average", "maximum",
    "week",     "month",    "today",   "release", "version", "deploy",   "change",  "alert"};

constexpr std::array<int, kSpansPerTrace> kParents = {
    -1,           kClientCall,   kClientGet,       kServerGet,     kProcessPrompt, kRetrieveContext,
    kVectorQuery, kVectorServer, kRetrieveContext, kProcessPrompt, kChat,          kModelServer,
    kModelServer};

constexpr size_t kMinPrompt = 120;
constexpr size_t kMaxPrompt = 720;
constexpr int kFailureKinds = 4;
constexpr double kNanosPerMilli = 1e6;

template <size_t N>
std::array<uint8_t, N> RandomId(Random& random) {
  std::array<uint8_t, N> id;
  for (size_t at = 0; at < N; at += 8) {
    uint64_t bits = random.Next() | 1;  // Never all zero.
    for (size_t i = 0; i < 8; ++i, bits >>= 8) id[at + i] = static_cast<uint8_t>(bits);
  }
  return id;
}

std::string Prompt(Random& random) {
  const size_t length = random.Between(kMinPrompt, kMaxPrompt);
  std::string text;
  text.reserve(length + 16);
  while (text.size() < length) {
    if (!text.empty()) text += ' ';
    text += kWords[random.Below(kWords.size())];
  }
  text.resize(length);
  if (text.back() == ' ') text.back() = '.';
  return text;
}

// Lays the spans out in time: each starts a little after its parent or its elder sibling.
void DrawTimes(Random& random, Conversation& c, uint64_t start) {
  const auto nanos = [&random](double median_ms) {
    return static_cast<uint64_t>(random.LogNormal(median_ms, 0.5) * kNanosPerMilli);
  };
  uint64_t now = start;
  const auto enter = [&](Role role, double gap_ms) { c.start[role] = now += nanos(gap_ms); };
  const auto leave = [&](Role role, double gap_ms) { c.end[role] = now += nanos(gap_ms); };
  c.start[kClientCall] = now;
  enter(kClientGet, 0.05);
  enter(kServerGet, 0.4);
  enter(kProcessPrompt, 0.1);
  enter(kRetrieveContext, 0.05);
  enter(kVectorQuery, 0.05);
  enter(kVectorServer, 0.3);
  enter(kIndexScan, 0.1);
  leave(kIndexScan, 6);
  leave(kVectorServer, 0.1);
  leave(kVectorQuery, 0.3);
  enter(kRerank, 0.05);
  leave(kRerank, 3);
  leave(kRetrieveContext, 0.05);
  enter(kChat, 0.2);
  enter(kModelServer, 0.5);
  enter(kTokenize, 0.1);
  leave(kTokenize, 1);
  enter(kGenerate, 0.05);
  leave(kGenerate, c.slow ? 2500 : 500);
  leave(kModelServer, 0.1);
  leave(kChat, 0.4);
  leave(kProcessPrompt, 0.1);
  leave(kServerGet, 0.1);
  leave(kClientGet, 0.4);
  leave(kClientCall, 0.05);
}

}  // namespace

int ParentOf(int role) { return kParents[static_cast<size_t>(role)]; }

Conversation DrawConversation(Random& random, const TraceOptions& options, uint64_t start) {
  Conversation c;
  c.trace_id = RandomId<16>(random);
  for (SpanId& id : c.span_ids) id = RandomId<8>(random);
  c.slow = random.Chance(0.25);
  c.failure =
      random.Chance(options.error_rate) ? static_cast<int>(random.Below(kFailureKinds)) : -1;
  c.user = random.Below(options.users);
  c.session = random.Next();
  const Model& model =
      kModels[std::min(random.Below(kModels.size()), random.Below(kModels.size()))];
  c.model = model.name;
  c.provider = model.provider;
  c.prompt = Prompt(random);
  c.input_tokens = static_cast<int64_t>(c.prompt.size() / 4 + random.Below(40));
  c.output_tokens = static_cast<int64_t>(random.LogNormal(220, 0.7));
  c.rows = random.Between(1, 20'000);
  c.score = static_cast<double>(random.Below(10'000)) / 10'000;
  DrawTimes(random, c, start);
  return c;
}

void JoinTrace(Conversation& c, const TraceOptions& options, uint64_t number, uint64_t trace_end) {
  // Of its own, so that conversations in different requests agree without asking each other.
  Random random(Random(~options.seed).Next() + number / options.conversations_per_trace);
  Random mixed(random.Next());
  c.trace_id = RandomId<16>(mixed);
  const auto root = RandomId<8>(mixed);
  if (number % options.conversations_per_trace != 0) {
    c.parent = root;
    return;
  }
  c.span_ids[kClientCall] = root;
  c.end[kClientCall] = std::max(c.end[kClientCall], trace_end);
}

}  // namespace orrery::load
