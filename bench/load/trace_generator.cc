// SPDX-License-Identifier: Apache-2.0
#include "bench/load/trace_generator.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include <protozero/pbf_writer.hpp>

#include "bench/load/conversation.h"

namespace orrery::load {
namespace {

using protozero::pbf_writer;

// Field numbers of opentelemetry.proto.trace.v1 and common.v1.
enum : uint32_t {
  kRequestResourceSpans = 1,
  kResourceSpansResource = 1,
  kResourceSpansScopeSpans = 2,
  kScopeSpansScope = 1,
  kScopeSpansSpans = 2,
  kScopeName = 1,
  kScopeVersion = 2,
  kResourceAttributes = 1,
  kKeyValueKey = 1,
  kKeyValueValue = 2,
  kAnyValueString = 1,
  kAnyValueInt = 3,
  kAnyValueDouble = 4,
  kSpanTraceId = 1,
  kSpanSpanId = 2,
  kSpanParentSpanId = 4,
  kSpanName = 5,
  kSpanKind = 6,
  kSpanStart = 7,
  kSpanEnd = 8,
  kSpanAttributes = 9,
  kSpanEvents = 11,
  kSpanStatus = 15,
  kSpanFlags = 16,
  kEventTime = 1,
  kEventName = 2,
  kEventAttributes = 3,
  kStatusMessage = 2,
  kStatusCode = 3,
};

enum Kind : int32_t { kInternal = 1, kServer = 2, kClient = 3 };

constexpr uint32_t kSampledLocalParent = 0x101;  // sampled; "is remote" known and false
constexpr int32_t kStatusError = 2;

struct Service {
  const char* name;
  std::initializer_list<Role> roles;
};

const Service kServices[] = {
    {"simple.cpp.client", {kClientCall, kClientGet}},
    {"server-api", {kServerGet, kProcessPrompt, kRetrieveContext, kVectorQuery, kRerank, kChat}},
    {"vector-db", {kVectorServer, kIndexScan}},
    {"mock-llm-backend", {kModelServer, kTokenize, kGenerate}},
};

struct FailureKind {
  const char* type;
  const char* message;
};

constexpr FailureKind kFailures[] = {
    {"model_overloaded", "the model is overloaded with other requests"},
    {"inference_timeout", "the model gave no answer within its deadline"},
    {"out_of_memory", "the accelerator ran out of memory for this context"},
    {"content_filter", "the answer was held back by the content filter"},
};

void AddText(pbf_writer& parent, uint32_t field, std::string_view key, std::string_view value) {
  pbf_writer pair(parent, field);
  pair.add_string(kKeyValueKey, key.data(), key.size());
  pbf_writer any(pair, kKeyValueValue);
  any.add_string(kAnyValueString, value.data(), value.size());
}

void AddInt(pbf_writer& parent, uint32_t field, std::string_view key, int64_t value) {
  pbf_writer pair(parent, field);
  pair.add_string(kKeyValueKey, key.data(), key.size());
  pbf_writer any(pair, kKeyValueValue);
  any.add_int64(kAnyValueInt, value);
}

void AddDouble(pbf_writer& parent, uint32_t field, std::string_view key, double value) {
  pbf_writer pair(parent, field);
  pair.add_string(kKeyValueKey, key.data(), key.size());
  pbf_writer any(pair, kKeyValueValue);
  any.add_double(kAnyValueDouble, value);
}

// A span's attributes, written as they are named.
class Attributes {
 public:
  explicit Attributes(pbf_writer& span) : span_(span) {}

  void Text(std::string_view key, std::string_view value) {
    AddText(span_, kSpanAttributes, key, value);
  }
  void Int(std::string_view key, int64_t value) { AddInt(span_, kSpanAttributes, key, value); }
  void Double(std::string_view key, double value) { AddDouble(span_, kSpanAttributes, key, value); }

