// SPDX-License-Identifier: Apache-2.0
#include "traces/read_contents.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "traces/nested_value.h"
#include "traces/scan_columns.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::ContentColumn;
using contracts::Intrinsic;
using contracts::SpanContents;
using Type = model::Value::Type;

constexpr uint32_t kNoCode = UINT32_MAX;

AttributeScope ScopeOf(Owner owner) {
  switch (owner) {
    case Owner::kSpan:
      return AttributeScope::kSpan;
    case Owner::kResource:
      return AttributeScope::kResource;
    case Owner::kScope:
      return AttributeScope::kInstrumentation;
    case Owner::kEvent:
      return AttributeScope::kEvent;
    case Owner::kLink:
      break;
  }
  return AttributeScope::kLink;
}

bool IsRead(Type type) {
  return type != Type::kEmpty && type != Type::kBytes && type != Type::kKvList;
}

// Which lists of an owner belong to which spans: list i to those in spans[begins[i]...].
struct ListSpans {
  std::vector<uint32_t> begins;  // By list, and once more for the end.
  std::vector<uint32_t> spans;

  std::span<const uint32_t> Of(uint32_t list) const {
    return std::span(spans).subspan(begins[list], begins[list + 1] - begins[list]);
  }
};

// Of spans themselves: the list of a row is the row.
ListSpans OfRows(size_t lists, std::span<const uint32_t> rows) {
  ListSpans out;
  out.begins.assign(lists + 1, 0);
  for (const uint32_t row : rows) out.begins[row + 1] = 1;
  std::partial_sum(out.begins.begin(), out.begins.end(), out.begins.begin());
  out.spans.resize(rows.size());
  std::iota(out.spans.begin(), out.spans.end(), 0);
  return out;
}

// Lists that many spans share stand for themselves, as far as a row has them.
ListSpans OfShared(size_t lists, std::span<const uint32_t> list_of_row,
                   std::span<const uint32_t> rows) {
  ListSpans out;
  out.begins.assign(lists + 1, 0);
  for (const uint32_t row : rows) out.begins[list_of_row[row] + 1] = 1;
  for (uint32_t list = 0; list < lists; ++list) {
    if (out.begins[list + 1] != 0) out.spans.push_back(list);
  }
  std::partial_sum(out.begins.begin(), out.begins.end(), out.begins.begin());
  return out;
}

// Of events and links: those of row r end at ends[r].
ListSpans OfParts(const std::vector<uint32_t>& ends, std::span<const uint32_t> rows, size_t lists) {
  ListSpans out;
  out.begins.assign(lists + 1, 0);
  uint32_t list = 0;
  for (uint32_t span = 0; span < rows.size(); ++span) {
    const uint32_t row = rows[span];
    const uint32_t begin = row == 0 ? 0 : ends[row - 1];
    for (; list < begin; ++list) out.begins[list + 1] = static_cast<uint32_t>(out.spans.size());
    for (; list < ends[row]; ++list) {
      out.spans.push_back(span);
      out.begins[list + 1] = static_cast<uint32_t>(out.spans.size());
    }
  }
  for (; list < lists; ++list) out.begins[list + 1] = static_cast<uint32_t>(out.spans.size());
  return out;
}

ListSpans SpansOf(const SpanTable& table, Owner owner, std::span<const uint32_t> rows) {
  const size_t lists = ListsOf(table, owner).size();
  switch (owner) {
    case Owner::kSpan:
      return OfRows(lists, rows);
    case Owner::kResource:
      return OfShared(lists, table.resource_of_row, rows);
    case Owner::kScope:
      return OfShared(lists, table.scope_of_row, rows);
    case Owner::kEvent:
      return OfParts(table.event_ends, rows, lists);
    case Owner::kLink:
      break;
  }
  return OfParts(table.link_ends, rows, lists);
}

// Reads the contents of some rows of one table.
class Reader {
 public:
  Reader(const SpanTable& table, std::span<const uint32_t> rows)
      : table_(table), rows_(rows), code_of_text_(table.texts.code_limit(), kNoCode) {}

  Status ReadAttributes(Owner owner) {
    const AttributeLists& lists = ListsOf(table_, owner);
    if (lists.columns.empty()) return OkStatus();
    const ListSpans spans = SpansOf(table_, owner, rows_);
    const auto lists_of_column = ListsOfColumns(lists);
    for (size_t i = 0; i < lists.columns.size(); ++i) {
      if (!IsRead(lists.columns[i].type)) continue;
      ORRERY_RETURN_IF_ERROR(ReadColumn(owner, lists.columns[i], lists_of_column[i], spans));
    }
    for (auto& [key, found] : columns_) {
      if (std::get<0>(key) != 1 || std::get<1>(key) != static_cast<int>(owner)) continue;
      Order(found.column);
      if (owner == Owner::kResource) Spread(found.column, lists.size(), table_.resource_of_row);
      if (owner == Owner::kScope) Spread(found.column, lists.size(), table_.scope_of_row);
    }
    return OkStatus();
  }

