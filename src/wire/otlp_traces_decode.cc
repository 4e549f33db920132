// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_traces_decode.h"

#include <limits>
#include <utility>
#include <vector>

#include "base/utf8.h"
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

// A list that is being read: its elements are those of a stack from `mark` on.
struct OpenList {
  size_t mark = 0;
  uint64_t dropped = 0;
};

struct OpenSpanLists {
  OpenList attributes;
  OpenList events;
  OpenList links;
};

void AddDropped(const OpenList& list, uint32_t& count) {
  const uint64_t sum = count + list.dropped;
  count = static_cast<uint32_t>(std::min<uint64_t>(sum, std::numeric_limits<uint32_t>::max()));
}

// At most `most` bytes, without half a character at the end.
std::string_view CutBetweenCharacters(std::string_view text, size_t most) {
  constexpr size_t kLongestCharacter = 4;
  const std::string_view cut = text.substr(0, most);
  for (size_t back = 1; back <= std::min(cut.size(), kLongestCharacter); ++back) {
    const size_t start = cut.size() - back;
    if ((static_cast<uint8_t>(cut[start]) & 0xC0) == 0x80) continue;
    return Utf8SequenceLength(text.substr(start)) > back ? cut.substr(0, start) : cut;
  }
  return cut;
}

class Decoder {
 public:
  Decoder(std::shared_ptr<const std::string> otlp, const OtlpLimits& limits)
      : otlp_(std::move(otlp)),
        limits_(limits),
        growth_left_(limits.bounds_growth ? otlp_->size() * kMaxGrowth + kFreeGrowthBytes
                                          : std::numeric_limits<size_t>::max()) {}

  Result<DecodedTraces> Run();

 private:
  void Reserve();
  void ReadResourceSpans(std::string_view message);
  void ReadResource(std::string_view message, model::Resource& resource,
                    std::vector<std::string_view>& entity_refs, OpenList& attributes);
  void ReadScopeSpans(std::string_view message, uint32_t resource);
  void ReadScope(std::string_view message, model::Scope& scope, OpenList& attributes);
  void ReadSpan(std::string_view message, uint32_t resource, uint32_t scope);
  void ReadSpanFields(std::string_view message, model::Span& span, RawIds& ids,
                      OpenSpanLists& lists);
  void ReadStatus(std::string_view message, model::Span& span);
  void ReadEvent(std::string_view message, OpenList& list);
  void ReadLink(std::string_view message, OpenList& list);
  void ReadAttribute(std::string_view message, OpenList& list);
  void ReadEntry(std::string_view message);
  Attribute ReadKeyAndValue(std::string_view message);
  void ReadValue(std::string_view message, Value& value);
  void ReadArray(std::string_view message, Value& value);
  void ReadKvList(std::string_view message, Value& value);

  bool Accept(const RawIds& ids, model::Span& span);
  std::string_view Joined(const std::vector<std::string_view>& pieces);
  bool IsFull(OpenList& list, size_t size, uint64_t limit, uint64_t& trimmed);
  std::string_view Text(std::string_view text);
  std::string_view RawBytes(std::string_view bytes);
  // Notes that something of so many bytes was made for the message at `at`.
  void CountGrowth(const char* at, size_t bytes);
  bool failed() const { return error_.at != nullptr; }
  Status Failure() const;

  const std::shared_ptr<const std::string> otlp_;
  const OtlpLimits limits_;
  DecodedTraces out_;
  ProtoError error_;
  size_t growth_left_;
  bool over_limit_ = false;
  int value_depth_ = 0;
  bool is_too_deep_ = false;  // The value that is being read.

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
  OpenList attributes{attribute_stack_.size()};
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        ReadResource(reader.Bytes(), resource, entity_refs, attributes);
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
    attribute_stack_.resize(attributes.mark);
    return;
  }
  resource.attributes = MoveToPool(attribute_stack_, attributes.mark, batch.attributes);
  AddDropped(attributes, resource.dropped_attributes_count);
  resource.entity_refs = Joined(entity_refs);
  batch.resources[index] = resource;
}

void Decoder::ReadResource(std::string_view message, model::Resource& resource,
                           std::vector<std::string_view>& entity_refs, OpenList& attributes) {
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        ReadAttribute(reader.Bytes(), attributes);
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
  OpenList attributes{attribute_stack_.size()};
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        ReadScope(reader.Bytes(), scope, attributes);
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
    attribute_stack_.resize(attributes.mark);
    return;
  }
  scope.attributes = MoveToPool(attribute_stack_, attributes.mark, batch.attributes);
  AddDropped(attributes, scope.dropped_attributes_count);
  batch.scopes[index] = scope;
}

