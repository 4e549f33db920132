// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/trace_diff.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "wire/base64.h"
#include "wire/json_writer.h"

namespace orrery::api {
namespace {

using model::Span;
using model::SpanBatch;
using model::Value;
using wire::JsonWriter;

constexpr double kDurationShare = 0.25;
constexpr double kDurationNanos = 1e6;
constexpr double kSizeShare = 0.05;

// Attributes of which a small difference is noise: sizes, and counts of tokens.
constexpr std::array<std::string_view, 23> kMagnitudes = {
    "app.jank.period",
    "file.size",
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.completion_tokens",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.reasoning.output_tokens",
    "http.request.body.size",
    "http.request.size",
    "http.request_content_length",
    "http.request_content_length_uncompressed",
    "http.response.body.size",
    "http.response.size",
    "http.response_content_length",
    "http.response_content_length_uncompressed",
    "message.compressed_size",
    "message.uncompressed_size",
    "messaging.message.body.size",
    "messaging.message.envelope.size",
    "rpc.message.compressed_size",
};

// Service, name and kind.
using Identity = std::tuple<std::string_view, std::string_view, std::string_view>;

// A span in its place.
struct Placed {
  const Span* span;
  std::vector<size_t> path;
  Identity identity;
  std::optional<Identity> parent;
};

std::string_view KindText(int32_t kind) {
  constexpr std::array<std::string_view, 6> kNames = {"unspecified", "internal", "server",
                                                      "client",      "producer", "consumer"};
  return kind > 0 && kind < 6 ? kNames[static_cast<size_t>(kind)] : kNames[0];
}

std::string_view StatusText(int32_t status) {
  return status == model::kStatusError ? "error" : status == model::kStatusOk ? "ok" : "unset";
}

bool HasDuration(const Span& span) { return span.start > 0 && span.end >= span.start; }

// The spans of a trace in the order of its tree, a parent before its children.
class Places {
 public:
  explicit Places(const SpanBatch& trace) : trace_(trace) {
    for (const Span& span : trace.spans) known_.emplace(IdOf(span.span_id), &span);
    for (const Span& span : trace.spans) {
      const bool is_root =
          span.parent_span_id == model::SpanId() || !known_.contains(IdOf(span.parent_span_id));
      children_[is_root ? std::string() : IdOf(span.parent_span_id)].push_back(&span);
    }
    for (auto& [parent, spans] : children_) std::sort(spans.begin(), spans.end(), IsBefore);
    size_t roots = Place(children_[""], {}, std::nullopt, 0);
    // What is left is in circles of parents.
    std::vector<const Span*> rest;
    for (const Span& span : trace.spans) rest.push_back(&span);
    std::sort(rest.begin(), rest.end(), IsBefore);
    Place(rest, {}, std::nullopt, roots);
  }

  const std::vector<Placed>& all() const { return all_; }
  size_t dropped() const { return trace_.spans.size() - all_.size(); }
  const SpanBatch& trace() const { return trace_; }

 private:
  static std::string IdOf(const model::SpanId& id) { return ToHex(id); }
  static bool IsBefore(const Span* a, const Span* b) {
    return std::pair(a->start, IdOf(a->span_id)) < std::pair(b->start, IdOf(b->span_id));
  }

  Identity IdentityOf(const Span& span) const {
    const Value* own = trace_.Find(span.attributes, "service.name");
    const bool has_own =
        own != nullptr && own->type() == Value::Type::kString && !own->text().empty();
    return {has_own ? own->text() : trace_.ServiceName(span), span.name, KindText(span.kind)};
  }

  // Depth first, without recursion: a trace may be as deep as it has spans. Returns the number
  // behind the last of `spans`.
  size_t Place(const std::vector<const Span*>& spans, const std::vector<size_t>& path,
               const std::optional<Identity>& parent, size_t first) {
    struct Open {
      const std::vector<const Span*>* spans;
      size_t next;    // In `spans`.
      size_t number;  // Of the next among its siblings.
      std::vector<size_t> path;
      std::optional<Identity> parent;
    };
    static const std::vector<const Span*> kNone;
    std::vector<Open> open;
    open.push_back({&spans, 0, first, path, parent});
    size_t behind = first;
    while (!open.empty()) {
      Open& top = open.back();
      if (top.next == top.spans->size()) {
        if (open.size() == 1) behind = top.number;
        open.pop_back();
        continue;
      }
      const Span* span = (*top.spans)[top.next++];
      const std::string id = IdOf(span->span_id);
      if (!visited_.emplace(id, true).second) continue;
      Placed placed{span, top.path, IdentityOf(*span), top.parent};
      placed.path.push_back(top.number++);
      const auto below = children_.find(id);
      open.push_back(
          {below == children_.end() ? &kNone : &below->second, 0, 0, placed.path, placed.identity});
      all_.push_back(std::move(placed));
    }
    return behind;
  }

