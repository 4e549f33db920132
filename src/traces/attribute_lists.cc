// SPDX-License-Identifier: Apache-2.0
#include "traces/attribute_lists.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "traces/nested_value.h"

namespace orrery::traces {
namespace {

using model::Attribute;
using model::SpanBatch;
using model::Value;

size_t Mix(size_t hash, size_t value) {
  hash ^= value + 0x9E3779B97F4A7C15ull;
  hash *= 0xD6E8FEB86659FD93ull;
  return hash ^ (hash >> 32);
}

size_t HashColumns(std::span<const uint32_t> columns) {
  size_t hash = columns.size();
  for (const uint32_t column : columns) hash = Mix(hash, column);
  return hash;
}

// Doubles `slots` when `count` entries fill more than half of it; `hash` gives an entry's hash.
template <typename Hash>
void GrowSlots(std::vector<uint32_t>& slots, size_t count, const Hash& hash) {
  if (2 * (count + 1) <= slots.size()) return;
  slots.assign(std::max<size_t>(64, slots.size() * 2), 0);
  const size_t mask = slots.size() - 1;
  for (uint32_t i = 0; i < count; ++i) {
    size_t place = hash(i) & mask;
    while (slots[place] != 0) place = (place + 1) & mask;
    slots[place] = i + 1;
  }
}

}  // namespace

void AttributeLists::RebuildMarks() {
  marks.clear();
  mark_begins.clear();
  std::vector<uint32_t> counts(columns.size(), 0);
  std::vector<uint64_t> lists_of_shape(shapes.size(), 0);
  for (uint32_t list = 0; list < size(); ++list) {
    if (list % kMarkEvery == 0) AddMark(counts);
    ++lists_of_shape[shape_of_list[list]];
    for (const uint32_t column : ColumnsOf(list)) ++counts[column];
  }
  value_counts.assign(columns.size(), 0);
  for (size_t shape = 0; shape < shapes.size(); ++shape) {
    for (uint32_t i = 0; i < shapes[shape].count; ++i) {
      value_counts[shape_columns[shapes[shape].begin + i]] += lists_of_shape[shape];
    }
  }
}

size_t AttributeLists::memory_bytes() const {
  size_t bytes = 4 * (shape_of_list.capacity() + shape_columns.capacity() + marks.capacity() +
                      mark_begins.capacity()) +
                 sizeof(Shape) * shapes.capacity() + sizeof(ValueColumn) * columns.capacity();
  for (const ValueColumn& column : columns) {
    bytes += 8 * column.numbers.capacity() + 4 * (column.codes.capacity() + column.keys.capacity());
  }
  return bytes;
}

bool AttributeLists::has_rest() const {
  return std::ranges::any_of(columns, &ValueColumn::is_rest);
}

void AttributeCursor::Seek(uint32_t list) {
  uint32_t from = at_;
  if (from > list || list - from > AttributeLists::kMarkEvery) {
    const uint32_t mark = list / AttributeLists::kMarkEvery;
    const uint32_t begin = lists_.mark_begins[mark];
    const uint32_t end = mark + 1 < lists_.mark_begins.size()
                             ? lists_.mark_begins[mark + 1]
                             : static_cast<uint32_t>(lists_.marks.size());
    places_.assign(lists_.marks.begin() + begin, lists_.marks.begin() + end);
    from = mark * AttributeLists::kMarkEvery;
  }
  places_.resize(lists_.columns.size(), 0);
  for (; from < list; ++from) {
    for (const uint32_t column : lists_.ColumnsOf(from)) ++places_[column];
  }
  at_ = list + 1;  // True once the caller has taken every value of the list.
}

uint32_t AttributeAppender::Append(const SpanBatch& batch, model::IndexRange attributes,
                                   uint32_t hint, AttributeLists& lists, Texts& texts,
                                   TextInterner& interner) {
  if (lists.size() % AttributeLists::kMarkEvery == 0) lists.AddMark(counts_);
  const auto list = batch.Attributes(attributes);
  uint32_t shape = 0;
  if (!list.empty()) {
    shape = Fits(list, hint, lists, texts) ? hint : FindShape(list, lists, texts, interner);
    const uint32_t begin = lists.shapes[shape].begin;
    for (uint32_t i = 0; i < list.size(); ++i) {
      const uint32_t column = lists.shape_columns[begin + i];
      ++counts_[column];
      AppendValue(batch, list[i], lists.columns[column], texts, interner);
    }
  }
  lists.shape_of_list.push_back(shape);
  return shape;
}

bool AttributeAppender::Fits(std::span<const Attribute> list, uint32_t shape,
                             const AttributeLists& lists, const Texts& texts) {
  const AttributeLists::Shape& known = lists.shapes[shape];
  if (known.count != list.size()) return false;
  for (uint32_t i = 0; i < known.count; ++i) {
    const ValueColumn& column = lists.columns[lists.shape_columns[known.begin + i]];
    if (column.type != list[i].value.type() || column.is_rest ||
        texts.at(column.key) != list[i].key) {
      return false;
    }
  }
  return true;
}

uint32_t AttributeAppender::FindShape(std::span<const Attribute> list, AttributeLists& lists,
                                      Texts& texts, TextInterner& interner) {
  scratch_.clear();
  for (const Attribute& attribute : list) {
    scratch_.push_back(FindColumn(attribute, lists, texts, interner));
  }
  const auto columns_of = [&lists](uint32_t shape) {
    const AttributeLists::Shape& s = lists.shapes[shape];
    return std::span(lists.shape_columns).subspan(s.begin, s.count);
  };
  const auto hash_of = [&](uint32_t shape) { return HashColumns(columns_of(shape)); };
  GrowSlots(shape_slots_, lists.shapes.size(), hash_of);
  const size_t mask = shape_slots_.size() - 1;
  size_t place = HashColumns(scratch_) & mask;
  for (; shape_slots_[place] != 0; place = (place + 1) & mask) {
    const uint32_t shape = shape_slots_[place] - 1;
    if (std::ranges::equal(columns_of(shape), scratch_)) return shape;
  }
  const auto shape = static_cast<uint32_t>(lists.shapes.size());
  lists.shapes.push_back(
      {static_cast<uint32_t>(lists.shape_columns.size()), static_cast<uint32_t>(scratch_.size())});
  lists.shape_columns.insert(lists.shape_columns.end(), scratch_.begin(), scratch_.end());
  shape_slots_[place] = shape + 1;
  return shape;
}

uint32_t AttributeAppender::FindColumn(const Attribute& attribute, AttributeLists& lists,
                                       Texts& texts, TextInterner& interner) {
  const TextCode key = interner.Intern(texts, attribute.key);
  const Value::Type type = attribute.value.type();
  const auto hash_of = [&lists](uint32_t column) {
    return Mix(lists.columns[column].key, static_cast<size_t>(lists.columns[column].type));
  };
  // Rest columns are not in the slots; they come after kMaxColumns others.
  GrowSlots(column_slots_, std::min(kMaxColumns, lists.columns.size()), hash_of);
  const size_t mask = column_slots_.size() - 1;
  size_t place = Mix(key, static_cast<size_t>(type)) & mask;
  for (; column_slots_[place] != 0; place = (place + 1) & mask) {
    const ValueColumn& column = lists.columns[column_slots_[place] - 1];
    if (column.key == key && column.type == type) return column_slots_[place] - 1;
  }
  if (lists.columns.size() >= kMaxColumns) return FindRest(type, lists);
  const auto added = static_cast<uint32_t>(lists.columns.size());
  lists.columns.emplace_back().key = key;
  lists.columns.back().type = type;
  counts_.push_back(0);
  column_slots_[place] = added + 1;
  return added;
}

uint32_t AttributeAppender::FindRest(Value::Type type, AttributeLists& lists) {
  for (auto column = static_cast<uint32_t>(kMaxColumns); column < lists.columns.size(); ++column) {
    if (lists.columns[column].type == type) return column;
  }
  lists.columns.emplace_back().is_rest = true;
  lists.columns.back().type = type;
  counts_.push_back(0);
  return static_cast<uint32_t>(lists.columns.size() - 1);
}

void AttributeAppender::AppendValue(const SpanBatch& batch, const Attribute& attribute,
                                    ValueColumn& to, Texts& texts, TextInterner& interner) {
  const Value& value = attribute.value;
  if (to.is_rest) to.keys.push_back(interner.Intern(texts, attribute.key));
  switch (value.type()) {
    case Value::Type::kEmpty:
      break;
    case Value::Type::kBool:
      to.codes.push_back(value.bool_value() ? 1 : 0);
      break;
    case Value::Type::kInt:
      to.numbers.push_back(static_cast<uint64_t>(value.int_value()));
      break;
    case Value::Type::kDouble:
      to.numbers.push_back(std::bit_cast<uint64_t>(value.double_value()));
      break;
    case Value::Type::kString:
    case Value::Type::kBytes:
      // Neighbours often agree; comparing is cheaper than hashing.
      if (!to.codes.empty() && texts.at(to.codes.back()) == value.text()) {
        to.codes.push_back(to.codes.back());
      } else {
        to.codes.push_back(interner.Intern(texts, value.text()));
      }
      break;
    case Value::Type::kArray:
    case Value::Type::kKvList:
      nested_.clear();
      EncodeNested(batch, value, nested_);
      to.codes.push_back(interner.Intern(texts, nested_));
      break;
  }
}

}  // namespace orrery::traces