  Status ReadIntrinsic(Intrinsic intrinsic) {
    ORRERY_ASSIGN_OR_RETURN(auto column, traces::ReadColumn(table_, intrinsic, rows_, out_.pools));
    const bool skips_empty = intrinsic != Intrinsic::kName;
    ContentColumn& to = ColumnOf(intrinsic).column;
    to.values = std::move(column.values);
    for (uint32_t span = 0; span < rows_.size(); ++span) {
      const model::Value& value = to.values[column.codes[span]];
      const bool is_set = value.type() != Type::kString || !value.text().empty();
      if (is_set || !skips_empty) Add(to, span, column.codes[span]);
    }
    return OkStatus();
  }

  void ReadRootTexts(std::span<const RootTexts> roots) {
    for (uint32_t span = 0; span < rows_.size(); ++span) {
      const RootTexts& root = roots[table_.trace_of_row[rows_[span]]];
      AddText(Intrinsic::kRootName, span, root.name);
      AddText(Intrinsic::kRootService, span, root.service);
    }
  }

  void ReadEventNames() {
    for (uint32_t span = 0; span < rows_.size(); ++span) {
      const uint32_t row = rows_[span];
      for (uint32_t i = table_.EventsBegin(row); i < table_.event_ends[row]; ++i) {
        AddText(Intrinsic::kEventName, span, table_.texts.at(table_.event_names[i]));
      }
    }
  }

  SpanContents Take() {
    for (auto& [field, found] : columns_) {
      if (found.column.spans.empty()) continue;
      out_.columns.push_back(std::move(found.column));
    }
    return std::move(out_);
  }

 private:
  struct Found {
    ContentColumn column;
    boost::unordered_flat_map<std::string_view, uint32_t> by_text;  // Of AddText.
  };
  // An intrinsic, or the scope of an attribute and its name.
  using FieldKey = std::tuple<int, int, std::string_view>;

  static void Add(ContentColumn& to, uint32_t span, uint32_t code) {
    to.spans.push_back(span);
    to.codes.push_back(code);
  }

  // Makes the spans ascend, whatever the column was put together from.
  static void Order(ContentColumn& column) {
    if (std::ranges::is_sorted(column.spans)) return;
    std::vector<std::pair<uint32_t, uint32_t>> both;
    both.reserve(column.spans.size());
    for (size_t i = 0; i < column.spans.size(); ++i) {
      both.emplace_back(column.spans[i], column.codes[i]);
    }
    std::ranges::stable_sort(both, {}, &std::pair<uint32_t, uint32_t>::first);
    for (size_t i = 0; i < both.size(); ++i) {
      std::tie(column.spans[i], column.codes[i]) = both[i];
    }
  }

  // From lists that spans share to the spans.
  void Spread(ContentColumn& column, size_t lists, std::span<const uint32_t> list_of_row) const {
    std::vector<uint32_t> begins(lists + 1, 0);
    for (const uint32_t list : column.spans) ++begins[list + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    const std::vector<uint32_t> codes = std::move(column.codes);
    column.spans.clear();
    column.codes.clear();
    for (uint32_t span = 0; span < rows_.size(); ++span) {
      const uint32_t list = list_of_row[rows_[span]];
      for (uint32_t i = begins[list]; i < begins[list + 1]; ++i) Add(column, span, codes[i]);
    }
  }

  // Which list each value of each column belongs to.
  static std::vector<std::vector<uint32_t>> ListsOfColumns(const AttributeLists& lists) {
    std::vector<std::vector<uint32_t>> out(lists.columns.size());
    for (uint32_t list = 0; list < lists.size(); ++list) {
      for (const uint32_t column : lists.ColumnsOf(list)) out[column].push_back(list);
    }
    return out;
  }

  Found& ColumnOf(Intrinsic intrinsic) {
    Found& found = columns_[{0, static_cast<int>(intrinsic), {}}];
    found.column.field = intrinsic;
    return found;
  }

  Found& ColumnOf(Owner owner, std::string_view key) {
    Found& found = columns_[{1, static_cast<int>(owner), key}];
    if (found.column.spans.empty()) {
      found.column.field = AttributeRef{ScopeOf(owner), std::string(key)};
    }
    return found;
  }

  void AddText(Intrinsic intrinsic, uint32_t span, std::string_view text) {
    if (text.empty()) return;
    Found& found = ColumnOf(intrinsic);
    const auto code = static_cast<uint32_t>(found.column.values.size());
    const auto [at, is_new] = found.by_text.try_emplace(text, code);
    if (is_new) found.column.values.push_back(model::Value::String(text));
    Add(found.column, span, at->second);
  }

  Status ReadColumn(Owner owner, const ValueColumn& from, std::span<const uint32_t> lists,
                    const ListSpans& spans) {
    Found* found = nullptr;
    for (uint32_t place = 0; place < lists.size(); ++place) {
      const std::span<const uint32_t> of = spans.Of(lists[place]);
      if (of.empty()) continue;
      if (found == nullptr || from.is_rest) {
        found = &ColumnOf(owner, table_.texts.at(from.KeyOf(place)));
      }
      ContentColumn& to = found->column;
      uint32_t code = 0;
      if (from.is_rest) {  // What was there for one key says nothing about the next one.
        ORRERY_RETURN_IF_ERROR(AddValue(from.type, from.PayloadOf(place), to, code));
      } else {
        ORRERY_RETURN_IF_ERROR(FindCode(from.type, from.PayloadOf(place), to, code));
      }
      for (const uint32_t span : of) Add(to, span, code);
    }
    for (const uint32_t text : coded_texts_) code_of_text_[text] = kNoCode;
    coded_texts_.clear();
    code_of_number_.clear();
    return OkStatus();
  }

  Status FindCode(Type type, uint64_t payload, ContentColumn& to, uint32_t& code) {
    const bool is_text = type == Type::kString || type == Type::kArray;
    uint32_t& known = is_text ? code_of_text_[payload]
                              : code_of_number_.try_emplace(payload, kNoCode).first->second;
    if (known == kNoCode) {
      ORRERY_RETURN_IF_ERROR(AddValue(type, payload, to, known));
      if (is_text) coded_texts_.push_back(static_cast<uint32_t>(payload));
    }
    code = known;
    return OkStatus();
  }

  Status AddValue(Type type, uint64_t payload, ContentColumn& to, uint32_t& code) {
    model::Value value;
    if (type == Type::kString) {
      value = model::Value::String(table_.texts.at(static_cast<TextCode>(payload)));
    } else if (type == Type::kArray) {
      ORRERY_RETURN_IF_ERROR(
          DecodeNested(table_.texts.at(static_cast<TextCode>(payload)), type, out_.pools, value));
    } else if (type == Type::kBool) {
      value = model::Value::Bool(payload != 0);
    } else if (type == Type::kInt) {
      value = model::Value::Int(static_cast<int64_t>(payload));
    } else {
      value = model::Value::Double(std::bit_cast<double>(payload));
    }
    code = static_cast<uint32_t>(to.values.size());
    to.values.push_back(value);
    return OkStatus();
  }

  const SpanTable& table_;
  const std::span<const uint32_t> rows_;
  SpanContents out_;
  std::map<FieldKey, Found> columns_;
  // Of the column at hand.
  std::vector<uint32_t> code_of_text_;
  std::vector<uint32_t> coded_texts_;
  boost::unordered_flat_map<uint64_t, uint32_t> code_of_number_;
};

std::string_view TextOf(const model::Value& value) {
  return value.type() == Type::kString ? value.text() : std::string_view();
}

}  // namespace