  const SpanBatch& trace_;
  std::unordered_map<std::string, const Span*> known_;
  std::unordered_map<std::string, std::vector<const Span*>> children_;
  std::unordered_map<std::string, bool> visited_;
  std::vector<Placed> all_;
};

// Values ---------------------------------------------------------------------------------------

std::vector<const model::Attribute*> ByKey(const SpanBatch& batch, model::IndexRange list) {
  std::map<std::string_view, const model::Attribute*> last;
  for (const model::Attribute& attribute : batch.Attributes(list)) last[attribute.key] = &attribute;
  std::vector<const model::Attribute*> sorted;
  for (const auto& [key, attribute] : last) sorted.push_back(attribute);
  return sorted;
}

void WriteValue(JsonWriter& json, const SpanBatch& batch, const Value& value) {
  switch (value.type()) {
    case Value::Type::kEmpty:
      return json.Raw("null");
    case Value::Type::kString:
      return json.String(value.text());
    case Value::Type::kBool:
      return json.Bool(value.bool_value());
    case Value::Type::kInt:
      return json.Number(value.int_value());
    case Value::Type::kDouble:
      if (!std::isfinite(value.double_value())) return json.Raw("null");
      return json.Number(value.double_value());
    case Value::Type::kBytes:
      return json.String(wire::Base64Encode(value.bytes()));
    case Value::Type::kArray:
      json.BeginArray();
      for (const Value& item : batch.Items(value)) WriteValue(json, batch, item);
      return json.EndArray();
    case Value::Type::kKvList:
      json.BeginObject();
      for (const model::Attribute* attribute : ByKey(batch, value.range())) {
        json.Key(attribute->key);
        WriteValue(json, batch, attribute->value);
      }
      return json.EndObject();
  }
}

bool IsSame(const SpanBatch& a, const Value& x, const SpanBatch& b, const Value& y) {
  if (x.type() != y.type()) return false;
  if (x.type() == Value::Type::kDouble) return x.double_value() == y.double_value();
  std::string left;
  std::string right;
  JsonWriter left_json(left);
  JsonWriter right_json(right);
  WriteValue(left_json, a, x);
  WriteValue(right_json, b, y);
  return left == right;
}

std::optional<double> NumberOf(const Value& value) {
  if (value.type() == Value::Type::kInt) return static_cast<double>(value.int_value());
  if (value.type() == Value::Type::kDouble) return value.double_value();
  return std::nullopt;
}

bool IsClose(double a, double b, double share, double least) {
  return std::abs(a - b) <= least + share * std::max(std::abs(a), std::abs(b));
}

// The document ---------------------------------------------------------------------------------

struct Counts {
  size_t fields = 0;
  size_t attributes = 0;
};

// Writes the changes of one pair of spans; nothing when there are none.
class Changes {
 public:
  Changes(const SpanBatch& base, const SpanBatch& compare, Counts& counts)
      : base_(base), compare_(compare), counts_(counts) {}

  // The members of a JSON array, empty when the spans are the same.
  std::string Of(const Span& before, const Span& after) {
    std::string text;
    JsonWriter json(text);
    json.BeginArray();
    const bool both = HasDuration(before) && HasDuration(after);
    if (both ? !IsClose(static_cast<double>(before.duration_nanos()),
                        static_cast<double>(after.duration_nanos()), kDurationShare, kDurationNanos)
             : HasDuration(before) != HasDuration(after)) {
      ++counts_.fields;
      Write(
          json, "modify", "field", "duration_nanos", [&] { WriteDuration(json, before); },
          [&] { WriteDuration(json, after); });
    }
    if (StatusText(before.status_code) != StatusText(after.status_code)) {
      ++counts_.fields;
      Write(
          json, "modify", "field", "status", [&] { json.String(StatusText(before.status_code)); },
          [&] { json.String(StatusText(after.status_code)); });
    }
    AddAttributes(json, before, after);
    json.EndArray();
    return text == "[]" ? std::string() : text;
  }