void Decoder::ReadScope(std::string_view message, model::Scope& scope, OpenList& attributes) {
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        scope.name = reader.Bytes();
        break;
      case Tag(2, kBytes):
        scope.version = reader.Bytes();
        break;
      case Tag(3, kBytes):
        ReadAttribute(reader.Bytes(), attributes);
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
  const TrimCounts trimmed_before = out_.trimmed;
  OpenSpanLists lists{{attribute_stack_.size()}, {event_stack_.size()}, {link_stack_.size()}};
  model::Span& span = batch.spans.emplace_back();
  RawIds ids;
  ReadSpanFields(message, span, ids, lists);
  if (failed()) return;
  ++out_.counts.spans;
  if (!Accept(ids, span)) {
    batch.spans.pop_back();
    attribute_stack_.resize(lists.attributes.mark);
    event_stack_.resize(lists.events.mark);
    link_stack_.resize(lists.links.mark);
    batch.attributes.resize(before.attributes);
    batch.array_items.resize(before.array_items);
    batch.events.resize(before.events);
    batch.links.resize(before.links);
    out_.trimmed = trimmed_before;
    return;
  }
  CountGrowth(message.data(), sizeof(span));
  span.resource = resource;
  span.scope = scope;
  span.attributes = MoveToPool(attribute_stack_, lists.attributes.mark, batch.attributes);
  span.events = MoveToPool(event_stack_, lists.events.mark, batch.events);
  span.links = MoveToPool(link_stack_, lists.links.mark, batch.links);
  AddDropped(lists.attributes, span.dropped_attributes_count);
  AddDropped(lists.events, span.dropped_events_count);
  AddDropped(lists.links, span.dropped_links_count);
}

void Decoder::ReadSpanFields(std::string_view message, model::Span& span, RawIds& ids,
                             OpenSpanLists& lists) {
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
        ReadAttribute(reader.Bytes(), lists.attributes);
        break;
      case Tag(10, kVarint):
        span.dropped_attributes_count = static_cast<uint32_t>(reader.Varint());
        break;
      case Tag(11, kBytes):
        ReadEvent(reader.Bytes(), lists.events);
        break;
      case Tag(12, kVarint):
        span.dropped_events_count = static_cast<uint32_t>(reader.Varint());
        break;
      case Tag(13, kBytes):
        ReadLink(reader.Bytes(), lists.links);
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

void Decoder::ReadEvent(std::string_view message, OpenList& list) {
  if (IsFull(list, event_stack_.size(), limits_.events, out_.trimmed.events)) return;
  model::Event event;
  OpenList attributes{attribute_stack_.size()};
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kFixed64):
        event.time = reader.Fixed64();
        break;
      case Tag(2, kBytes):
        event.name = reader.Bytes();
        break;
      case Tag(3, kBytes):
        ReadAttribute(reader.Bytes(), attributes);
        break;
      case Tag(4, kVarint):
        event.dropped_attributes_count = static_cast<uint32_t>(reader.Varint());
        break;
      default:
        reader.Skip();
    }
  }
  event.attributes = MoveToPool(attribute_stack_, attributes.mark, out_.batch.attributes);
  AddDropped(attributes, event.dropped_attributes_count);
  event_stack_.push_back(event);
  CountGrowth(message.data(), sizeof(event));
}

void Decoder::ReadLink(std::string_view message, OpenList& list) {
  if (IsFull(list, link_stack_.size(), limits_.links, out_.trimmed.links)) return;
  model::Link link;
  OpenList attributes{attribute_stack_.size()};
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
        ReadAttribute(reader.Bytes(), attributes);
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
  link.attributes = MoveToPool(attribute_stack_, attributes.mark, out_.batch.attributes);
  AddDropped(attributes, link.dropped_attributes_count);
  link_stack_.push_back(link);
  CountGrowth(message.data(), sizeof(link));
}

// Whether a list of a stack that is now `size` long has no place for one more, which then counts.
bool Decoder::IsFull(OpenList& list, size_t size, uint64_t limit, uint64_t& trimmed) {
  if (size - list.mark < limit) [[likely]] {
    return false;
  }
  ++list.dropped;
  ++trimmed;
  return true;
}

