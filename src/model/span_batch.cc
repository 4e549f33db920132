// SPDX-License-Identifier: Apache-2.0
#include "model/span_batch.h"

#include <bit>

namespace orrery::model {
namespace {

bool SameAttributes(const SpanBatch& a, IndexRange list_a, const SpanBatch& b, IndexRange list_b);

bool SameValue(const SpanBatch& a, const Value& x, const SpanBatch& b, const Value& y) {
  if (x.type() != y.type()) return false;
  switch (x.type()) {
    case Value::Type::kEmpty:
      return true;
    case Value::Type::kString:
    case Value::Type::kBytes:
      return x.text() == y.text();
    case Value::Type::kBool:
      return x.bool_value() == y.bool_value();
    case Value::Type::kInt:
      return x.int_value() == y.int_value();
    case Value::Type::kDouble:  // By bits, so that a NaN equals itself.
      return std::bit_cast<uint64_t>(x.double_value()) == std::bit_cast<uint64_t>(y.double_value());
    case Value::Type::kArray: {
      const auto items_a = a.Items(x);
      const auto items_b = b.Items(y);
      if (items_a.size() != items_b.size()) return false;
      for (size_t i = 0; i < items_a.size(); ++i) {
        if (!SameValue(a, items_a[i], b, items_b[i])) return false;
      }
      return true;
    }
    case Value::Type::kKvList:
      return SameAttributes(a, x.range(), b, y.range());
  }
  return false;
}

bool SameAttributes(const SpanBatch& a, IndexRange list_a, const SpanBatch& b, IndexRange list_b) {
  const auto left = a.Attributes(list_a);
  const auto right = b.Attributes(list_b);
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i].key != right[i].key) return false;
    if (!SameValue(a, left[i].value, b, right[i].value)) return false;
  }
  return true;
}

bool SameResource(const SpanBatch& a, const Resource& x, const SpanBatch& b, const Resource& y) {
  return x.dropped_attributes_count == y.dropped_attributes_count && x.schema_url == y.schema_url &&
         x.entity_refs == y.entity_refs && SameAttributes(a, x.attributes, b, y.attributes);
}

bool SameScope(const SpanBatch& a, const Scope& x, const SpanBatch& b, const Scope& y) {
  return x.name == y.name && x.version == y.version &&
         x.dropped_attributes_count == y.dropped_attributes_count && x.schema_url == y.schema_url &&
         SameAttributes(a, x.attributes, b, y.attributes);
}

bool SameEvents(const SpanBatch& a, const Span& x, const SpanBatch& b, const Span& y) {
  const auto left = a.Events(x);
  const auto right = b.Events(y);
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i].time != right[i].time || left[i].name != right[i].name ||
        left[i].dropped_attributes_count != right[i].dropped_attributes_count ||
        !SameAttributes(a, left[i].attributes, b, right[i].attributes)) {
      return false;
    }
  }
  return true;
}

bool SameLinks(const SpanBatch& a, const Span& x, const SpanBatch& b, const Span& y) {
  const auto left = a.Links(x);
  const auto right = b.Links(y);
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    const Link& p = left[i];
    const Link& q = right[i];
    if (p.trace_id != q.trace_id || p.span_id != q.span_id || p.trace_state != q.trace_state ||
        p.flags != q.flags || p.dropped_attributes_count != q.dropped_attributes_count ||
        !SameAttributes(a, p.attributes, b, q.attributes)) {
      return false;
    }
  }
  return true;
}

}  // namespace

const Value* SpanBatch::Find(IndexRange list, std::string_view key) const {
  for (const Attribute& attribute : Attributes(list)) {
    if (attribute.key == key) return &attribute.value;
  }
  return nullptr;
}

std::string_view SpanBatch::ServiceName(const Span& span) const {
  const Value* name = Find(ResourceOf(span).attributes, "service.name");
  return name != nullptr && name->type() == Value::Type::kString ? name->text()
                                                                 : std::string_view();
}

bool SameSpan(const SpanBatch& a, size_t i, const SpanBatch& b, size_t j) {
  const Span& x = a.spans[i];
  const Span& y = b.spans[j];
  return x.trace_id == y.trace_id && x.span_id == y.span_id &&
         x.parent_span_id == y.parent_span_id && x.start == y.start && x.end == y.end &&
         x.name == y.name && x.trace_state == y.trace_state &&
         x.status_message == y.status_message && x.kind == y.kind &&
         x.status_code == y.status_code && x.flags == y.flags &&
         x.dropped_attributes_count == y.dropped_attributes_count &&
         x.dropped_events_count == y.dropped_events_count &&
         x.dropped_links_count == y.dropped_links_count &&
         SameAttributes(a, x.attributes, b, y.attributes) && SameEvents(a, x, b, y) &&
         SameLinks(a, x, b, y) && SameResource(a, a.ResourceOf(x), b, b.ResourceOf(y)) &&
         SameScope(a, a.ScopeOf(x), b, b.ScopeOf(y));
}

bool SameSpans(const SpanBatch& a, const SpanBatch& b) {
  if (a.spans.size() != b.spans.size()) return false;
  for (size_t i = 0; i < a.spans.size(); ++i) {
    if (!SameSpan(a, i, b, i)) return false;
  }
  return true;
}

}  // namespace orrery::model
