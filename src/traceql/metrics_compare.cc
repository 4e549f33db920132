// SPDX-License-Identifier: Apache-2.0
#include "traceql/metrics_compare.h"

#include <algorithm>

#include "traceql/model_value.h"

namespace orrery::traceql {
namespace {

using contracts::AttributeScope;
using contracts::Intrinsic;

constexpr int64_t kDefaultValues = 10;

std::string_view NameOfIntrinsic(Intrinsic intrinsic) {
  const IntrinsicEntry& entry = EntryOf(intrinsic);
  return entry.old.empty() ? entry.scoped : entry.old;
}

// Distinguishes values by type.
void SetKey(const Value& value, std::string& key) {
  key.assign(1, static_cast<char>(value.type));
  if (value.type == Type::kString) {
    key.append(value.text);
  } else if (value.type == Type::kFloat) {
    key.append(FormatFloat(value.real));
  } else {
    key.append(std::to_string(value.number));
  }
}

bool IsNothing(const Value& value) {
  return value.type == Type::kNil || value.type == Type::kOther;
}

}  // namespace

bool MetricsCompare::InWindow(UnixNanos start) const {
  if (call_.numbers.size() < 3) return true;
  const auto from = static_cast<UnixNanos>(std::max<int64_t>(call_.numbers[1], 0));
  const auto to = static_cast<UnixNanos>(std::max<int64_t>(call_.numbers[2], 0));
  return (from == 0 && to == 0) || (start > from && start <= to);
}

void MetricsCompare::Counts::Add(uint32_t interval, size_t intervals) {
  if (!all_.empty()) {
    ++all_[interval];
    return;
  }
  if (!few_.empty() && few_.back().first == interval) {
    ++few_.back().second;
    return;
  }
  const auto at =
      std::lower_bound(few_.begin(), few_.end(), std::pair<uint32_t, uint32_t>{interval, 0});
  if (at != few_.end() && at->first == interval) {
    ++at->second;
  } else if (few_.size() < std::max<size_t>(intervals / 4, 4)) {
    few_.insert(at, {interval, 1});
  } else {
    all_.assign(intervals, 0);
    for (const auto& [place, count] : few_) all_[place] = count;
    few_ = {};
    ++all_[interval];
  }
}

void MetricsCompare::Counts::Write(std::vector<double>& values) const {
  for (size_t i = 0; i < all_.size(); ++i) values[i] = all_[i];
  for (const auto& [interval, count] : few_) values[interval] = count;
}

void MetricsCompare::Count(const Place& place, Counted& counted) const {
  if (counted.last_span == spans_) return;
  counted.last_span = spans_;
  ++counted.total;
  counted.counts.Add(place.interval, intervals_.count());
}

MetricsCompare::Attribute& MetricsCompare::FindAttribute(Attributes& side, size_t scope,
                                                         std::string_view name) {
  auto& attributes = side[scope];
  auto at = attributes.find(name);
  if (at == attributes.end()) at = attributes.emplace(std::string(name), Attribute()).first;
  return at->second;
}

MetricsCompare::Counted& MetricsCompare::FindCounted(Attribute& attribute, const Value& value) {
  SetKey(value, key_);
  const auto known = attribute.values.find(key_);
  if (known != attribute.values.end()) return *known->second;
  if (attribute.values.size() >= kMaxValues) return unlisted_;
  auto& counted = attribute.values[key_];
  counted = std::make_unique<Counted>();
  counted->value = ToAnswer(value);
  return *counted;
}

void MetricsCompare::AddValue(const Place& place, size_t scope, std::string_view name,
                              const Value& value) {
  if (IsNothing(value)) return;
  Attribute& attribute = FindAttribute(*place.side, scope, name);
  Count(place, attribute.all);
  Counted& counted = FindCounted(attribute, value);
  if (&counted != &unlisted_) Count(place, counted);
}

void MetricsCompare::AddList(const Place& place, const model::SpanBatch& batch,
                             model::IndexRange list, AttributeScope of) {
  const auto scope = static_cast<size_t>(of);
  for (const model::Attribute& attribute : batch.Attributes(list)) {
    if (attribute.value.type() != model::Value::Type::kArray) {
      AddValue(place, scope, attribute.key, ScalarOf(attribute.value));
      continue;
    }
    for (const model::Value& item : batch.Items(attribute.value)) {
      AddValue(place, scope, attribute.key, ScalarOf(item));
    }
  }
}

void MetricsCompare::Add(TraceView& trace, uint32_t i, size_t interval, bool selected) {
  ++spans_;
  const model::SpanBatch& batch = trace.batch();
  const model::Span& span = trace.span(i);
  const Place place{selected ? &selection_ : &baseline_, static_cast<uint32_t>(interval)};
  const auto add = [&](Intrinsic intrinsic, const Value& value) {
    AddValue(place, kIntrinsic, NameOfIntrinsic(intrinsic), value);
  };
  const auto add_text = [&](Intrinsic intrinsic, std::string_view text) {
    if (!text.empty()) add(intrinsic, Value::String(text));
  };
  add(Intrinsic::kName, Value::String(span.name));
  add(Intrinsic::kStatus, Value::Number(Type::kStatus, span.status_code));
  add(Intrinsic::kKind, Value::Number(Type::kKind, span.kind));
  add_text(Intrinsic::kStatusMessage, span.status_message);
  add_text(Intrinsic::kInstrumentationName, batch.ScopeOf(span).name);
  add_text(Intrinsic::kInstrumentationVersion, batch.ScopeOf(span).version);
  add_text(Intrinsic::kRootName, trace.root_name());
  add_text(Intrinsic::kRootService, trace.root_service());
  AddList(place, batch, span.attributes, AttributeScope::kSpan);
  AddList(place, batch, batch.ResourceOf(span).attributes, AttributeScope::kResource);
  AddList(place, batch, batch.ScopeOf(span).attributes, AttributeScope::kInstrumentation);
  for (const model::Event& event : batch.Events(span)) {
    add_text(Intrinsic::kEventName, event.name);
    AddList(place, batch, event.attributes, AttributeScope::kEvent);
  }
  for (const model::Link& link : batch.Links(span)) {
    AddList(place, batch, link.attributes, AttributeScope::kLink);
  }
}

void MetricsCompare::AddColumn(const contracts::ContentColumn& column,
                               const model::SpanBatch& pools,
                               std::span<const uint32_t> place_of_span) {
  const auto* intrinsic = std::get_if<Intrinsic>(&column.field);
  const auto* named = std::get_if<contracts::AttributeRef>(&column.field);
  const size_t scope = intrinsic != nullptr ? kIntrinsic : static_cast<size_t>(named->scope);
  const std::string_view name = intrinsic != nullptr ? NameOfIntrinsic(*intrinsic) : named->name;
  const auto value_of = [&](const model::Value& from) {
    Value value = ScalarOf(from);
    if (intrinsic != nullptr) value.type = EntryOf(*intrinsic).type;  // Status and kind.
    return value;
  };
  ColumnSide sides[2];
  const uint64_t before = spans_;
  for (size_t i = 0; i < column.spans.size(); ++i) {
    const uint32_t at = place_of_span[column.spans[i]];
    spans_ = before + column.spans[i] + 1;
    const Place place{at % 2 == 1 ? &selection_ : &baseline_, at / 2};
    ColumnSide& side = sides[at % 2];
    const model::Value& from = column.values[column.codes[i]];
    if (from.type() == model::Value::Type::kArray) {
      for (const model::Value& item : pools.Items(from))
        AddValue(place, scope, name, value_of(item));
      continue;
    }
    if (side.attribute == nullptr) {
      side.attribute = &FindAttribute(*place.side, scope, name);
      side.by_code.resize(column.values.size());
    }
    Counted*& counted = side.by_code[column.codes[i]];
    if (counted == nullptr) counted = &FindCounted(*side.attribute, value_of(from));
    Count(place, side.attribute->all);
    if (counted != &unlisted_) Count(place, *counted);
  }
  spans_ = before;
}

void MetricsCompare::Add(const contracts::SpanContents& contents,
                         std::span<const uint32_t> place_of_span) {
  for (const contracts::ContentColumn& column : contents.columns) {
    AddColumn(column, contents.pools, place_of_span);
  }
  spans_ += place_of_span.size();
}

MetricsSeries MetricsCompare::SeriesOf(std::string_view type, std::string_view attribute,
                                       const AnswerValue& value, const Counts& counts) const {
  MetricsSeries series;
  series.labels = {{"__meta_type", std::string(type)}, {std::string(attribute), value}};
  series.values.assign(intervals_.count(), 0);
  counts.Write(series.values);
  return series;
}

void MetricsCompare::FinishAttribute(const Attribute& attribute, const std::string& side,
                                     const std::string& text,
                                     std::vector<MetricsSeries>& series) const {
  const auto most = static_cast<size_t>(call_.numbers.empty() ? kDefaultValues : call_.numbers[0]);
  std::vector<const Counted*> values;
  values.reserve(attribute.values.size());
  for (const auto& each : attribute.values) values.push_back(each.second.get());
  const auto last = values.begin() + static_cast<ptrdiff_t>(std::min(values.size(), most));
  std::partial_sort(values.begin(), last, values.end(), [](const Counted* a, const Counted* b) {
    return a->total != b->total ? a->total > b->total : a->value < b->value;
  });
  if (values.size() > most) {
    values.resize(most);
    MetricsSeries& error = series.emplace_back();
    error.labels = {{"__meta_error", std::string("__too_many_values__")},
                    {text, std::string("nil")}};
    error.values.assign(intervals_.count(), 0);
  }
  for (const Counted* each : values) {
    series.push_back(SeriesOf(side, text, each->value, each->counts));
  }
  series.push_back(SeriesOf(side + "_total", text, std::string("nil"), attribute.all.counts));
}

void MetricsCompare::FinishSide(const Attributes& side, const std::string& name,
                                std::vector<MetricsSeries>& series) const {
  for (size_t scope = 0; scope < side.size(); ++scope) {
    for (const auto& [key, attribute] : side[scope]) {
      const std::string text =
          scope == kIntrinsic ? key : ToText(Field::Of(static_cast<AttributeScope>(scope), key));
      FinishAttribute(attribute, name, text, series);
    }
  }
}

std::vector<MetricsSeries> MetricsCompare::Finish() const {
  std::vector<MetricsSeries> series;
  FinishSide(baseline_, "baseline", series);
  FinishSide(selection_, "selection", series);
  // An attribute may have too many values on both sides; one series says so.
  const auto is_error = [](const MetricsSeries& each) {
    return each.labels[0].key == "__meta_error";
  };
  for (auto at = series.begin(); at != series.end();) {
    const bool again = is_error(*at) && std::any_of(series.begin(), at, [&](const auto& before) {
                         return before.labels == at->labels;
                       });
    at = again ? series.erase(at) : at + 1;
  }
  return series;
}

}  // namespace orrery::traceql