// Leaves the attribute on the stack, unless a limit forbids it.
void Decoder::ReadAttribute(std::string_view message, OpenList& list) {
  if (IsFull(list, attribute_stack_.size(), limits_.attributes, out_.trimmed.attributes)) return;
  const size_t attributes_before = out_.batch.attributes.size();
  const size_t items_before = out_.batch.array_items.size();
  const uint64_t long_values_before = out_.trimmed.long_values;
  is_too_deep_ = false;
  const Attribute attribute = ReadKeyAndValue(message);
  const bool is_long_key = attribute.key.size() > limits_.key_bytes;
  if (!is_too_deep_ && !is_long_key) [[likely]] {
    attribute_stack_.push_back(attribute);
    CountGrowth(message.data(), sizeof(attribute));
    return;
  }
  ++list.dropped;
  ++(is_too_deep_ ? out_.trimmed.deep_values : out_.trimmed.long_keys);
  out_.trimmed.long_values = long_values_before;
  out_.batch.attributes.resize(attributes_before);
  out_.batch.array_items.resize(items_before);
}

// An entry of a list of keys within a value.
void Decoder::ReadEntry(std::string_view message) {
  attribute_stack_.push_back(ReadKeyAndValue(message));
  CountGrowth(message.data(), sizeof(Attribute));
}

Attribute Decoder::ReadKeyAndValue(std::string_view message) {
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
  return attribute;
}

std::string_view Decoder::Text(std::string_view text) {
  if (text.size() <= limits_.value_bytes) [[likely]] {
    return text;
  }
  ++out_.trimmed.long_values;
  return CutBetweenCharacters(text, limits_.value_bytes);
}

std::string_view Decoder::RawBytes(std::string_view bytes) {
  if (bytes.size() <= limits_.value_bytes) return bytes;
  ++out_.trimmed.long_values;
  return bytes.substr(0, limits_.value_bytes);
}

// The last member of the one-of wins; an array or list that comes again is continued.
void Decoder::ReadValue(std::string_view message, Value& value) {
  for (ProtoReader reader(message, error_); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, kBytes):
        value = Value::String(Text(reader.Bytes()));
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
        value = Value::Bytes(RawBytes(reader.Bytes()));
        break;
      default:
        reader.Skip();
    }
  }
}

void Decoder::ReadArray(std::string_view message, Value& value) {
  if (value_depth_ == kMaxValueDepth) {
    is_too_deep_ = true;
    return;
  }
  ++value_depth_;
  std::vector<Value>& pool = out_.batch.array_items;
  const size_t mark = item_stack_.size();
  if (value.type() == Value::Type::kArray) {
    const auto items = out_.batch.Items(value);
    item_stack_.insert(item_stack_.end(), items.begin(), items.end());
    CountGrowth(message.data(), items.size_bytes());
  }
  for (ProtoReader reader(message, error_); reader.Next();) {
    if (reader.tag() == Tag(1, kBytes)) {
      const std::string_view bytes = reader.Bytes();
      Value item;
      ReadValue(bytes, item);
      item_stack_.push_back(item);
      CountGrowth(reader.field_start(), sizeof(item));
    } else {
      reader.Skip();
    }
  }
  value = Value::Array(MoveToPool(item_stack_, mark, pool));
  --value_depth_;
}

void Decoder::ReadKvList(std::string_view message, Value& value) {
  if (value_depth_ == kMaxValueDepth) {
    is_too_deep_ = true;
    return;
  }
  ++value_depth_;
  std::vector<Attribute>& pool = out_.batch.attributes;
  const size_t mark = attribute_stack_.size();
  if (value.type() == Value::Type::kKvList) {
    const auto entries = out_.batch.Attributes(value.range());
    attribute_stack_.insert(attribute_stack_.end(), entries.begin(), entries.end());
    CountGrowth(message.data(), entries.size_bytes());
  }
  for (ProtoReader reader(message, error_); reader.Next();) {
    if (reader.tag() == Tag(1, kBytes)) {
      ReadEntry(reader.Bytes());
    } else {
      reader.Skip();
    }
  }
  value = Value::KvList(MoveToPool(attribute_stack_, mark, pool));
  --value_depth_;
}

void Decoder::CountGrowth(const char* at, size_t bytes) {
  if (bytes <= growth_left_) [[likely]] {
    growth_left_ -= bytes;
    return;
  }
  growth_left_ = 0;
  if (failed()) return;
  over_limit_ = true;
  error_ = {at, "needs more memory than a request of this size may take", 0};
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

Result<DecodedTraces> DecodeOtlpTraces(std::shared_ptr<const std::string> otlp,
                                       const OtlpLimits& limits) {
  return Decoder(std::move(otlp), limits).Run();
}

}  // namespace orrery::wire
