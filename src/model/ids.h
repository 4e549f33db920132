// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace orrery::model {

// 16 bytes that name a trace; all zero means "none", which no stored span has.
struct TraceId {
  std::array<uint8_t, 16> bytes{};

  bool IsZero() const {
    uint64_t halves[2];
    std::memcpy(halves, bytes.data(), sizeof(halves));
    return (halves[0] | halves[1]) == 0;
  }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), 16}; }
  // Requires: raw.size() == 16.
  static TraceId FromBytes(std::string_view raw);
  // Byte order, which is also the order of the hex texts.
  auto operator<=>(const TraceId&) const = default;
};

// 8 bytes that name a span within its trace; all zero means "none" (a root's parent).
struct SpanId {
  std::array<uint8_t, 8> bytes{};

  bool IsZero() const {
    uint64_t whole;
    std::memcpy(&whole, bytes.data(), sizeof(whole));
    return whole == 0;
  }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), 8}; }
  // Requires: raw.size() == 8.
  static SpanId FromBytes(std::string_view raw);
  auto operator<=>(const SpanId&) const = default;
};

// Lower-case hex, all digits: 32 for a trace, 16 for a span.
std::string ToHex(const TraceId& id);
std::string ToHex(const SpanId& id);
// Hex of any bytes.
std::string BytesToHex(std::string_view bytes);
// Hex digits of either case to bytes; nothing when the length is odd or a digit is wrong.
std::optional<std::string> HexToBytes(std::string_view hex);

// For hash tables; the ids are random already, so their own bytes serve.
struct IdHash {
  size_t operator()(const TraceId& id) const {
    size_t low;
    size_t high;
    std::memcpy(&low, id.bytes.data(), 8);
    std::memcpy(&high, id.bytes.data() + 8, 8);
    return low * 0x9E3779B97F4A7C15ull ^ high;
  }
  size_t operator()(const SpanId& id) const {
    size_t raw;
    std::memcpy(&raw, id.bytes.data(), 8);
    return raw * 0x9E3779B97F4A7C15ull;
  }
};

}  // namespace orrery::model
