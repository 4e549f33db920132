// SPDX-License-Identifier: Apache-2.0
#include "traces/row_filter.h"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "model/ids.h"
#include "traces/value_match.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::Condition;
using contracts::Intrinsic;
using contracts::SpanFilter;

// What maps an owner's lists to rows.
uint32_t RowsPart(Owner owner) {
  switch (owner) {
    case Owner::kSpan:
      return 0;
    case Owner::kResource:
      return kResourcesPart;
    case Owner::kScope:
      return kScopesPart;
    case Owner::kEvent:
      return kEventsPart;
    case Owner::kLink:
      return kLinksPart;
  }
  return 0;
}

uint32_t PartsOf(Intrinsic intrinsic) {
  switch (intrinsic) {
    case Intrinsic::kName:
      return kNamesPart | kShortTextsPart;
    case Intrinsic::kDuration:
      return kTimesPart;
    case Intrinsic::kStatus:
    case Intrinsic::kKind:
      return kStatesPart;
    case Intrinsic::kStatusMessage:
      return kStatusMessagesPart | kShortTextsPart;
    case Intrinsic::kSpanId:
    case Intrinsic::kParentId:
      return kIdsPart;
    case Intrinsic::kTraceId:
      return kTracesPart;
    case Intrinsic::kEventName:
      return kEventsPart | kShortTextsPart;
    case Intrinsic::kEventTimeSinceStart:
      return kEventsPart | kTimesPart;
    case Intrinsic::kLinkTraceId:
    case Intrinsic::kLinkSpanId:
      return kLinksPart | kShortTextsPart;
    case Intrinsic::kInstrumentationName:
    case Intrinsic::kInstrumentationVersion:
      return kScopesPart | kShortTextsPart;
    default:
      return 0;
  }
}

void AddNeed(const contracts::FieldRef& field, TableNeed& need) {
  if (const auto* intrinsic = std::get_if<Intrinsic>(&field)) {
    need.parts |= PartsOf(*intrinsic);
    return;
  }
  const auto& attribute = std::get<AttributeRef>(field);
  need.parts |= kShortTextsPart;
  for (const Owner owner : kOwners) {
    if (!LooksAt(attribute.scope, owner)) continue;
    need.parts |= ShapesPart(owner) | RowsPart(owner);
    need.keys.push_back({owner, attribute.name});
  }
}

void AddNeed(const SpanFilter& filter, TableNeed& need) {
  if (filter.kind == SpanFilter::Kind::kCondition) AddNeed(filter.condition.field, need);
  for (const SpanFilter& child : filter.children) AddNeed(child, need);
}

// Adds the rows that the lists in `lists` belong to.
void AddRowsOfLists(const SpanTable& table, Owner owner, const RowSet& lists, RowSet& rows) {
  const auto add_ends = [&](const std::vector<uint32_t>& ends) {
    uint32_t item = 0;
    for (uint32_t row = 0; row < ends.size(); ++row) {
      for (; item < ends[row]; ++item) {
        if (lists.Has(item)) rows.Add(row);
      }
    }
  };
  switch (owner) {
    case Owner::kSpan:
      rows.Unite(lists);
      break;
    case Owner::kResource:
      for (uint32_t row = 0; row < rows.rows(); ++row) {
        if (lists.Has(table.resource_of_row[row])) rows.Add(row);
      }
      break;
    case Owner::kScope:
      for (uint32_t row = 0; row < rows.rows(); ++row) {
        if (lists.Has(table.scope_of_row[row])) rows.Add(row);
      }
      break;
    case Owner::kEvent:
      add_ends(table.event_ends);
      break;
    case Owner::kLink:
      add_ends(table.link_ends);
      break;
  }
}

// Adds to `out` the lists that have a value in `column` for whose place `passes` is true.
template <typename Passes>
void AddListsOfColumn(const AttributeLists& lists, uint32_t column, const Passes& passes,
                      RowSet& out) {
  std::vector<uint32_t> times_in_shape(lists.shapes.size(), 0);
  for (uint32_t shape = 0; shape < lists.shapes.size(); ++shape) {
    const AttributeLists::Shape& s = lists.shapes[shape];
    const auto columns = std::span(lists.shape_columns).subspan(s.begin, s.count);
    times_in_shape[shape] = static_cast<uint32_t>(std::ranges::count(columns, column));
  }
  uint32_t place = 0;
  for (uint32_t list = 0; list < lists.size(); ++list) {
    const uint32_t times = times_in_shape[lists.shape_of_list[list]];
    for (uint32_t i = 0; i < times; ++i, ++place) {
      if (passes(place)) out.Add(list);
    }
  }
}

