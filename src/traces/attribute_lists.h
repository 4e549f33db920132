// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/span_batch.h"
#include "traces/texts.h"

namespace orrery::traces {

// The values of one attribute key with one type, over all lists of a table that have it, in the
// order of the lists. Or a rest column: values of one type whose keys are too rare for a column of
// their own, each with its key.
struct ValueColumn {
  TextCode key = kEmptyText;  // Not of a rest column.
  model::Value::Type type = model::Value::Type::kEmpty;
  bool is_rest = false;
  std::vector<TextCode> keys;  // By value; of a rest column only.
  // Numbers as they are, doubles by their bits: kInt, kDouble.
  std::vector<uint64_t> numbers;
  // Text codes, also of encoded nested values; 0 or 1 for kBool; nothing for kEmpty.
  std::vector<uint32_t> codes;

  bool holds_numbers() const {
    return type == model::Value::Type::kInt || type == model::Value::Type::kDouble;
  }
  bool holds_codes() const { return !holds_numbers() && type != model::Value::Type::kEmpty; }
  TextCode KeyOf(uint32_t place) const { return is_rest ? keys[place] : key; }
  // What ValueMatch::Value takes: the number's bits, the code, or nothing.
  uint64_t PayloadOf(uint32_t place) const {
    return holds_numbers() ? numbers[place] : holds_codes() ? codes[place] : 0;
  }
};

// AttributeLists keeps many attribute lists of one owner (spans, resources, ...) in columns. Lists
// with the same keys and types in the same order share a shape: the columns that their values are
// in. So a list costs its shape's number and its values, each key gets a column of its own, found
// from the data, and order and repeated keys survive.
//
//   {http.method "GET", retries 2}      shape 0: columns 0, 1     column 0: http.method  "GET"
//   "PUT" {http.method "PUT", retries 0}      shape 0                   column 1: retries       2
//   0   7 {retries 7}                         shape 1: column 1
//
// Keys beyond some hundreds, and those that a block's writer finds to be rare, share rest columns,
// one for each type, so that a key of its own on each list costs no columns and no shapes.
//
// Threads: as a value type.
struct AttributeLists {
  struct Shape {
    uint32_t begin = 0;  // In shape_columns.
    uint32_t count = 0;
  };
  // Every this many lists the places in the columns are noted, to start reading anywhere.
  static constexpr uint32_t kMarkEvery = 32;

  std::vector<uint32_t> shape_of_list;
  std::vector<Shape> shapes;  // Shape 0 is the empty list.
  std::vector<uint32_t> shape_columns;
  std::vector<ValueColumn> columns;
  // For list 0, kMarkEvery, 2 * kMarkEvery, ...: how many values each column had before it. A mark
  // is as wide as there were columns then; marks[mark_begins[i]...] is the i-th.
  std::vector<uint32_t> marks;
  std::vector<uint32_t> mark_begins;
  std::vector<uint64_t> value_counts;  // How many values each column has; of decoded lists only.

  AttributeLists() : shapes(1) {}

  size_t size() const { return shape_of_list.size(); }
  std::span<const uint32_t> ColumnsOf(uint32_t list) const {
    const Shape& shape = shapes[shape_of_list[list]];
    return std::span(shape_columns).subspan(shape.begin, shape.count);
  }
  // Notes the places of all columns after the lists so far. `counts` is values by column.
  void AddMark(std::span<const uint32_t> counts) {
    mark_begins.push_back(static_cast<uint32_t>(marks.size()));
    marks.insert(marks.end(), counts.begin(), counts.end());
  }
  // Makes the marks anew from the shapes, and counts values.
  void RebuildMarks();
  bool has_rest() const;
  size_t memory_bytes() const;
};

// AttributeCursor reads lists back. Forward steps are cheap, any jump costs at most a walk over
// AttributeLists::kMarkEvery lists.
//
// Life: `lists` must outlive it and stay unchanged, with the columns that it reads present.
class AttributeCursor {
 public:
  explicit AttributeCursor(const AttributeLists& lists) : lists_(lists) {}

  // Moves to a list. Requires: list < lists.size().
  void Seek(uint32_t list);
  // Place in column `column` of the next value of the current list; call once for each entry of
  // ColumnsOf(list), in order.
  uint32_t Next(uint32_t column) { return places_[column]++; }

 private:
  const AttributeLists& lists_;
  uint32_t at_ = UINT32_MAX;      // The list that places_ stands after, or nowhere.
  std::vector<uint32_t> places_;  // By column.
};

// AttributeAppender adds lists of a batch to AttributeLists.
//
// Life:    made with empty lists, used while they grow.
// Threads: one at a time.
// Cost:    where the keys are those of the hinted shape, a comparison for each key and one lookup
//          for each text value.
class AttributeAppender {
 public:
  // Keys that come when there are so many columns go to rest columns.
  static constexpr size_t kMaxColumns = 256;

  // The same `lists` and `texts` every time. `hint` is a shape to try first; returns the shape.
  uint32_t Append(const model::SpanBatch& batch, model::IndexRange attributes, uint32_t hint,
                  AttributeLists& lists, Texts& texts, TextInterner& interner);

 private:
  static bool Fits(std::span<const model::Attribute> list, uint32_t shape,
                   const AttributeLists& lists, const Texts& texts);
  uint32_t FindShape(std::span<const model::Attribute> list, AttributeLists& lists, Texts& texts,
                     TextInterner& interner);
  uint32_t FindColumn(const model::Attribute& attribute, AttributeLists& lists, Texts& texts,
                      TextInterner& interner);
  uint32_t FindRest(model::Value::Type type, AttributeLists& lists);
  void AppendValue(const model::SpanBatch& batch, const model::Attribute& attribute,
                   ValueColumn& to, Texts& texts, TextInterner& interner);

  // By key code and type, and by hash of the column list; open addressing over position + 1.
  std::vector<uint32_t> column_slots_;
  std::vector<uint32_t> shape_slots_;
  std::vector<uint32_t> counts_;  // Values by column.
  std::vector<uint32_t> scratch_;
  std::string nested_;
};

}  // namespace orrery::traces