 private:
  using Part = std::function<void()>;

  static void WriteDuration(JsonWriter& json, const Span& span) {
    if (HasDuration(span)) return json.Number(span.duration_nanos());
    json.Raw("null");
  }

  static void Write(JsonWriter& json, std::string_view op, std::string_view type,
                    std::string_view name, const Part& before, const Part& after) {
    json.BeginObject();
    json.Key("op");
    json.String(op);
    json.Key("target");
    json.BeginObject();
    json.Key("type");
    json.String(type);
    if (type == "attribute") {
      json.Key("scope");
      json.String("span");
    }
    json.Key(type == "attribute" ? "key" : "name");
    json.String(name);
    json.EndObject();
    json.Key("before");
    before();
    json.Key("after");
    after();
    json.EndObject();
  }

  bool IsChanged(std::string_view key, const Value& before, const Value& after) const {
    if (std::binary_search(kMagnitudes.begin(), kMagnitudes.end(), key)) {
      const auto a = NumberOf(before);
      const auto b = NumberOf(after);
      if (a && b) return !IsClose(*a, *b, kSizeShare, 0);
    }
    return !IsSame(base_, before, compare_, after);
  }

  void AddAttributes(JsonWriter& json, const Span& before, const Span& after) {
    std::map<std::string_view, std::pair<const Value*, const Value*>> both;
    for (const auto* a : ByKey(base_, before.attributes)) both[a->key].first = &a->value;
    for (const auto* a : ByKey(compare_, after.attributes)) both[a->key].second = &a->value;
    const auto write = [&](const SpanBatch& batch, const Value* value) {
      return [&json, &batch, value] {
        if (value == nullptr) return json.Raw("null");
        WriteValue(json, batch, *value);
      };
    };
    for (const auto& [key, values] : both) {
      const auto& [old, now] = values;
      if (old != nullptr && now != nullptr && !IsChanged(key, *old, *now)) continue;
      ++counts_.attributes;
      Write(json,
            old == nullptr   ? "add"
            : now == nullptr ? "remove"
                             : "modify",
            "attribute", key, write(base_, old), write(compare_, now));
    }
  }

