// SPDX-License-Identifier: Apache-2.0
#include "traces/zone_map.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace orrery::traces {
namespace {

using model::Value;

bool HasRange(Value::Type type) {
  return type == Value::Type::kInt || type == Value::Type::kDouble || type == Value::Type::kBool;
}

uint8_t BitOf(uint32_t number) {
  return static_cast<uint8_t>(1u << std::min<uint32_t>(number, ZoneMap::kOtherBit));
}

// Smallest and largest of values of which there is at least one.
template <typename T>
class Range {
 public:
  void Add(T value) {
    min_ = is_empty_ ? value : std::min(min_, value);
    max_ = is_empty_ ? value : std::max(max_, value);
    is_empty_ = false;
  }
  void PutInto(ColumnZone& zone) const {
    zone.has_range = !is_empty_;
    zone.min = std::bit_cast<uint64_t>(min_);
    zone.max = std::bit_cast<uint64_t>(max_);
  }
  T min() const { return min_; }
  T max() const { return max_; }

 private:
  bool is_empty_ = true;
  T min_ = 0;
  T max_ = 0;
};

ColumnZone ZoneOf(const ValueColumn& column, Owner owner, const Texts& texts) {
  ColumnZone zone;
  zone.owner = owner;
  zone.type = column.type;
  zone.is_rest = column.is_rest;
  if (!column.is_rest) zone.key_hash = ColumnZone::KeyHashOf(texts.at(column.key));
  if (column.type == Value::Type::kInt) {
    Range<int64_t> range;
    for (const uint64_t number : column.numbers) range.Add(static_cast<int64_t>(number));
    range.PutInto(zone);
  } else if (column.type == Value::Type::kDouble) {
    Range<double> range;
    for (const uint64_t bits : column.numbers) {
      const auto number = std::bit_cast<double>(bits);
      if (std::isnan(number)) {
        zone.has_nan = true;
      } else {
        range.Add(number);
      }
    }
    range.PutInto(zone);
  } else if (column.type == Value::Type::kBool) {
    Range<uint64_t> range;
    for (const uint32_t truth : column.codes) range.Add(truth);
    range.PutInto(zone);
  }
  return zone;
}

uint64_t Distance(int64_t min, int64_t max) {
  return static_cast<uint64_t>(max) - static_cast<uint64_t>(min);
}

void PutRange(int64_t min, int64_t max, std::string& out) {
  columnar::PutVarint(columnar::ZigZag(min), out);
  columnar::PutVarint(Distance(min, max), out);
}

bool GetRange(columnar::ByteReader& in, int64_t& min, int64_t& max) {
  min = columnar::UnZigZag(in.Varint());
  max = static_cast<int64_t>(static_cast<uint64_t>(min) + in.Varint());
  return in.ok() && min <= max;
}

// Of a column's zone: how the range is kept.
constexpr uint8_t kRangeFlag = 1;
constexpr uint8_t kNanFlag = 2;
// With the type.
constexpr uint8_t kRestBit = 0x80;

void EncodeColumnZone(const ColumnZone& zone, std::string& out) {
  columnar::PutFixed32(zone.key_hash, out);
  out.push_back(static_cast<char>(static_cast<uint8_t>(zone.type) | (zone.is_rest ? kRestBit : 0)));
  if (!HasRange(zone.type)) return;
  out.push_back(
      static_cast<char>((zone.has_range ? kRangeFlag : 0) | (zone.has_nan ? kNanFlag : 0)));
  if (!zone.has_range) return;
  if (zone.type == Value::Type::kDouble) {
    columnar::PutFixed64(zone.min, out);
    columnar::PutFixed64(zone.max, out);
  } else {
    PutRange(static_cast<int64_t>(zone.min), static_cast<int64_t>(zone.max), out);
  }
}

bool DecodeColumnZone(columnar::ByteReader& in, ColumnZone& zone) {
  zone.key_hash = in.Fixed32();
  const uint8_t coded_type = in.Byte();
  const uint8_t type = coded_type & ~kRestBit;
  if (!in.ok() || type > static_cast<uint8_t>(Value::Type::kKvList)) return false;
  zone.type = static_cast<Value::Type>(type);
  zone.is_rest = (coded_type & kRestBit) != 0;
  if (!HasRange(zone.type)) return true;
  const uint8_t flags = in.Byte();
  zone.has_range = (flags & kRangeFlag) != 0;
  zone.has_nan = (flags & kNanFlag) != 0;
  if (!zone.has_range) return in.ok();
  if (zone.type == Value::Type::kDouble) {
    zone.min = in.Fixed64();
    zone.max = in.Fixed64();
    return in.ok() && std::bit_cast<double>(zone.min) <= std::bit_cast<double>(zone.max);
  }
  int64_t min = 0;
  int64_t max = 0;
  if (!GetRange(in, min, max)) return false;
  zone.min = static_cast<uint64_t>(min);
  zone.max = static_cast<uint64_t>(max);
  return true;
}

}  // namespace

