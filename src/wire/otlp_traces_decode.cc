// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_traces_decode.h"

#include <array>
#include <utility>
#include <vector>

#include "wire/otlp_limits.h"
#include "wire/proto_reader.h"

namespace orrery::wire {
namespace {

using model::Attribute;
using model::IndexRange;
using model::SpanBatch;
using model::Value;

// Moves the elements from `mark` on from a stack to the end of a pool, where they form one run.
// Lists are gathered on stacks because fields of a message may come interleaved: the attributes of
// an event between those of its span.
template <typename T>
IndexRange MoveToPool(std::vector<T>& stack, size_t mark, std::vector<T>& pool) {
  const IndexRange run{static_cast<uint32_t>(pool.size()),
                       static_cast<uint32_t>(stack.size() - mark)};
  if (run.count == 0) return {};
  pool.insert(pool.end(), stack.begin() + static_cast<ptrdiff_t>(mark), stack.end());
  stack.resize(mark);
  return run;
}

// Ids as they stand in the message, looked at when the span is complete.
struct RawIds {
  std::string_view trace_id;
  std::string_view span_id;
  std::string_view parent_span_id;
};

// Sizes of the pools, to undo a refused span.
struct PoolMarks {
  size_t attributes;
  size_t array_items;
  size_t events;
  size_t links;
};

class Decoder {
 public:
  explicit Decoder(std::shared_ptr<const std::string> otlp) : otlp_(std::move(otlp)) {}

  Result<DecodedTraces> Run();

 private:
  void Reserve();
  void ReadResourceSpans(std::string_view message);
  void ReadResource(std::string_view message, model::Resource& resource,
                    std::vector<std::string_view>& entity_refs);
  void ReadScopeSpans(std::string_view message, uint32_t resource);
  void ReadScope(std::string_view message, model::Scope& scope);
  void ReadSpan(std::string_view message, uint32_t resource, uint32_t scope);
  void ReadSpanFields(std::string_view message, model::Span& span, RawIds& ids);
  void ReadStatus(std::string_view message, model::Span& span);
  void ReadEvent(std::string_view message);
  void ReadLink(std::string_view message);
  void ReadAttribute(std::string_view message);
  void ReadValue(std::string_view message, Value& value);
  void ReadArray(std::string_view message, Value& value);
  void ReadKvList(std::string_view message, Value& value);

  bool Accept(const RawIds& ids, model::Span& span);
  std::string_view Joined(const std::vector<std::string_view>& pieces);
  void CountElement(const char* at);
  bool failed() const { return error_.at != nullptr; }
  Status Failure() const;

  const std::shared_ptr<const std::string> otlp_;
  DecodedTraces out_;
  ProtoError error_;
  bool over_limit_ = false;
  uint32_t elements_ = 0;
  int value_depth_ = 0;

  std::vector<Attribute> attribute_stack_;
  std::vector<Value> item_stack_;
  std::vector<model::Event> event_stack_;
  std::vector<model::Link> link_stack_;

  // Where the reader is, for messages; -1 outside of such a part.
  int resource_spans_ = -1;
  int scope_spans_ = -1;
  int span_ = -1;
};

Result<DecodedTraces> Decoder::Run() {
  Reserve();
  for (ProtoReader reader(*otlp_, error_); reader.Next();) {
    if (reader.tag() == Tag(1, kBytes)) {
      ++resource_spans_;
      ReadResourceSpans(reader.Bytes());
    } else {
      reader.Skip();
    }
  }
  if (failed()) return Failure();
  out_.batch.owners.push_back(otlp_);
  return std::move(out_);
}

void Decoder::Reserve() {
  // Guesses from LLM traces: 236 bytes a span, ten attributes each. A wrong one costs a copy.
  const size_t spans = otlp_->size() / 200 + 1;
  out_.batch.spans.reserve(spans);
  out_.batch.attributes.reserve(spans * 8);
  attribute_stack_.reserve(64);
}

void Decoder::ReadResourceSpans(std::string_view message) {
  // The resource gets its place now and its content whenever it comes: protobuf lets it follow
  // the spans, or come in several pieces.
  SpanBatch& batch = out_.batch;
  const auto index = static_cast<uint32_t>(batch.resources.size());
  const size_t spans_before = batch.spans.size();
  batch.resources.emplace_back();
  model::Resource resource;
  std::vector<std::string_view> entity_refs;
  const size_t mark = attribute_stack_.size();
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        ReadResource(reader.Bytes(), resource, entity_refs);
        break;
      case Tag(2, kBytes):
        ++scope_spans_;
        ReadScopeSpans(reader.Bytes(), index);
        break;
      case Tag(3, kBytes):
        resource.schema_url = reader.Bytes();
        break;
      default:
        reader.Skip();
    }
  }
  if (failed()) return;
  scope_spans_ = -1;
  if (batch.spans.size() == spans_before) {
    batch.resources.pop_back();
    attribute_stack_.resize(mark);
    return;
  }
  resource.attributes = MoveToPool(attribute_stack_, mark, batch.attributes);
  resource.entity_refs = Joined(entity_refs);
  batch.resources[index] = resource;
}

