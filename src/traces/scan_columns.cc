// SPDX-License-Identifier: Apache-2.0
#include "traces/scan_columns.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <variant>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/check.h"
#include "traces/nested_value.h"
#include "traces/row_filter.h"

namespace orrery::traces {
namespace {

using contracts::AttributeRef;
using contracts::AttributeScope;
using contracts::FieldColumn;
using contracts::Intrinsic;
using Type = model::Value::Type;

constexpr uint32_t kNone = 0;  // The code of the empty value, which every column begins with.

// Gives each distinct payload of one value column a code.
class Codes {
 public:
  Codes(const Texts& texts, Type type, std::vector<model::Value>& values, model::SpanBatch& pools)
      : texts_(texts), type_(type), values_(values), pools_(pools) {
    if (!OfNumbers()) by_text_.resize(texts.code_limit(), kNone);
  }

  Result<uint32_t> Of(uint64_t payload) {
    if (type_ == Type::kEmpty) return kNone;
    uint32_t& code = OfNumbers() ? by_number_[payload] : by_text_[payload];
    if (code != kNone) return code;
    ORRERY_ASSIGN_OR_RETURN(const model::Value value, ValueOf(payload));
    code = static_cast<uint32_t>(values_.size());
    values_.push_back(value);
    return code;
  }

 private:
  bool OfNumbers() const {
    return type_ == Type::kInt || type_ == Type::kDouble || type_ == Type::kBool;
  }

  Result<model::Value> ValueOf(uint64_t payload) {
    const auto text = [&] { return texts_.at(static_cast<TextCode>(payload)); };
    switch (type_) {
      case Type::kString:
        return model::Value::String(text());
      case Type::kBytes:
        return model::Value::Bytes(text());
      case Type::kBool:
        return model::Value::Bool(payload != 0);
      case Type::kInt:
        return model::Value::Int(static_cast<int64_t>(payload));
      case Type::kDouble:
        return model::Value::Double(std::bit_cast<double>(payload));
      case Type::kArray:
      case Type::kKvList: {
        model::Value value;
        ORRERY_RETURN_IF_ERROR(DecodeNested(text(), type_, pools_, value));
        return value;
      }
      case Type::kEmpty:
        break;
    }
    return model::Value();
  }

  const Texts& texts_;
  const Type type_;
  std::vector<model::Value>& values_;
  model::SpanBatch& pools_;
  std::vector<uint32_t> by_text_;
  boost::unordered_flat_map<uint64_t, uint32_t> by_number_;
};

// The columns that may hold values of one key, its own and the rest columns, and how the shapes of
// an owner's lists use them.
class KeyColumns {
 public:
  KeyColumns(const SpanTable& table, const AttributeLists& lists, std::string_view key)
      : lists_(lists), key_(key) {
    for (uint32_t column = 0; column < lists.columns.size(); ++column) {
      if (lists.columns[column].is_rest || table.texts.at(lists.columns[column].key) == key) {
        columns_.push_back(column);
      }
    }
    if (columns_.empty()) return;
    uses_.resize(lists.shapes.size());
    for (size_t shape = 0; shape < lists.shapes.size(); ++shape) {
      const AttributeLists::Shape& of = lists.shapes[shape];
      for (const uint32_t column : std::span(lists.shape_columns).subspan(of.begin, of.count)) {
        const auto at = std::find(columns_.begin(), columns_.end(), column);
        if (at != columns_.end()) {
          uses_[shape].push_back(static_cast<uint32_t>(at - columns_.begin()));
        }
      }
    }
  }

  // The code of each list's first value for the key; nothing when no list has one.
  Result<std::vector<uint32_t>> Read(const Texts& texts, std::vector<model::Value>& values,
                                     model::SpanBatch& pools) const {
    std::vector<uint32_t> codes;
    if (columns_.empty()) return codes;
    std::vector<Codes> coders;
    coders.reserve(columns_.size());
    std::vector<uint32_t> places(columns_.size(), 0);
    for (const uint32_t column : columns_) {
      coders.emplace_back(texts, lists_.columns[column].type, values, pools);
    }
    codes.resize(lists_.size(), kNone);
    for (uint32_t list = 0; list < lists_.size(); ++list) {
      bool is_found = false;
      for (const uint32_t use : uses_[lists_.shape_of_list[list]]) {
        const uint32_t place = places[use]++;
        const ValueColumn& column = lists_.columns[columns_[use]];
        if (is_found || (column.is_rest && texts.at(column.keys[place]) != key_)) continue;
        is_found = true;
        ORRERY_ASSIGN_OR_RETURN(codes[list], coders[use].Of(column.PayloadOf(place)));
      }
    }
    return codes;
  }