uint32_t ColumnZone::KeyHashOf(std::string_view key) {
  return static_cast<uint32_t>(bloom::HashOf(key));
}

ZoneMap ZonesOf(const SpanTable& table) {
  ZoneMap zones;
  Range<int64_t> durations;
  Range<int64_t> offsets;
  for (uint32_t row = 0; row < table.rows(); ++row) {
    durations.Add(static_cast<int64_t>(table.durations[row]));
    zones.kinds |= BitOf(table.kinds[row]);
    zones.status_codes |= BitOf(table.status_codes[row]);
    for (uint32_t i = table.EventsBegin(row); i < table.event_ends[row]; ++i) {
      offsets.Add(static_cast<int64_t>(table.event_times[i] - table.starts[row]));
    }
  }
  zones.min_duration = durations.min();
  zones.max_duration = durations.max();
  zones.min_event_offset = offsets.min();
  zones.max_event_offset = offsets.max();
  zones.has_events = !table.event_times.empty();
  zones.has_links = !table.link_trace_ids.empty();
  for (const Owner owner : kOwners) {
    for (const ValueColumn& column : ListsOf(table, owner).columns) {
      zones.columns.push_back(ZoneOf(column, owner, table.texts));
    }
  }
  return zones;
}

bloom::HashFilter TextFilterOf(const Texts& texts) {
  std::vector<uint64_t> hashes;
  hashes.reserve(texts.short_texts.size());
  for (uint32_t i = 1; i < texts.short_texts.size(); ++i) {  // 0 is the empty one.
    hashes.push_back(bloom::HashOf(texts.short_texts.at(i)));
  }
  // No writer puts a short text among the long ones, but a file may.
  for (uint32_t i = 0; i < texts.long_texts.size(); ++i) {
    const std::string_view text = texts.long_texts.at(i);
    if (text.size() < kLongTextBytes) hashes.push_back(bloom::HashOf(text));
  }
  return bloom::HashFilter::Of(hashes);
}

void EncodeZones(const ZoneMap& zones, std::string& out) {
  PutRange(zones.min_duration, zones.max_duration, out);
  PutRange(zones.min_event_offset, zones.max_event_offset, out);
  out.push_back(static_cast<char>(zones.kinds));
  out.push_back(static_cast<char>(zones.status_codes));
  for (const ColumnZone& zone : zones.columns) EncodeColumnZone(zone, out);
}

bool DecodeZones(columnar::ByteReader& in, const std::vector<Owner>& owners, ZoneMap& zones) {
  if (!GetRange(in, zones.min_duration, zones.max_duration) ||
      !GetRange(in, zones.min_event_offset, zones.max_event_offset)) {
    return false;
  }
  zones.kinds = in.Byte();
  zones.status_codes = in.Byte();
  zones.columns.reserve(owners.size());
  for (const Owner owner : owners) {
    ColumnZone& zone = zones.columns.emplace_back();
    zone.owner = owner;
    if (!DecodeColumnZone(in, zone)) return false;
  }
  return in.ok();
}

}  // namespace orrery::traces
