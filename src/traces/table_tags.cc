// SPDX-License-Identifier: Apache-2.0
#include "traces/table_tags.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>
#include <variant>
#include <vector>

#include "traces/nested_value.h"
#include "traces/row_filter.h"

namespace orrery::traces {
namespace {

using contracts::Intrinsic;
using contracts::TagValue;
using Type = model::Value::Type;

void AddScalar(const model::Value& value, std::set<TagValue>& values) {
  switch (value.type()) {
    case Type::kString:
      values.emplace(std::string(value.text()));
      break;
    case Type::kBool:
      values.emplace(value.bool_value());
      break;
    case Type::kInt:
      values.emplace(value.int_value());
      break;
    case Type::kDouble:
      // A NaN has no place in an order.
      if (!std::isnan(value.double_value())) values.emplace(value.double_value());
      break;
    default:
      break;
  }
}

Status AddArray(std::string_view nested, std::set<TagValue>& values) {
  model::SpanBatch pools;
  model::Value array;
  ORRERY_RETURN_IF_ERROR(DecodeNested(nested, Type::kArray, pools, array));
  for (const model::Value& item : pools.Items(array)) AddScalar(item, values);
  return OkStatus();
}

// Of a rest column, the values with this key.
Status AddColumn(const Texts& texts, const ValueColumn& column, std::string_view key,
                 std::set<TagValue>& values) {
  std::vector<uint64_t> payloads(column.numbers);
  payloads.insert(payloads.end(), column.codes.begin(), column.codes.end());
  if (column.is_rest && !payloads.empty()) {
    uint32_t place = 0;
    std::erase_if(payloads, [&](uint64_t) { return texts.at(column.keys[place++]) != key; });
  }
  std::ranges::sort(payloads);
  payloads.erase(std::unique(payloads.begin(), payloads.end()), payloads.end());
  for (const uint64_t payload : payloads) {
    switch (column.type) {
      case Type::kString:
        values.emplace(std::string(texts.at(static_cast<TextCode>(payload))));
        break;
      case Type::kBool:
        values.emplace(payload != 0);
        break;
      case Type::kInt:
        values.emplace(static_cast<int64_t>(payload));
        break;
      case Type::kDouble:
        AddScalar(model::Value::Double(std::bit_cast<double>(payload)), values);
        break;
      case Type::kArray:
        ORRERY_RETURN_IF_ERROR(AddArray(texts.at(static_cast<TextCode>(payload)), values));
        break;
      default:
        break;
    }
  }
  return OkStatus();
}

void AddTexts(const Texts& texts, std::vector<uint32_t> codes, std::set<TagValue>& values) {
  std::ranges::sort(codes);
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  for (const uint32_t code : codes) {
    if (code != kEmptyText) values.emplace(std::string(texts.at(code)));
  }
}

void AddNumbers(std::vector<uint32_t> numbers, std::set<TagValue>& values) {
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  for (const uint32_t number : numbers) values.emplace(int64_t{static_cast<int32_t>(number)});
}

void AddIntrinsic(const SpanTable& table, Intrinsic intrinsic, std::set<TagValue>& values) {
  switch (intrinsic) {
    case Intrinsic::kName:
      return AddTexts(table.texts, table.names, values);
    case Intrinsic::kStatusMessage:
      return AddTexts(table.texts, table.status_messages.values, values);
    case Intrinsic::kStatus:
      return AddNumbers(table.status_codes, values);
    case Intrinsic::kKind:
      return AddNumbers(table.kinds, values);
    case Intrinsic::kEventName:
      return AddTexts(table.texts, table.event_names, values);
    case Intrinsic::kInstrumentationName:
    case Intrinsic::kInstrumentationVersion: {
      std::vector<uint32_t> codes;
      codes.reserve(table.scopes.size());
      for (const SpanTable::Scope& scope : table.scopes) {
        codes.push_back(intrinsic == Intrinsic::kInstrumentationName ? scope.name : scope.version);
      }
      return AddTexts(table.texts, std::move(codes), values);
    }
    default:
      return;
  }
}

}  // namespace

TableNeed NeedOfRestTagNames() {
  TableNeed need;
  need.parts = kShortTextsPart;
  need.rest_columns = true;
  for (const Owner owner : kOwners) need.parts |= ShapesPart(owner);
  return need;
}

void CollectTagNames(const SpanTable& table, TagNameSets& names) {
  for (const Owner owner : kOwners) {
    auto& of_owner = names[static_cast<size_t>(owner)];
    for (const ValueColumn& column : ListsOf(table, owner).columns) {
      if (column.is_rest) continue;
      const std::string_view key = table.texts.at(column.key);
      if (of_owner.find(key) == of_owner.end()) of_owner.emplace(key);
    }
  }
}

void CollectRestTagNames(const SpanTable& table, TagNameSets& names) {
  for (const Owner owner : kOwners) {
    for (const ValueColumn& column : ListsOf(table, owner).columns) {
      for (const TextCode key : column.keys) {
        names[static_cast<size_t>(owner)].emplace(table.texts.at(key));
      }
    }
  }
}

contracts::TagNames ToTagNames(const TagNameSets& names) {
  const auto list = [&names](Owner owner) {
    const auto& set = names[static_cast<size_t>(owner)];
    return std::vector<std::string>(set.begin(), set.end());
  };
  return {.span = list(Owner::kSpan),
          .resource = list(Owner::kResource),
          .event = list(Owner::kEvent),
          .link = list(Owner::kLink),
          .instrumentation = list(Owner::kScope)};
}

contracts::SpanFilter ExistsFilter(const contracts::FieldRef& field) {
  contracts::SpanFilter filter;
  filter.kind = contracts::SpanFilter::Kind::kCondition;
  filter.condition.field = field;
  return filter;
}

TableNeed NeedOfTagValues(const contracts::FieldRef& field) { return NeedOf(ExistsFilter(field)); }

Status CollectTagValues(const SpanTable& table, const contracts::FieldRef& field,
                        std::set<TagValue>& values) {
  if (const auto* intrinsic = std::get_if<Intrinsic>(&field)) {
    AddIntrinsic(table, *intrinsic, values);
    return OkStatus();
  }
  for (const TableNeed::Key& key : NeedOfTagValues(field).keys) {
    for (const ValueColumn& column : ListsOf(table, key.owner).columns) {
      if (!column.is_rest && table.texts.at(column.key) != key.name) continue;
      ORRERY_RETURN_IF_ERROR(AddColumn(table.texts, column, key.name, values));
    }
  }
  return OkStatus();
}

}  // namespace orrery::traces
