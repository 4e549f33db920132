// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/integers.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace orrery::columnar {
namespace {

// First byte of a column.
enum Mode : uint8_t {
  kConstant = 0,    // One varint.
  kDictionary = 1,  // Count, ascending differences, then a position of one or two bytes each.
  kDeltas = 2,      // ZigZag varints of the differences to the value before, the first to 0.
  kPacked = 3,      // Groups of 128: smallest as varint, bits, then the distances.
};

constexpr size_t kGroup = 128;

// The distinct values, ascending, or nothing when there are more than `most`.
template <typename T>
std::vector<T> Distinct(std::span<const T> values, size_t most) {
  // A small open-addressing set; the column is given up early when it overflows.
  size_t size = 64;
  while (size < 4 * most) size *= 2;
  std::vector<uint32_t> slots(size, 0);
  std::vector<T> distinct;
  const T* previous = nullptr;
  for (const T& value : values) {
    if (previous != nullptr && *previous == value) continue;
    previous = &value;
    size_t place = (static_cast<uint64_t>(value) * 0x9E3779B97F4A7C15ull >> 32) & (size - 1);
    while (slots[place] != 0 && distinct[slots[place] - 1] != value)
      place = (place + 1) & (size - 1);
    if (slots[place] != 0) continue;
    if (distinct.size() == most) return {};
    distinct.push_back(value);
    slots[place] = static_cast<uint32_t>(distinct.size());
  }
  std::ranges::sort(distinct);
  return distinct;
}

template <typename T>
void PutDictionary(std::span<const T> values, const std::vector<T>& distinct, std::string& out) {
  out.push_back(kDictionary);
  PutVarint(distinct.size(), out);
  T previous = 0;
  for (const T value : distinct) {
    PutVarint(value - previous, out);
    previous = value;
  }
  const bool wide = distinct.size() > 256;
  T last = distinct.front();
  size_t position = 0;
  for (const T value : values) {
    if (value != last) {
      position = static_cast<size_t>(std::ranges::lower_bound(distinct, value) - distinct.begin());
      last = value;
    }
    out.push_back(static_cast<char>(position));
    if (wide) out.push_back(static_cast<char>(position >> 8));
  }
}

template <typename T>
bool GetDictionary(ByteReader& in, size_t count, std::vector<T>& out) {
  const uint64_t size = in.Varint();
  if (!in.ok() || size == 0 || size > 65536 || size > in.remaining()) return false;
  std::vector<T> distinct(size);
  uint64_t value = 0;
  for (T& entry : distinct) {
    value += in.Varint();
    if (value > std::numeric_limits<T>::max()) return false;
    entry = static_cast<T>(value);
  }
  const size_t width = size > 256 ? 2 : 1;
  if (count > in.remaining() / width) return false;
  const std::string_view bytes = in.Bytes(count * width);
  if (!in.ok()) return false;
  out.resize(count);
  for (size_t i = 0; i < count; ++i) {
    size_t position = static_cast<uint8_t>(bytes[width * i]);
    if (width == 2) position |= static_cast<size_t>(static_cast<uint8_t>(bytes[2 * i + 1])) << 8;
    if (position >= size) return false;
    out[i] = distinct[position];
  }
  return true;
}

template <typename T>
bool GetConstant(ByteReader& in, size_t count, std::vector<T>& out) {
  const uint64_t value = in.Varint();
  if (!in.ok() || value > std::numeric_limits<T>::max()) return false;
  out.assign(count, static_cast<T>(value));
  return true;
}

void PutPacked(std::span<const uint64_t> values, std::string& out) {
  out.push_back(kPacked);
  for (size_t begin = 0; begin < values.size(); begin += kGroup) {
    const auto group = values.subspan(begin, std::min(kGroup, values.size() - begin));
    const auto [least, most] = std::ranges::minmax(group);
    const auto bits = static_cast<int>(std::bit_width(most - least));
    PutVarint(least, out);
    out.push_back(static_cast<char>(bits));
    unsigned __int128 pending = 0;
    int filled = 0;
    for (const uint64_t value : group) {
      pending |= static_cast<unsigned __int128>(value - least) << filled;
      for (filled += bits; filled >= 8; filled -= 8) {
        out.push_back(static_cast<char>(pending));
        pending >>= 8;
      }
    }
    if (filled > 0) out.push_back(static_cast<char>(pending));
  }
}

bool GetPacked(ByteReader& in, size_t count, std::vector<uint64_t>& out) {
  if (count / kGroup > in.remaining() / 2) return false;  // Two bytes a group at least.
  out.resize(count);
  for (size_t begin = 0; begin < count; begin += kGroup) {
    const size_t size = std::min(kGroup, count - begin);
    const uint64_t least = in.Varint();
    const uint32_t bits = in.Byte();
    if (!in.ok() || bits > 64) return false;
    const std::string_view bytes = in.Bytes((size * bits + 7) / 8);
    if (!in.ok()) return false;
    const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
    unsigned __int128 pending = 0;
    uint32_t filled = 0;
    size_t next = 0;
    for (size_t i = 0; i < size; ++i) {
      while (filled < bits) {
        pending |= static_cast<unsigned __int128>(static_cast<uint8_t>(bytes[next++])) << filled;
        filled += 8;
      }
      out[begin + i] = least + (static_cast<uint64_t>(pending) & mask);
      pending >>= bits;
      filled -= bits;
    }
  }
  return true;
}

}  // namespace