void Decoder::ReadResource(std::string_view message, model::Resource& resource,
                           std::vector<std::string_view>& entity_refs) {
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        ReadAttribute(reader.Bytes());
        break;
      case Tag(2, kVarint):
        resource.dropped_attributes_count = static_cast<uint32_t>(reader.Varint());
        break;
      case Tag(3, kBytes): {
        const char* start = reader.field_start();
        reader.Bytes();
        entity_refs.emplace_back(start, static_cast<size_t>(reader.position() - start));
        break;
      }
      default:
        reader.Skip();
    }
  }
}

// The pieces one after the other: as they lie, when they lie so, else in memory that the batch
// owns.
std::string_view Decoder::Joined(const std::vector<std::string_view>& pieces) {
  if (pieces.empty()) return {};
  std::string_view run = pieces[0];
  for (size_t i = 1; i < pieces.size(); ++i) {
    if (run.data() + run.size() == pieces[i].data()) {
      run = {run.data(), run.size() + pieces[i].size()};
      continue;
    }
    auto text = std::make_shared<std::string>();
    for (const std::string_view piece : pieces) text->append(piece);
    out_.batch.owners.push_back(text);
    return *text;
  }
  return run;
}

void Decoder::ReadScopeSpans(std::string_view message, uint32_t resource) {
  SpanBatch& batch = out_.batch;
  const auto index = static_cast<uint32_t>(batch.scopes.size());
  const size_t spans_before = batch.spans.size();
  batch.scopes.emplace_back();
  model::Scope scope;
  const size_t mark = attribute_stack_.size();
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        ReadScope(reader.Bytes(), scope);
        break;
      case Tag(2, kBytes):
        ++span_;
        ReadSpan(reader.Bytes(), resource, index);
        break;
      case Tag(3, kBytes):
        scope.schema_url = reader.Bytes();
        break;
      default:
        reader.Skip();
    }
  }
  if (failed()) return;
  span_ = -1;
  if (batch.spans.size() == spans_before) {
    batch.scopes.pop_back();
    attribute_stack_.resize(mark);
    return;
  }
  scope.attributes = MoveToPool(attribute_stack_, mark, batch.attributes);
  batch.scopes[index] = scope;
}

void Decoder::ReadScope(std::string_view message, model::Scope& scope) {
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        scope.name = reader.Bytes();
        break;
      case Tag(2, kBytes):
        scope.version = reader.Bytes();
        break;
      case Tag(3, kBytes):
        ReadAttribute(reader.Bytes());
        break;
      case Tag(4, kVarint):
        scope.dropped_attributes_count = static_cast<uint32_t>(reader.Varint());
        break;
      default:
        reader.Skip();
    }
  }
}

void Decoder::ReadSpan(std::string_view message, uint32_t resource, uint32_t scope) {
  SpanBatch& batch = out_.batch;
  const PoolMarks before{batch.attributes.size(), batch.array_items.size(), batch.events.size(),
                         batch.links.size()};
  const size_t attributes = attribute_stack_.size();
  const size_t events = event_stack_.size();
  const size_t links = link_stack_.size();
  model::Span& span = batch.spans.emplace_back();
  RawIds ids;
  ReadSpanFields(message, span, ids);
  if (failed()) return;
  ++out_.counts.spans;
  if (!Accept(ids, span)) {
    batch.spans.pop_back();
    attribute_stack_.resize(attributes);
    event_stack_.resize(events);
    link_stack_.resize(links);
    batch.attributes.resize(before.attributes);
    batch.array_items.resize(before.array_items);
    batch.events.resize(before.events);
    batch.links.resize(before.links);
    return;
  }
  span.resource = resource;
  span.scope = scope;
  span.attributes = MoveToPool(attribute_stack_, attributes, batch.attributes);
  span.events = MoveToPool(event_stack_, events, batch.events);
  span.links = MoveToPool(link_stack_, links, batch.links);
}