RowSet FilterAttribute(const SpanTable& table, const AttributeRef& attribute,
                       const Condition& condition) {
  RowSet rows(table.rows());
  ValueMatch match(condition, table.texts);
  for (const Owner owner : kOwners) {
    if (!LooksAt(attribute.scope, owner)) continue;
    const AttributeLists& lists = ListsOf(table, owner);
    RowSet passed(static_cast<uint32_t>(lists.size()));
    for (uint32_t column = 0; column < lists.columns.size(); ++column) {
      const ValueColumn& values = lists.columns[column];
      const auto passes = [&](uint32_t place) {
        return match.Value(values.type, values.PayloadOf(place));
      };
      if (values.is_rest) {
        const auto is_named_and_passes = [&](uint32_t place) {
          return table.texts.at(values.keys[place]) == attribute.name && passes(place);
        };
        AddListsOfColumn(lists, column, is_named_and_passes, passed);
      } else if (table.texts.at(values.key) == attribute.name) {
        AddListsOfColumn(lists, column, passes, passed);
      }
    }
    if (!passed.IsEmpty()) AddRowsOfLists(table, owner, passed, rows);
  }
  return rows;
}

// The rows, or events, or links, 0..count-1 for which `test` holds.
template <typename Test>
RowSet Where(uint32_t count, const Test& test) {
  RowSet rows(count);
  for (uint32_t i = 0; i < count; ++i) {
    if (test(i)) rows.Add(i);
  }
  return rows;
}

// The bytes of an id that a condition compares with for equality; nothing when the condition is
// another one or the operand is not such an id, and then every row passes.
std::optional<std::string> WantedId(const Condition& condition, size_t bytes) {
  const auto* text = std::get_if<std::string>(&condition.operand);
  if (condition.op != Condition::Op::kEqual || text == nullptr) return std::nullopt;
  std::optional<std::string> id = model::HexToBytes(*text);
  if (!id.has_value() || id->size() != bytes) return std::nullopt;
  return id;
}

RowSet FilterIds(const SpanTable& table, Intrinsic intrinsic, const Condition& condition) {
  const auto wanted = WantedId(condition, intrinsic == Intrinsic::kTraceId ? 16 : 8);
  if (!wanted.has_value()) return RowSet(table.rows(), true);
  return Where(table.rows(), [&](uint32_t row) {
    if (intrinsic == Intrinsic::kTraceId) {
      return table.traces[table.trace_of_row[row]].id.view() == *wanted;
    }
    return (intrinsic == Intrinsic::kSpanId ? table.span_ids : table.parent_ids)[row].view() ==
           *wanted;
  });
}

RowSet FilterEvents(const SpanTable& table, Intrinsic intrinsic, const Condition& condition) {
  ValueMatch match(condition, table.texts);
  RowSet rows(table.rows());
  for (uint32_t row = 0; row < table.rows(); ++row) {
    for (uint32_t i = table.EventsBegin(row); i < table.event_ends[row]; ++i) {
      const bool passes =
          intrinsic == Intrinsic::kEventName
              ? match.Text(table.event_names[i])
              : match.Int(static_cast<int64_t>(table.event_times[i] - table.starts[row]));
      if (passes) rows.Add(row);
    }
  }
  return rows;
}

RowSet FilterLinks(const SpanTable& table, Intrinsic intrinsic, const Condition& condition) {
  const bool of_trace = intrinsic == Intrinsic::kLinkTraceId;
  const auto wanted = WantedId(condition, of_trace ? 16 : 8);
  const auto& ids = of_trace ? table.link_trace_ids : table.link_span_ids;
  RowSet rows(table.rows());
  for (uint32_t row = 0; row < table.rows(); ++row) {
    for (uint32_t i = table.LinksBegin(row); i < table.link_ends[row]; ++i) {
      if (!wanted.has_value() || table.texts.at(ids[i]) == *wanted) rows.Add(row);
    }
  }
  return rows;
}

