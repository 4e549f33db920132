// SPDX-License-Identifier: Apache-2.0
#include "model/ids.h"

#include "base/check.h"

namespace orrery::model {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

TraceId TraceId::FromBytes(std::string_view raw) {
  ORRERY_CHECK(raw.size() == 16);
  TraceId id;
  std::memcpy(id.bytes.data(), raw.data(), 16);
  return id;
}

SpanId SpanId::FromBytes(std::string_view raw) {
  ORRERY_CHECK(raw.size() == 8);
  SpanId id;
  std::memcpy(id.bytes.data(), raw.data(), 8);
  return id;
}

std::string ToHex(const TraceId& id) { return BytesToHex(id.view()); }
std::string ToHex(const SpanId& id) { return BytesToHex(id.view()); }

std::string BytesToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex(bytes.size() * 2, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    hex[2 * i] = kDigits[byte >> 4];
    hex[2 * i + 1] = kDigits[byte & 15];
  }
  return hex;
}

std::optional<std::string> HexToBytes(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes(hex.size() / 2, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int high = HexDigit(hex[2 * i]);
    const int low = HexDigit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace orrery::model