void Decoder::ReadSpanFields(std::string_view message, model::Span& span, RawIds& ids) {
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        ids.trace_id = reader.Bytes();
        break;
      case Tag(2, kBytes):
        ids.span_id = reader.Bytes();
        break;
      case Tag(3, kBytes):
        span.trace_state = reader.Bytes();
        break;
      case Tag(4, kBytes):
        ids.parent_span_id = reader.Bytes();
        break;
      case Tag(5, kBytes):
        span.name = reader.Bytes();
        break;
      case Tag(6, kVarint):
        span.kind = static_cast<int32_t>(reader.Varint());
        break;
      case Tag(7, kFixed64):
        span.start = reader.Fixed64();
        break;
      case Tag(8, kFixed64):
        span.end = reader.Fixed64();
        break;
      case Tag(9, kBytes):
        ReadAttribute(reader.Bytes());
        break;
      case Tag(10, kVarint):
        span.dropped_attributes_count = static_cast<uint32_t>(reader.Varint());
        break;
      case Tag(11, kBytes):
        ReadEvent(reader.Bytes());
        break;
      case Tag(12, kVarint):
        span.dropped_events_count = static_cast<uint32_t>(reader.Varint());
        break;
      case Tag(13, kBytes):
        ReadLink(reader.Bytes());
        break;
      case Tag(14, kVarint):
        span.dropped_links_count = static_cast<uint32_t>(reader.Varint());
        break;
      case Tag(15, kBytes):
        ReadStatus(reader.Bytes(), span);
        break;
      case Tag(16, kFixed32):
        span.flags = reader.Fixed32();
        break;
      default:
        reader.Skip();
    }
  }
}

// Checks what makes a span storable and fills in its ids; counts why not.
bool Decoder::Accept(const RawIds& ids, model::Span& span) {
  SpanCounts& counts = out_.counts;
  span.trace_id =
      ids.trace_id.size() == 16 ? model::TraceId::FromBytes(ids.trace_id) : model::TraceId();
  if (span.trace_id.IsZero()) {
    ++counts.bad_trace_id;
    return false;
  }
  span.span_id = ids.span_id.size() == 8 ? model::SpanId::FromBytes(ids.span_id) : model::SpanId();
  if (span.span_id.IsZero()) {
    ++counts.bad_span_id;
    return false;
  }
  if (!ids.parent_span_id.empty()) {
    if (ids.parent_span_id.size() != 8) {
      ++counts.bad_parent_span_id;
      return false;
    }
    span.parent_span_id = model::SpanId::FromBytes(ids.parent_span_id);
  }
  if (span.start == 0) {
    ++counts.zero_start;
    return false;
  }
  if (span.end < span.start) {
    span.end = span.start;
    ++counts.end_before_start;
  }
  return true;
}

void Decoder::ReadStatus(std::string_view message, model::Span& span) {
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(2, kBytes):
        span.status_message = reader.Bytes();
        break;
      case Tag(3, kVarint):
        span.status_code = static_cast<int32_t>(reader.Varint());
        break;
      default:
        reader.Skip();
    }
  }
}

void Decoder::ReadEvent(std::string_view message) {
  model::Event event;
  const size_t mark = attribute_stack_.size();
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kFixed64):
        event.time = reader.Fixed64();
        break;
      case Tag(2, kBytes):
        event.name = reader.Bytes();
        break;
      case Tag(3, kBytes):
        ReadAttribute(reader.Bytes());
        break;
      case Tag(4, kVarint):
        event.dropped_attributes_count = static_cast<uint32_t>(reader.Varint());
        break;
      default:
        reader.Skip();
    }
  }
  event.attributes = MoveToPool(attribute_stack_, mark, out_.batch.attributes);
  event_stack_.push_back(event);
  CountElement(message.data());
}

void Decoder::ReadLink(std::string_view message) {
  model::Link link;
  const size_t mark = attribute_stack_.size();
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        link.trace_id = reader.Bytes();
        break;
      case Tag(2, kBytes):
        link.span_id = reader.Bytes();
        break;
      case Tag(3, kBytes):
        link.trace_state = reader.Bytes();
        break;
      case Tag(4, kBytes):
        ReadAttribute(reader.Bytes());
        break;
      case Tag(5, kVarint):
        link.dropped_attributes_count = static_cast<uint32_t>(reader.Varint());
        break;
      case Tag(6, kFixed32):
        link.flags = reader.Fixed32();
        break;
      default:
        reader.Skip();
    }
  }
  link.attributes = MoveToPool(attribute_stack_, mark, out_.batch.attributes);
  link_stack_.push_back(link);
  CountElement(message.data());
}

// Leaves the attribute on the stack.
void Decoder::ReadAttribute(std::string_view message) {
  Attribute attribute;
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        attribute.key = reader.Bytes();
        break;
      case Tag(2, kBytes):
        ReadValue(reader.Bytes(), attribute.value);
        break;
      default:
        reader.Skip();
    }
  }
  attribute_stack_.push_back(attribute);
  CountElement(message.data());
}