 private:
  const AttributeLists& lists_;
  const std::string_view key_;
  std::vector<uint32_t> columns_;
  std::vector<std::vector<uint32_t>> uses_;  // By shape, places in columns_, in the lists' order.
};

std::vector<Owner> OwnersOf(AttributeScope scope) {
  switch (scope) {
    case AttributeScope::kSpan:
      return {Owner::kSpan};
    case AttributeScope::kResource:
      return {Owner::kResource};
    case AttributeScope::kInstrumentation:
      return {Owner::kScope};
    default:
      return {Owner::kSpan, Owner::kResource, Owner::kScope};
  }
}

AttributeScope ScopeOf(Owner owner) {
  if (owner == Owner::kSpan) return AttributeScope::kSpan;
  return owner == Owner::kResource ? AttributeScope::kResource : AttributeScope::kInstrumentation;
}

uint32_t ListOf(const SpanTable& table, Owner owner, uint32_t row) {
  if (owner == Owner::kSpan) return row;
  return owner == Owner::kResource ? table.resource_of_row[row] : table.scope_of_row[row];
}

Result<FieldColumn> ReadAttribute(const SpanTable& table, const AttributeRef& attribute,
                                  std::span<const uint32_t> rows, model::SpanBatch& pools) {
  FieldColumn out;
  out.values.emplace_back();
  out.codes.resize(rows.size(), kNone);
  for (const Owner owner : OwnersOf(attribute.scope)) {
    const KeyColumns columns(table, ListsOf(table, owner), attribute.name);
    ORRERY_ASSIGN_OR_RETURN(const auto codes, columns.Read(table.texts, out.values, pools));
    if (codes.empty()) continue;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (out.codes[i] == kNone) out.codes[i] = codes[ListOf(table, owner, rows[i])];
    }
  }
  return out;
}

// `code_of` gives each row a text of the table, or the number that it is.
template <typename PayloadOf>
Result<FieldColumn> ReadPayloads(const SpanTable& table, Type type, std::span<const uint32_t> rows,
                                 model::SpanBatch& pools, const PayloadOf& payload_of) {
  FieldColumn out;
  out.values.emplace_back();
  out.codes.reserve(rows.size());
  Codes coder(table.texts, type, out.values, pools);
  for (const uint32_t row : rows) {
    ORRERY_ASSIGN_OR_RETURN(const uint32_t code, coder.Of(payload_of(row)));
    out.codes.push_back(code);
  }
  return out;
}

Result<FieldColumn> ReadIntrinsic(const SpanTable& table, Intrinsic intrinsic,
                                  std::span<const uint32_t> rows, model::SpanBatch& pools) {
  const auto read = [&](Type type, const auto& payload_of) {
    return ReadPayloads(table, type, rows, pools, payload_of);
  };
  const auto number = [](uint32_t bits) {
    return static_cast<uint64_t>(int64_t{static_cast<int32_t>(bits)});
  };
  switch (intrinsic) {
    case Intrinsic::kName:
      return read(Type::kString, [&](uint32_t row) { return table.names[row]; });
    case Intrinsic::kStatusMessage:
      return read(Type::kString, [&](uint32_t row) { return table.status_messages.at(row); });
    case Intrinsic::kStatus:
      return read(Type::kInt, [&](uint32_t row) { return number(table.status_codes[row]); });
    case Intrinsic::kKind:
      return read(Type::kInt, [&](uint32_t row) { return number(table.kinds[row]); });
    case Intrinsic::kInstrumentationName:
      return read(Type::kString,
                  [&](uint32_t row) { return table.scopes[table.scope_of_row[row]].name; });
    case Intrinsic::kInstrumentationVersion:
      return read(Type::kString,
                  [&](uint32_t row) { return table.scopes[table.scope_of_row[row]].version; });
    case Intrinsic::kNestedSetParent:
      return read(Type::kInt, [&](uint32_t row) {
        return static_cast<uint64_t>(table.parent_ids[row].IsZero() ? int64_t{-1} : 0);
      });
    default:
      break;
  }
  ORRERY_CHECK(intrinsic == Intrinsic::kDuration);
  FieldColumn out;
  out.nanos.reserve(rows.size());
  for (const uint32_t row : rows) out.nanos.push_back(table.durations[row]);
  return out;
}

}  // namespace

TableNeed NeedOfColumns(std::span<const contracts::FieldRef> fields) {
  contracts::SpanFilter exist;
  exist.kind = contracts::SpanFilter::Kind::kAnd;
  const auto add = [&exist](contracts::FieldRef field) {
    contracts::SpanFilter& child = exist.children.emplace_back();
    child.kind = contracts::SpanFilter::Kind::kCondition;
    child.condition.field = std::move(field);
  };
  for (const contracts::FieldRef& field : fields) {
    if (const auto* attribute = std::get_if<AttributeRef>(&field)) {
      for (const Owner owner : OwnersOf(attribute->scope)) {
        add(AttributeRef{ScopeOf(owner), attribute->name});
      }
    } else {
      // Whether there is a parent is read from its id.
      const bool root = field == contracts::FieldRef(Intrinsic::kNestedSetParent);
      add(root ? Intrinsic::kParentId : std::get<Intrinsic>(field));
    }
  }
  return NeedOf(exist);
}

Result<FieldColumn> ReadColumn(const SpanTable& table, const contracts::FieldRef& field,
                               std::span<const uint32_t> rows, model::SpanBatch& pools) {
  if (const auto* attribute = std::get_if<AttributeRef>(&field)) {
    return ReadAttribute(table, *attribute, rows, pools);
  }
  return ReadIntrinsic(table, std::get<Intrinsic>(field), rows, pools);
}

}  // namespace orrery::traces
