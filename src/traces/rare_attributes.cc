// SPDX-License-Identifier: Apache-2.0
#include "traces/rare_attributes.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace orrery::traces {
namespace {

using Type = model::Value::Type;

// So many columns are no burden.
constexpr size_t kFewColumns = 128;
// A column of its own costs some 40 bytes in a row group, a key in a rest column one or two.
constexpr uint64_t kLeastValues = 16;
constexpr size_t kMostColumns = 1024;
constexpr size_t kTypes = static_cast<size_t>(Type::kKvList) + 1;

uint64_t PackedName(TextCode key, Type type) {
  return uint64_t{key} << 8 | static_cast<uint64_t>(type);
}

// Calls `visit` with list, column and place of every value, in order.
template <typename Visit>
void ForEachValue(const AttributeLists& lists, const Visit& visit) {
  std::vector<uint32_t> places(lists.columns.size(), 0);
  for (uint32_t list = 0; list < lists.size(); ++list) {
    for (const uint32_t column : lists.ColumnsOf(list)) visit(list, column, places[column]++);
  }
}

// The lists in making.
class Regrouped {
 public:
  explicit Regrouped(const AttributeLists& from) : from_(from) { rest_.fill(kNone); }

  AttributeLists Make() {
    ChooseColumns();
    to_.shape_of_list.reserve(from_.size());
    uint32_t current = 0;
    ForEachValue(from_, [&](uint32_t list, uint32_t column, uint32_t place) {
      for (; current < list; ++current) EndList();
      MoveValue(from_.columns[column], place);
    });
    for (; current < from_.size(); ++current) EndList();
    to_.RebuildMarks();
    return std::move(to_);
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  void ChooseColumns() {
    boost::unordered_flat_map<uint64_t, uint64_t> counts;
    ForEachValue(from_, [&](uint32_t, uint32_t column, uint32_t place) {
      const ValueColumn& of = from_.columns[column];
      ++counts[PackedName(of.KeyOf(place), of.type)];
    });
    std::vector<std::pair<uint64_t, uint64_t>> frequent;  // Count and name.
    for (const auto& [name, count] : counts) {
      if (count >= kLeastValues) frequent.emplace_back(count, name);
    }
    // By name among equals, so that the same data makes the same bytes.
    std::ranges::sort(frequent, std::greater<>());
    if (frequent.size() > kMostColumns) frequent.resize(kMostColumns);
    for (const auto& [count, name] : frequent) {
      own_[name] = static_cast<uint32_t>(to_.columns.size());
      ValueColumn& column = to_.columns.emplace_back();
      column.key = static_cast<TextCode>(name >> 8);
      column.type = static_cast<Type>(name & 0xff);
    }
  }

  void MoveValue(const ValueColumn& from, uint32_t place) {
    const TextCode key = from.KeyOf(place);
    const auto own = own_.find(PackedName(key, from.type));
    const uint32_t column = own != own_.end() ? own->second : Rest(from.type);
    ValueColumn& to = to_.columns[column];
    if (to.is_rest) to.keys.push_back(key);
    if (from.holds_numbers()) to.numbers.push_back(from.numbers[place]);
    if (from.holds_codes()) to.codes.push_back(from.codes[place]);
    shape_.push_back(column);
  }

  uint32_t Rest(Type type) {
    uint32_t& column = rest_[static_cast<size_t>(type)];
    if (column == kNone) {
      column = static_cast<uint32_t>(to_.columns.size());
      to_.columns.emplace_back().is_rest = true;
      to_.columns.back().type = type;
    }
    return column;
  }

  void EndList() {
    uint32_t shape = 0;
    if (!shape_.empty()) {
      const auto [known, is_new] = shapes_.try_emplace(shape_, to_.shapes.size());
      if (is_new) {
        to_.shapes.push_back({static_cast<uint32_t>(to_.shape_columns.size()),
                              static_cast<uint32_t>(shape_.size())});
        to_.shape_columns.insert(to_.shape_columns.end(), shape_.begin(), shape_.end());
      }
      shape = known->second;
    }
    to_.shape_of_list.push_back(shape);
    shape_.clear();
  }

  const AttributeLists& from_;
  AttributeLists to_;
  boost::unordered_flat_map<uint64_t, uint32_t> own_;  // By packed name.
  std::array<uint32_t, kTypes> rest_;
  std::vector<uint32_t> shape_;  // Of the list in making.
  std::map<std::vector<uint32_t>, uint32_t> shapes_;
};

}  // namespace

void GatherRareAttributes(AttributeLists& lists) {
  if (lists.columns.size() <= kFewColumns && !lists.has_rest()) return;
  lists = Regrouped(lists).Make();
}

}  // namespace orrery::traces