// The last member of the one-of wins; an array or list that comes again is continued.
void Decoder::ReadValue(std::string_view message, Value& value) {
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        value = Value::String(reader.Bytes());
        break;
      case Tag(2, kVarint):
        value = Value::Bool(reader.Varint() != 0);
        break;
      case Tag(3, kVarint):
        value = Value::Int(static_cast<int64_t>(reader.Varint()));
        break;
      case Tag(4, kFixed64):
        value = Value::Double(reader.Double());
        break;
      case Tag(5, kBytes):
        ReadArray(reader.Bytes(), value);
        break;
      case Tag(6, kBytes):
        ReadKvList(reader.Bytes(), value);
        break;
      case Tag(7, kBytes):
        value = Value::Bytes(reader.Bytes());
        break;
      default:
        reader.Skip();
    }
  }
}

void Decoder::ReadArray(std::string_view message, Value& value) {
  if (++value_depth_ > kMaxValueDepth) {
    if (!failed()) error_ = {message.data(), "is in a value nested deeper than 64 levels", 5};
    return;
  }
  std::vector<Value>& pool = out_.batch.array_items;
  const size_t mark = item_stack_.size();
  if (value.type() == Value::Type::kArray) {
    const auto items = out_.batch.Items(value);
    item_stack_.insert(item_stack_.end(), items.begin(), items.end());
    elements_ += static_cast<uint32_t>(items.size());
  }
  for (ProtoReader reader(message, error_); reader.Next();) {
    if (reader.tag() == Tag(1, kBytes)) {
      const std::string_view bytes = reader.Bytes();
      Value item;
      ReadValue(bytes, item);
      item_stack_.push_back(item);
      CountElement(reader.field_start());
    } else {
      reader.Skip();
    }
  }
  value = Value::Array(MoveToPool(item_stack_, mark, pool));
  --value_depth_;
}

void Decoder::ReadKvList(std::string_view message, Value& value) {
  if (++value_depth_ > kMaxValueDepth) {
    if (!failed()) error_ = {message.data(), "is in a value nested deeper than 64 levels", 6};
    return;
  }
  std::vector<Attribute>& pool = out_.batch.attributes;
  const size_t mark = attribute_stack_.size();
  if (value.type() == Value::Type::kKvList) {
    const auto entries = out_.batch.Attributes(value.range());
    attribute_stack_.insert(attribute_stack_.end(), entries.begin(), entries.end());
    elements_ += static_cast<uint32_t>(entries.size());
  }
  for (ProtoReader reader(message, error_); reader.Next();) {
    if (reader.tag() == Tag(1, kBytes)) {
      ReadAttribute(reader.Bytes());
    } else {
      reader.Skip();
    }
  }
  value = Value::KvList(MoveToPool(attribute_stack_, mark, pool));
  --value_depth_;
}

void Decoder::CountElement(const char* at) {
  if (++elements_ <= kMaxElements || failed()) return;
  over_limit_ = true;
  error_ = {at, "is past the limit of attributes, values, events and links in one request", 0};
}

Status Decoder::Failure() const {
  std::string where;
  const auto add = [&where](const char* name, int index) {
    if (index < 0) return;
    if (!where.empty()) where += '.';
    where += name + ("[" + std::to_string(index) + "]");
  };
  add("resource_spans", resource_spans_);
  add("scope_spans", scope_spans_);
  add("spans", span_);
  if (!where.empty()) where += ": ";
  where += DescribeProtoError(error_, otlp_->data());
  return over_limit_ ? ResourceExhausted(std::move(where)) : InvalidArgument(std::move(where));
}

}  // namespace

Result<DecodedTraces> DecodeOtlpTraces(std::shared_ptr<const std::string> otlp) {
  return Decoder(std::move(otlp)).Run();
}

std::string DescribeRefusals(const SpanCounts& counts) {
  if (counts.refused() == 0) return {};
  const std::array<std::pair<uint64_t, const char*>, 4> reasons = {{
      {counts.bad_trace_id, " with a trace_id that is zero or not 16 bytes"},
      {counts.bad_span_id, " with a span_id that is zero or not 8 bytes"},
      {counts.bad_parent_span_id, " with a parent_span_id that is neither empty nor 8 bytes"},
      {counts.zero_start, " with start_time_unix_nano 0"},
  }};
  std::string text = std::to_string(counts.refused()) + " of " + std::to_string(counts.spans) +
                     (counts.spans == 1 ? " span refused" : " spans refused");
  const char* separator = ": ";
  for (const auto& [count, reason] : reasons) {
    if (count == 0) continue;
    text += separator + std::to_string(count) + reason;
    separator = ", ";
  }
  return text;
}

}  // namespace orrery::wire
