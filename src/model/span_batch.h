// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace orrery::model {

// A run of elements in one of a batch's pools.
struct IndexRange {
  uint32_t begin = 0;
  uint32_t count = 0;
};

// OTLP's AnyValue. Text and bytes are views, nested values are runs in the batch's pools, so that
// a value is 24 plain bytes and building one never allocates.
class Value {
 public:
  enum class Type : uint8_t { kEmpty, kString, kBool, kInt, kDouble, kBytes, kArray, kKvList };

  Value() : int_(0) {}  // kEmpty.
  static Value String(std::string_view text) { return Value(Type::kString, text); }
  static Value Bytes(std::string_view bytes) { return Value(Type::kBytes, bytes); }
  static Value Bool(bool value) {
    Value v;
    v.type_ = Type::kBool;
    v.bool_ = value;
    return v;
  }
  static Value Int(int64_t value) {
    Value v;
    v.type_ = Type::kInt;
    v.int_ = value;
    return v;
  }
  static Value Double(double value) {
    Value v;
    v.type_ = Type::kDouble;
    v.double_ = value;
    return v;
  }
  // Elements in SpanBatch::array_items.
  static Value Array(IndexRange items) { return Value(Type::kArray, items); }
  // Entries in SpanBatch::attributes.
  static Value KvList(IndexRange entries) { return Value(Type::kKvList, entries); }

  Type type() const { return type_; }
  // Each of these requires the matching type.
  std::string_view text() const { return text_; }   // kString
  std::string_view bytes() const { return text_; }  // kBytes
  bool bool_value() const { return bool_; }
  int64_t int_value() const { return int_; }
  double double_value() const { return double_; }
  IndexRange range() const { return range_; }  // kArray, kKvList

 private:
  Value(Type type, std::string_view text) : text_(text), type_(type) {}
  Value(Type type, IndexRange range) : range_(range), type_(type) {}

  union {
    std::string_view text_;
    int64_t int_;
    double double_;
    bool bool_;
    IndexRange range_;
  };
  Type type_ = Type::kEmpty;
};

struct Attribute {
  std::string_view key;
  Value value;
};

// Values as OTLP numbers them. The fields below keep any number a sender used.
enum SpanKind : int32_t {
  kUnspecified = 0,
  kInternal = 1,
  kServer = 2,
  kClient = 3,
  kProducer = 4,
  kConsumer = 5
};
enum SpanStatusCode : int32_t { kStatusUnset = 0, kStatusOk = 1, kStatusError = 2 };

struct Resource {
  IndexRange attributes;
  uint32_t dropped_attributes_count = 0;
  std::string_view schema_url;   // Of the enclosing ResourceSpans.
  std::string_view entity_refs;  // The encoded `entity_refs` fields, kept as they came.
};

struct Scope {
  std::string_view name;
  std::string_view version;
  IndexRange attributes;
  uint32_t dropped_attributes_count = 0;
  std::string_view schema_url;  // Of the enclosing ScopeSpans.
};

struct Event {
  UnixNanos time = 0;
  std::string_view name;
  IndexRange attributes;
  uint32_t dropped_attributes_count = 0;
};

struct Link {
  // As they came: a link may point at an id of a wrong length.
  std::string_view trace_id;
  std::string_view span_id;
  std::string_view trace_state;
  IndexRange attributes;
  uint32_t dropped_attributes_count = 0;
  uint32_t flags = 0;
};

struct Span {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_span_id;  // Zero for a root.
  UnixNanos start = 0;
  UnixNanos end = 0;  // Never before `start`.
  std::string_view name;
  std::string_view trace_state;
  std::string_view status_message;
  IndexRange attributes;
  IndexRange events;
  IndexRange links;
  int32_t kind = 0;
  int32_t status_code = 0;
  uint32_t flags = 0;
  uint32_t dropped_attributes_count = 0;
  uint32_t dropped_events_count = 0;
  uint32_t dropped_links_count = 0;
  uint32_t resource = 0;  // Index into SpanBatch::resources.
  uint32_t scope = 0;     // Index into SpanBatch::scopes.

  uint64_t duration_nanos() const { return end - start; }
};

// SpanBatch is the one in-memory form of spans between rooms: decoders fill it from a request, the
// store takes it in and gives traces back as one, encoders and the query engine read it. It is
// flat: every list is a run in a pool, every text a view, so that a request is parsed once and
// without an object per message.
//
// Life:    filled by one thread, then only read; `owners` keep the viewed bytes alive, so a copy or
//          a move stays valid. Views must never outlive the batch that they were taken from.
// Threads: as a value type; concurrent reads are safe.
// Cost:    about 170 bytes a span and 40 an attribute, freed all at once.
struct SpanBatch {
  std::vector<Resource> resources;
  std::vector<Scope> scopes;
  std::vector<Span> spans;
  std::vector<Event> events;
  std::vector<Link> links;
  std::vector<Attribute> attributes;
  std::vector<Value> array_items;
  std::vector<std::shared_ptr<const void>> owners;

  std::span<const Attribute> Attributes(IndexRange range) const {
    return std::span(attributes).subspan(range.begin, range.count);
  }
  std::span<const Value> Items(const Value& array) const {
    return std::span(array_items).subspan(array.range().begin, array.range().count);
  }
  std::span<const Event> Events(const Span& span) const {
    return std::span(events).subspan(span.events.begin, span.events.count);
  }
  std::span<const Link> Links(const Span& span) const {
    return std::span(links).subspan(span.links.begin, span.links.count);
  }
  const Resource& ResourceOf(const Span& span) const { return resources[span.resource]; }
  const Scope& ScopeOf(const Span& span) const { return scopes[span.scope]; }

  // Of the batch itself, without what its views point at.
  size_t memory_bytes() const {
    return resources.capacity() * sizeof(Resource) + scopes.capacity() * sizeof(Scope) +
           spans.capacity() * sizeof(Span) + events.capacity() * sizeof(Event) +
           links.capacity() * sizeof(Link) + attributes.capacity() * sizeof(Attribute) +
           array_items.capacity() * sizeof(Value);
  }

  // The first attribute with this key in a list, or null.
  const Value* Find(IndexRange list, std::string_view key) const;
  // `service.name` of the span's resource when it is text, else empty.
  std::string_view ServiceName(const Span& span) const;
};

// Equal in everything that OTLP carries, pools and order of resources aside: span i of `a` is
// compared with span i of `b`, its resource, scope, attributes, events and links by content.
bool SameSpans(const SpanBatch& a, const SpanBatch& b);

// Whether span `i` of `a` and span `j` of `b` are equal in everything that OTLP carries.
bool SameSpan(const SpanBatch& a, size_t i, const SpanBatch& b, size_t j);

}  // namespace orrery::model