  const SpanBatch& base_;
  const SpanBatch& compare_;
  Counts& counts_;
};

void WritePath(JsonWriter& json, std::string_view key, std::span<const size_t> path) {
  json.Key(key);
  json.BeginArray();
  for (const size_t place : path) json.Number(uint64_t{place});
  json.EndArray();
}

void WriteIdentity(JsonWriter& json, const Placed& placed) {
  WritePath(json, "path", placed.path);
  const auto& [service, name, kind] = placed.identity;
  json.Key("service");
  json.String(service);
  json.Key("name");
  json.String(name);
  json.Key("kind");
  json.String(kind);
}

// A span that only one of the traces has.
void WriteWhole(JsonWriter& json, const Placed& placed, bool is_added) {
  json.BeginObject();
  json.Key("target");
  json.BeginObject();
  json.Key("type");
  json.String("span");
  if (is_added) {
    const std::span<const size_t> parent = std::span(placed.path).first(placed.path.size() - 1);
    if (!parent.empty()) WritePath(json, "parentPath", parent);
    json.Key("index");
    json.Number(uint64_t{placed.path.back()});
  } else {
    WritePath(json, "path", placed.path);
  }
  json.EndObject();
  json.Key("span");
  json.BeginObject();
  WriteIdentity(json, placed);
  json.Key("duration_nanos");
  json.Number(HasDuration(*placed.span) ? placed.span->duration_nanos() : uint64_t{0});
  json.Key("status");
  json.String(StatusText(placed.span->status_code));
  json.EndObject();
  json.EndObject();
}

// For each span of `compare` the one of `base` that it belongs to, or null.
std::vector<const Placed*> Match(const Places& base, const Places& compare,
                                 std::unordered_map<const Placed*, bool>& used) {
  std::map<Identity, std::vector<const Placed*>> by_identity;
  for (const Placed& placed : base.all()) by_identity[placed.identity].push_back(&placed);
  std::vector<const Placed*> matches;
  for (const Placed& placed : compare.all()) {
    const Placed* found = nullptr;
    for (const Placed* candidate : by_identity[placed.identity]) {
      if (used.contains(candidate)) continue;
      const bool same_parent = candidate->parent && candidate->parent == placed.parent;
      if (found == nullptr || same_parent) found = candidate;
      if (same_parent) break;
    }
    if (found != nullptr) used.emplace(found, true);
    matches.push_back(found);
  }
  return matches;
}

void WriteMeta(JsonWriter& json, std::string_view side, const SpanBatch& trace) {
  json.Key(side);
  json.BeginObject();
  json.Key("traceId");
  json.String(ToHex(trace.spans.front().trace_id));
  json.Key("spanCount");
  json.Number(uint64_t{trace.spans.size()});
  json.EndObject();
}

void AddDropped(const Places& places, std::string_view side, std::vector<DiffWarning>& warnings) {
  if (places.dropped() == 0) return;
  warnings.push_back(
      {"duplicate_span_id", std::string(side) + " trace has " + std::to_string(places.dropped()) +
                                " spans whose ids others have, too; they are left out"});
}

}  // namespace

std::string TraceDiffJson(const SpanBatch& base, const SpanBatch& compare,
                          std::vector<DiffWarning> warnings) {
  const Places before(base);
  const Places after(compare);
  AddDropped(before, "base", warnings);
  AddDropped(after, "compare", warnings);
  std::unordered_map<const Placed*, bool> used;
  const std::vector<const Placed*> matches = Match(before, after, used);

  Counts counts;
  Changes changes(base, compare, counts);
  size_t modified_spans = 0;
  size_t added_spans = 0;
  std::string modified;
  std::string added;
  std::string removed;
  JsonWriter modified_json(modified);
  JsonWriter added_json(added);
  JsonWriter removed_json(removed);
  modified_json.BeginArray();
  added_json.BeginArray();
  removed_json.BeginArray();
  for (size_t i = 0; i < matches.size(); ++i) {
    const Placed& placed = after.all()[i];
    if (matches[i] == nullptr) {
      ++added_spans;
      WriteWhole(added_json, placed, true);
      continue;
    }
    const std::string changed = changes.Of(*matches[i]->span, *placed.span);
    if (changed.empty()) continue;
    ++modified_spans;
    modified_json.BeginObject();
    modified_json.Key("span");
    modified_json.BeginObject();
    WriteIdentity(modified_json, placed);
    modified_json.EndObject();
    modified_json.Key("changes");
    modified_json.Raw(changed);
    modified_json.EndObject();
  }
  for (const Placed& placed : before.all()) {
    if (!used.contains(&placed)) WriteWhole(removed_json, placed, false);
  }
  modified_json.EndArray();
  added_json.EndArray();
  removed_json.EndArray();

  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Key("version");
  json.String("trace-patch-v0");
  WriteMeta(json, "base", base);
  WriteMeta(json, "compare", compare);
  json.Key("stats");
  json.BeginObject();
  for (const auto& [name, number] : std::initializer_list<std::pair<std::string_view, size_t>>{
           {"spanCountA", base.spans.size()},
           {"spanCountB", compare.spans.size()},
           {"matchedSpans", used.size()},
           {"modifiedSpans", modified_spans},
           {"addedSpans", added_spans},
           {"removedSpans", before.all().size() - used.size()},
           {"fieldChanges", counts.fields},
           {"attributeChanges", counts.attributes},
           {"eventChanges", 0}}) {
    json.Key(name);
    json.Number(uint64_t{number});
  }
  json.Key("truncated");
  json.Bool(false);
  json.EndObject();
  json.Key("modified");
  json.Raw(modified);
  json.Key("added");
  json.Raw(added);
  json.Key("removed");
  json.Raw(removed);
  json.Key("warnings");
  json.BeginArray();
  for (const DiffWarning& warning : warnings) {
    json.BeginObject();
    json.Key("code");
    json.String(warning.code);
    json.Key("message");
    json.String(warning.message);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text;
}

}  // namespace orrery::api