TableNeed NeedOfContents() {
  TableNeed need;
  need.parts = kAllParts & ~static_cast<uint32_t>(kTreePart | kRarePart | kLongTextsPart);
  need.all_columns = true;
  return need;
}

std::vector<uint32_t> FindRoots(const SpanTable& table) {
  std::vector<uint32_t> roots(table.traces.size(), kNoRow);
  for (uint32_t row = 0; row < table.rows(); ++row) {
    if (!table.parent_ids[row].IsZero()) continue;
    uint32_t& root = roots[table.trace_of_row[row]];
    const bool is_first = root == kNoRow || std::tie(table.starts[row], table.span_ids[row]) <
                                                std::tie(table.starts[root], table.span_ids[root]);
    if (is_first) root = row;
  }
  return roots;
}

Result<std::vector<RootTexts>> ReadRoots(const SpanTable& table, std::span<const uint32_t> roots) {
  std::vector<uint32_t> rows;
  std::ranges::copy_if(roots, std::back_inserter(rows), [](uint32_t row) { return row != kNoRow; });
  std::ranges::sort(rows);
  model::SpanBatch pools;
  const contracts::FieldRef service = AttributeRef{AttributeScope::kResource, "service.name"};
  ORRERY_ASSIGN_OR_RETURN(const auto services, ReadColumn(table, service, rows, pools));
  std::vector<RootTexts> texts(roots.size());
  for (size_t i = 0; i < roots.size(); ++i) {
    if (roots[i] == kNoRow) continue;
    const auto place = std::ranges::lower_bound(rows, roots[i]) - rows.begin();
    texts[i] = {table.texts.at(table.names[roots[i]]),
                TextOf(services.values[services.codes[static_cast<size_t>(place)]])};
  }
  return texts;
}

Result<SpanContents> ReadContents(const SpanTable& table, std::span<const uint32_t> rows,
                                  std::span<const RootTexts> roots) {
  constexpr Intrinsic kIntrinsics[] = {Intrinsic::kName,
                                       Intrinsic::kStatus,
                                       Intrinsic::kKind,
                                       Intrinsic::kStatusMessage,
                                       Intrinsic::kInstrumentationName,
                                       Intrinsic::kInstrumentationVersion};
  Reader reader(table, rows);
  for (const Intrinsic intrinsic : kIntrinsics) {
    ORRERY_RETURN_IF_ERROR(reader.ReadIntrinsic(intrinsic));
  }
  reader.ReadRootTexts(roots);
  reader.ReadEventNames();
  for (const Owner owner : kOwners) ORRERY_RETURN_IF_ERROR(reader.ReadAttributes(owner));
  return reader.Take();
}

}  // namespace orrery::traces