void EncodeCodes(std::span<const uint32_t> values, std::string& out) {
  const std::vector<uint32_t> distinct =
      Distinct(values, std::min<size_t>(65536, values.size() / 2 + 1));
  if (distinct.size() == 1) {
    out.push_back(kConstant);
    PutVarint(distinct.front(), out);
  } else if (!distinct.empty()) {
    PutDictionary(values, distinct, out);
  } else {
    out.push_back(kDeltas);
    int64_t previous = 0;
    for (const uint32_t value : values) {
      PutVarint(ZigZag(static_cast<int64_t>(value) - previous), out);
      previous = value;
    }
  }
}

bool DecodeCodes(ByteReader& in, size_t count, uint64_t limit, std::vector<uint32_t>& out) {
  bool read = false;
  switch (in.Byte()) {
    case kConstant:
      read = in.ok() && GetConstant(in, count, out);
      break;
    case kDictionary:
      read = GetDictionary(in, count, out);
      break;
    case kDeltas: {
      if (count > in.remaining()) return false;
      out.resize(count);
      int64_t value = 0;
      for (uint32_t& entry : out) {
        const uint64_t delta = in.Varint();
        if (delta > uint64_t{1} << 33) return false;
        value += UnZigZag(delta);
        if (value < 0 || value > UINT32_MAX) return false;
        entry = static_cast<uint32_t>(value);
      }
      read = in.ok();
      break;
    }
    default:
      break;
  }
  return read && std::ranges::all_of(out, [limit](uint32_t value) { return value < limit; });
}

void EncodeNumbers(std::span<const uint64_t> values, std::string& out) {
  const std::vector<uint64_t> distinct =
      Distinct(values, std::min<size_t>(1024, values.size() / 8 + 1));
  if (distinct.size() == 1) {
    out.push_back(kConstant);
    PutVarint(distinct.front(), out);
  } else if (!distinct.empty()) {
    PutDictionary(values, distinct, out);
  } else {
    PutPacked(values, out);
  }
}

bool DecodeNumbers(ByteReader& in, size_t count, std::vector<uint64_t>& out) {
  switch (in.Byte()) {
    case kConstant:
      return in.ok() && GetConstant(in, count, out);
    case kDictionary:
      return GetDictionary(in, count, out);
    case kPacked:
      return GetPacked(in, count, out);
    default:
      return false;
  }
}

}  // namespace orrery::columnar