RowSet FilterIntrinsic(const SpanTable& table, Intrinsic intrinsic, const Condition& condition) {
  ValueMatch match(condition, table.texts);
  const uint32_t rows = table.rows();
  switch (intrinsic) {
    case Intrinsic::kName:
      return Where(rows, [&](uint32_t row) { return match.Text(table.names[row]); });
    case Intrinsic::kDuration:
      return Where(rows, [&](uint32_t row) {
        return match.Int(static_cast<int64_t>(table.durations[row]));
      });
    case Intrinsic::kStatus:
      return Where(rows, [&](uint32_t row) {
        return match.Int(static_cast<int32_t>(table.status_codes[row]));
      });
    case Intrinsic::kKind:
      return Where(rows,
                   [&](uint32_t row) { return match.Int(static_cast<int32_t>(table.kinds[row])); });
    case Intrinsic::kStatusMessage:
      return Where(rows, [&](uint32_t row) { return match.Text(table.status_messages.at(row)); });
    case Intrinsic::kInstrumentationName:
      return Where(rows, [&](uint32_t row) {
        return match.Text(table.scopes[table.scope_of_row[row]].name);
      });
    case Intrinsic::kInstrumentationVersion:
      return Where(rows, [&](uint32_t row) {
        return match.Text(table.scopes[table.scope_of_row[row]].version);
      });
    case Intrinsic::kSpanId:
    case Intrinsic::kParentId:
    case Intrinsic::kTraceId:
      return FilterIds(table, intrinsic, condition);
    case Intrinsic::kEventName:
    case Intrinsic::kEventTimeSinceStart:
      return FilterEvents(table, intrinsic, condition);
    case Intrinsic::kLinkTraceId:
    case Intrinsic::kLinkSpanId:
      return FilterLinks(table, intrinsic, condition);
    default:
      return RowSet(rows, true);  // Trace-wide: not for a single span to say.
  }
}

}  // namespace

bool LooksAt(AttributeScope scope, Owner owner) {
  switch (scope) {
    case AttributeScope::kAny:
      return true;
    case AttributeScope::kSpan:
      return owner == Owner::kSpan;
    case AttributeScope::kResource:
      return owner == Owner::kResource;
    case AttributeScope::kEvent:
      return owner == Owner::kEvent;
    case AttributeScope::kLink:
      return owner == Owner::kLink;
    case AttributeScope::kInstrumentation:
      return owner == Owner::kScope;
  }
  return false;
}

RowSet::RowSet(uint32_t rows, bool all)
    : rows_(rows), words_((rows + 63) / 64, all ? ~uint64_t{0} : 0) {
  if (all && rows % 64 != 0) words_.back() = (uint64_t{1} << (rows % 64)) - 1;
}

bool RowSet::IsEmpty() const {
  return std::ranges::all_of(words_, [](uint64_t word) { return word == 0; });
}

void RowSet::Intersect(const RowSet& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
}

void RowSet::Unite(const RowSet& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
}

std::optional<model::TraceId> OnlyTrace(const SpanFilter& filter) {
  if (filter.kind == SpanFilter::Kind::kAnd) {
    for (const SpanFilter& child : filter.children) {
      if (const auto id = OnlyTrace(child); id.has_value()) return id;
    }
  }
  if (filter.kind != SpanFilter::Kind::kCondition ||
      filter.condition.field != contracts::FieldRef(Intrinsic::kTraceId)) {
    return std::nullopt;
  }
  const auto wanted = WantedId(filter.condition, 16);
  if (!wanted.has_value()) return std::nullopt;
  return model::TraceId::FromBytes(*wanted);
}

TableNeed NeedOf(const SpanFilter& filter) {
  TableNeed need;
  AddNeed(filter, need);
  return need;
}

TableNeed NeedOf(const contracts::WantedFields& wanted) {
  if (wanted.all) return TableNeed::Everything();
  TableNeed need;
  need.parts = kTracesPart | kIdsPart | kTimesPart | kNamesPart | kStatesPart | kShortTextsPart;
  AddNeed(AttributeRef{AttributeScope::kResource, "service.name"}, need);
  for (const contracts::FieldRef& field : wanted.fields) AddNeed(field, need);
  return need;
}

RowSet FilterRows(const SpanTable& table, const SpanFilter& filter) {
  switch (filter.kind) {
    case SpanFilter::Kind::kAll:
      break;
    case SpanFilter::Kind::kCondition: {
      const Condition& condition = filter.condition;
      if (const auto* intrinsic = std::get_if<Intrinsic>(&condition.field)) {
        return FilterIntrinsic(table, *intrinsic, condition);
      }
      return FilterAttribute(table, std::get<AttributeRef>(condition.field), condition);
    }
    case SpanFilter::Kind::kAnd: {
      RowSet rows(table.rows(), true);
      for (const SpanFilter& child : filter.children) {
        if (rows.IsEmpty()) break;
        rows.Intersect(FilterRows(table, child));
      }
      return rows;
    }
    case SpanFilter::Kind::kOr: {
      RowSet rows(table.rows());
      for (const SpanFilter& child : filter.children) rows.Unite(FilterRows(table, child));
      return rows;
    }
  }
  return RowSet(table.rows(), true);
}

}  // namespace orrery::traces
