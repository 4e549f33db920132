// SPDX-License-Identifier: Apache-2.0
#include "traceql/testing/corpus_batch.h"

#include <deque>

#include "base/check.h"
#include "model/span_batch.h"
#include "wire/otlp_traces_encode.h"

namespace orrery::traceql {
namespace {

using contracts::AttributeScope;

class BatchBuilder {
 public:
  void Add(const CorpusTrace& trace, size_t index) {
    const CorpusSpan& from = trace.spans[index];
    model::Span span;
    span.trace_id = model::TraceId::FromBytes(Bytes(CorpusTraceId(trace.label)));
    span.span_id = IdOf(trace, static_cast<int>(index));
    const int parent = from.same_id_as < 0
                           ? from.parent
                           : trace.spans[static_cast<size_t>(from.same_id_as)].parent;
    if (parent >= 0) span.parent_span_id = IdOf(trace, parent);
    if (from.parent_missing) span.parent_span_id = IdOf(trace, 0xFFFF);
    span.start = trace.clock + static_cast<UnixNanos>(from.offset_nanos);
    span.end = span.start + static_cast<UnixNanos>(from.duration_nanos);
    span.name = from.name;
    span.kind = static_cast<int32_t>(from.kind);
    span.status_code = static_cast<int32_t>(from.status);
    span.status_message = from.message;
    span.resource = static_cast<uint32_t>(batch_.resources.size());
    span.scope = static_cast<uint32_t>(batch_.scopes.size());
    AddResource(from);
    AddScope(from);
    span.attributes = AddAttributes(from.attributes, AttributeScope::kSpan, {});
    AddEvents(from, span);
    AddLinks(from, span);
    batch_.spans.push_back(span);
  }

  const model::SpanBatch& batch() const { return batch_; }

 private:
  std::string_view Bytes(const std::string& hex) {
    auto bytes = model::HexToBytes(hex);
    ORRERY_CHECK(bytes.has_value());
    return texts_.emplace_back(*std::move(bytes));
  }
  model::SpanId IdOf(const CorpusTrace& trace, int index) {
    const auto place = static_cast<size_t>(index);
    if (place < trace.spans.size() && trace.spans[place].same_id_as >= 0) {
      index = trace.spans[place].same_id_as;
    }
    return model::SpanId::FromBytes(Bytes(CorpusSpanId(trace.label, index + 1)));
  }

  static model::Value ToModel(const Constant& constant) {
    switch (constant.type) {
      case Type::kBool:
        return model::Value::Bool(constant.number != 0);
      case Type::kFloat:
        return model::Value::Double(constant.real);
      case Type::kString:
        return model::Value::String(constant.text);
      case Type::kNil:
        return {};
      default:
        return model::Value::Int(constant.number);
    }
  }

  model::Value ToModel(const CorpusAttribute& attribute) {
    if (!attribute.is_array) return ToModel(attribute.values[0]);
    const auto begin = static_cast<uint32_t>(batch_.array_items.size());
    for (const Constant& value : attribute.values) batch_.array_items.push_back(ToModel(value));
    return model::Value::Array({begin, static_cast<uint32_t>(attribute.values.size())});
  }

  model::IndexRange AddAttributes(const std::vector<CorpusAttribute>& attributes,
                                  AttributeScope scope, std::string_view service) {
    const auto begin = static_cast<uint32_t>(batch_.attributes.size());
    if (!service.empty() && service != "-") {
      batch_.attributes.push_back({"service.name", model::Value::String(service)});
    }
    for (const CorpusAttribute& attribute : attributes) {
      if (attribute.scope != scope) continue;
      batch_.attributes.push_back({attribute.name, ToModel(attribute)});
    }
    return {begin, static_cast<uint32_t>(batch_.attributes.size()) - begin};
  }

  void AddResource(const CorpusSpan& from) {
    model::Resource resource;
    resource.attributes = AddAttributes(from.attributes, AttributeScope::kResource, from.service);
    batch_.resources.push_back(resource);
  }

  void AddScope(const CorpusSpan& from) {
    model::Scope scope;
    scope.name = from.scope_name;
    scope.version = from.scope_version;
    scope.attributes = AddAttributes(from.attributes, AttributeScope::kInstrumentation, {});
    batch_.scopes.push_back(scope);
  }

  void AddEvents(const CorpusSpan& from, model::Span& span) {
    span.events = {static_cast<uint32_t>(batch_.events.size()),
                   static_cast<uint32_t>(from.events.size())};
    for (const CorpusEvent& each : from.events) {
      model::Event event;
      event.time = span.start + static_cast<UnixNanos>(each.offset_nanos);
      event.name = each.name;
      event.attributes = AddAttributes(each.attributes, AttributeScope::kEvent, {});
      batch_.events.push_back(event);
    }
  }

  void AddLinks(const CorpusSpan& from, model::Span& span) {
    span.links = {static_cast<uint32_t>(batch_.links.size()),
                  static_cast<uint32_t>(from.links.size())};
    for (const CorpusLink& each : from.links) {
      model::Link link;
      link.trace_id = Bytes(CorpusTraceId(each.trace));
      link.span_id = Bytes(CorpusSpanId(each.trace, each.span));
      link.attributes = AddAttributes(each.attributes, AttributeScope::kLink, {});
      batch_.links.push_back(link);
    }
  }

  std::deque<std::string> texts_;
  model::SpanBatch batch_;
};

}  // namespace

std::string EncodeCorpus(const std::vector<CorpusSpanRef>& spans) {
  BatchBuilder builder;
  for (const auto& [trace, index] : spans) builder.Add(*trace, index);
  return wire::EncodeOtlpTraces(builder.batch());
}

}  // namespace orrery::traceql