 private:
  pbf_writer& span_;
};

std::string Hex(uint64_t value) {
  std::string text(16, '0');
  for (size_t i = 16; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  return text;
}

std::string_view NameOf(int role, const Conversation& c) {
  switch (role) {
    case kClientCall:
      return c.slow ? "client_request.call_slow" : "client_request.call_fast";
    case kClientGet:
      return "GET";
    case kServerGet:
      return "GET /calculate";
    case kProcessPrompt:
      return "process_prompt";
    case kRetrieveContext:
      return "retrieve_context";
    case kVectorQuery:
      return "query documents";
    case kVectorServer:
      return "VectorSearch/Query";
    case kIndexScan:
      return "index_scan";
    case kRerank:
      return "rerank";
    case kModelServer:
      return "POST /v1/chat/completions";
    case kTokenize:
      return "tokenize";
    default:
      return "generate_mock_response";
  }
}

Kind KindOf(int role) {
  switch (role) {
    case kClientGet:
    case kVectorQuery:
    case kChat:
      return kClient;
    case kServerGet:
    case kVectorServer:
    case kModelServer:
      return kServer;
    default:
      return kInternal;
  }
}

// The spans through which a failure of the model travels up to the user.
bool Fails(int role, const Conversation& c) {
  if (c.failure < 0) return false;
  return role == kGenerate || role == kModelServer || role == kChat || role == kProcessPrompt ||
         role == kServerGet || role == kClientGet || role == kClientCall;
}

void DescribeHttp(Attributes& a, const char* method, const char* route, int status, int port) {
  a.Text("http.request.method", method);
  if (route != nullptr) a.Text("http.route", route);
  a.Int("http.response.status_code", status);
  a.Text("server.address", "127.0.0.1");
  a.Int("server.port", port);
  a.Text("network.protocol.version", "1.1");
}

void DescribeChat(Attributes& a, const Conversation& c) {
  a.Text("gen_ai.operation.name", "chat");
  a.Text("gen_ai.provider.name", c.provider);
  a.Text("gen_ai.request.model", c.model);
  a.Double("gen_ai.request.temperature", 0.7);
  a.Text("gen_ai.response.model", c.model);
  a.Text("gen_ai.response.finish_reason", c.failure < 0 ? "stop" : "error");
  a.Int("gen_ai.usage.input_tokens", c.input_tokens);
  a.Int("gen_ai.usage.output_tokens", c.output_tokens);
  a.Text("gen_ai.input.messages",
         R"([{"role":"user","parts":[{"type":"text","content":")" + c.prompt + "\"}]}]");
  a.Text("peer.service", "mock-llm-backend");
}

void Describe(Attributes& a, int role, const Conversation& c) {
  const bool failed = c.failure >= 0;
  switch (role) {
    case kClientCall:
      a.Text("user.id", "user-" + std::to_string(c.user));
      a.Text("session.id", Hex(c.session));
      break;
    case kClientGet:
      DescribeHttp(a, "GET", nullptr, failed ? 502 : 200, 8000);
      break;
    case kServerGet:
      DescribeHttp(a, "GET", "/calculate", failed ? 502 : 200, 8000);
      a.Text("url.path", "/calculate");
      a.Text("user_agent.original", "orrery-demo/0.1.0");
      break;
    case kProcessPrompt:
      a.Int("prompt.length", static_cast<int64_t>(c.prompt.size()));
      break;
    case kRetrieveContext:
      a.Int("gen_ai.retrieval.top_k", 8);
      break;
    case kVectorQuery:
      a.Text("db.system.name", "vector-db");
      a.Text("db.operation.name", "query");
      a.Text("db.collection.name", "documents");
      a.Text("peer.service", "vector-db");
      break;
    case kVectorServer:
      a.Text("rpc.system", "grpc");
      a.Text("rpc.method", "Query");
      a.Int("rpc.grpc.status_code", 0);
      break;
    case kIndexScan:
      a.Int("db.response.returned_rows", static_cast<int64_t>(c.rows));
      a.Text("index.name", "documents_hnsw");
      break;
    case kRerank:
      a.Double("rerank.top_score", c.score);
      break;
    case kChat:
      DescribeChat(a, c);
      break;
    case kModelServer:
      DescribeHttp(a, "POST", "/v1/chat/completions", failed ? 500 : 200, 8001);
      break;
    case kTokenize:
      a.Int("tokens", c.input_tokens);
      break;
    default:
      a.Text("mock.model", c.model);
      a.Text("mock.speed", c.slow ? "slow" : "fast");
      break;
  }
}

void WriteFailure(pbf_writer& span, int role, const Conversation& c) {
  const FailureKind& kind = kFailures[c.failure];
  AddText(span, kSpanAttributes, "error.type", kind.type);
  if (role == kGenerate) {
    pbf_writer event(span, kSpanEvents);
    event.add_fixed64(kEventTime, c.end[kGenerate] - 20'000);
    event.add_string(kEventName, "exception");
    AddText(event, kEventAttributes, "exception.type", "demo::Failure");
    AddText(event, kEventAttributes, "exception.message", kind.message);
    AddText(event, kEventAttributes, "exception.stacktrace",
            "  at demo::llm::GenerateMockResponse\n  at demo::llm::Complete\n"
            "  at demo::TracedRoutes::Answer\n  at demo::HttpServer::State::Serve\n");
  }
  pbf_writer status(span, kSpanStatus);
  status.add_string(kStatusMessage, kind.message);
  status.add_enum(kStatusCode, kStatusError);
}

template <size_t N>
void AddId(pbf_writer& span, uint32_t field, const std::array<uint8_t, N>& id) {
  span.add_bytes(field, reinterpret_cast<const char*>(id.data()), id.size());
}

void WriteSpan(pbf_writer& scope_spans, int role, const Conversation& c) {
  const auto at = static_cast<size_t>(role);
  pbf_writer span(scope_spans, kScopeSpansSpans);
  AddId(span, kSpanTraceId, c.trace_id);
  AddId(span, kSpanSpanId, c.span_ids[at]);
  if (ParentOf(role) >= 0) {
    AddId(span, kSpanParentSpanId, c.span_ids[static_cast<size_t>(ParentOf(role))]);
  } else if (c.parent) {
    AddId(span, kSpanParentSpanId, *c.parent);
  }
  if (role == kChat) {
    span.add_string(kSpanName, std::string("chat ") + c.model);
  } else {
    const std::string_view name = NameOf(role, c);
    span.add_string(kSpanName, name.data(), name.size());
  }
  span.add_enum(kSpanKind, KindOf(role));
  span.add_fixed64(kSpanStart, c.start[at]);
  span.add_fixed64(kSpanEnd, c.end[at]);
  Attributes attributes(span);
  Describe(attributes, role, c);
  if (Fails(role, c)) WriteFailure(span, role, c);
  span.add_fixed32(kSpanFlags, kSampledLocalParent);
}

void WriteResource(pbf_writer& resource_spans, const char* service) {
  pbf_writer resource(resource_spans, kResourceSpansResource);
  AddText(resource, kResourceAttributes, "service.name", service);
  AddText(resource, kResourceAttributes, "service.version", "1.4.2");
  AddText(resource, kResourceAttributes, "service.instance.id", std::string(service) + "-0");
  AddText(resource, kResourceAttributes, "host.name", "bench-host");
  AddText(resource, kResourceAttributes, "os.type", "linux");
  AddText(resource, kResourceAttributes, "telemetry.sdk.language", "cpp");
  AddText(resource, kResourceAttributes, "telemetry.sdk.name", "opentelemetry");
}

void WriteService(pbf_writer& request, const Service& service,
                  const std::vector<Conversation>& conversations) {
  pbf_writer resource_spans(request, kRequestResourceSpans);
  WriteResource(resource_spans, service.name);
  pbf_writer scope_spans(resource_spans, kResourceSpansScopeSpans);
  {
    pbf_writer scope(scope_spans, kScopeSpansScope);
    scope.add_string(kScopeName, "orrery.load");
    scope.add_string(kScopeVersion, "1");
  }
  for (const Conversation& conversation : conversations) {
    for (const Role role : service.roles) WriteSpan(scope_spans, role, conversation);
  }
}

// The last conversation of a batch ends before its root does.
constexpr uint64_t kLongestCallNanos = 60'000'000'000;

uint64_t DivideUp(uint64_t value, uint64_t by) { return (value + by - 1) / by; }

}  // namespace

TraceGenerator::TraceGenerator(const TraceOptions& options)
    : options_(options),
      traces_per_request_(std::max<uint64_t>(1, options.spans_per_request / kSpansPerTrace)),
      traces_(DivideUp(options.spans, kSpansPerTrace)),
      requests_(DivideUp(traces_, traces_per_request_)) {}

TraceRequest TraceGenerator::Make(uint64_t index) const {
  // Mixed twice: sums of seed and index alone give streams that are parts of one another, and so
  // the same ids under different seeds.
  Random random(Random(Random(options_.seed).Next() + index).Next());
  TraceRequest request;
  const uint64_t first = index * traces_per_request_;
  const uint64_t last = std::min(first + traces_per_request_, traces_);
  std::vector<Conversation> conversations;
  conversations.reserve(last - first);
  for (uint64_t trace = first; trace < last; ++trace) {
    const double age = 1 - static_cast<double>(trace + 1) / static_cast<double>(traces_);
    const auto start = static_cast<uint64_t>(
        options_.end_unix_nano -
        static_cast<int64_t>(age * static_cast<double>(options_.spread_nano)));
    conversations.push_back(DrawConversation(random, options_, start));
    if (options_.conversations_per_trace > 1) {
      JoinTrace(conversations.back(), options_, trace,
                static_cast<uint64_t>(options_.end_unix_nano) + kLongestCallNanos);
    }
    request.traces.push_back(conversations.back().trace_id);
  }
  request.spans = (last - first) * kSpansPerTrace;
  request.body.reserve(request.spans * 260);
  pbf_writer writer(request.body);
  for (const Service& service : kServices) WriteService(writer, service, conversations);
  return request;
}

}  // namespace orrery::load
