// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/span_filter.h"
#include "model/span_batch.h"
#include "storage/bloom/hash_filter.h"
#include "storage/columnar/bytes.h"
#include "traces/table_parts.h"

namespace orrery::traces {

// What is known of the values of one attribute column without reading it.
struct ColumnZone {
  Owner owner = Owner::kSpan;
  model::Value::Type type = model::Value::Type::kEmpty;
  bool is_rest = false;
  uint32_t key_hash = 0;   // KeyHashOf; not of a rest column. Two keys may share it.
  bool has_range = false;  // kInt, kDouble, kBool, with a value that is not NaN:
  bool has_nan = false;
  uint64_t min = 0;  // As in ValueColumn: bits of the smallest and largest number, 0 or 1.
  uint64_t max = 0;

  static uint32_t KeyHashOf(std::string_view key);
};

// ZoneMap says for one row group which values its columns can have, so that a query passes over row
// groups that hold nothing for it. It lies in the row group's directory.
//
// Texts have no useful order; for them there is a filter over all short texts of the row group
// (names, values, keys of attributes), in a chunk of its own. Longer ones may always be there.
struct ZoneMap {
  // Signed, as conditions see them.
  int64_t min_duration = 0;
  int64_t max_duration = 0;
  int64_t min_event_offset = 0;  // From the start of the event's span.
  int64_t max_event_offset = 0;
  // Bit v is set when value v occurs, kOtherBit when another one does.
  uint8_t kinds = 0;
  uint8_t status_codes = 0;
  bool has_events = false;
  bool has_links = false;
  std::vector<ColumnZone> columns;  // In the order of the row group's chunks.

  static constexpr int kOtherBit = 7;
};

// Whether a text of less than kLongTextBytes may be in the row group; asked only when it matters.
using MayHaveText = std::function<bool(std::string_view)>;

// Whether a row of the group may pass `filter`: true for every row group in which FilterRows would
// let a row pass, and for some others.
bool MayMatch(const ZoneMap& zones, const contracts::SpanFilter& filter,
              const MayHaveText& may_have_text);

ZoneMap ZonesOf(const SpanTable& table);
bloom::HashFilter TextFilterOf(const Texts& texts);

void EncodeZones(const ZoneMap& zones, std::string& out);
// `owners` are those of the row group's column chunks. False when the bytes are no zone map.
bool DecodeZones(columnar::ByteReader& in, const std::vector<Owner>& owners, ZoneMap& zones);

}  // namespace orrery::traces
