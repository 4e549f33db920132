// SPDX-License-Identifier: Apache-2.0
#include "storage/wal/segment.h"

#include <charconv>

#include <xxhash.h>

#include "base/check.h"
#include "storage/wal/log_reader.h"

namespace orrery::wal {
namespace {

constexpr std::string_view kMagic = "ORRYWAL\n";
constexpr uint32_t kVersion = 1;
constexpr std::string_view kSuffix = ".wal";
constexpr size_t kNameDigits = 6;

template <typename T>
void Put(T value, std::string& out) {
  for (size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i));
}

template <typename T>
T Get(std::string_view bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  }
  return value;
}

uint32_t Guard(uint32_t length, uint64_t segment) {
  std::string bytes;
  Put(length, bytes);
  return static_cast<uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), segment));
}

}  // namespace

std::string SegmentName(uint64_t segment) {
  std::string digits = std::to_string(segment);
  if (digits.size() < kNameDigits) digits.insert(0, kNameDigits - digits.size(), '0');
  return digits.append(kSuffix);
}

std::optional<uint64_t> SegmentNumber(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  const std::string_view digits = name.substr(0, name.size() - kSuffix.size());
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
  if (error != std::errc() || end != digits.end() || number == 0) return std::nullopt;
  // Only the way we write it, so that no number has two files.
  if (SegmentName(number) != name) return std::nullopt;
  return number;
}

std::string EncodeSegmentHeader(uint64_t segment) {
  std::string header(kMagic);
  Put(kVersion, header);
  Put(static_cast<uint32_t>(segment), header);
  return header;
}

std::string_view CheckSegmentHeader(std::string_view header, uint64_t segment) {
  if (header.size() < kSegmentHeaderBytes) return "shorter than a segment's header";
  if (!header.starts_with(kMagic)) return "does not begin like a segment";
  if (Get<uint32_t>(header.substr(8)) != kVersion)
    return "written by a version unknown to this one";
  if (Get<uint32_t>(header.substr(12)) != static_cast<uint32_t>(segment)) {
    return "belongs to another segment";
  }
  return {};
}

void AppendRecord(std::string_view payload, uint64_t segment, std::string& out) {
  ORRERY_CHECK(!payload.empty() && payload.size() <= kMaxRecordBytes);
  const auto length = static_cast<uint32_t>(payload.size());
  Put(length, out);
  Put(Guard(length, segment), out);
  Put(RecordChecksum(payload, segment), out);
  out.append(payload);
}

std::optional<RecordHeader> DecodeRecordHeader(std::string_view header, uint64_t segment) {
  const auto length = Get<uint32_t>(header);
  if (Get<uint32_t>(header.substr(4)) != Guard(length, segment)) return std::nullopt;
  if (length == 0 || length > kMaxRecordBytes) return std::nullopt;
  return RecordHeader{.length = length, .checksum = Get<uint64_t>(header.substr(8))};
}

uint64_t RecordChecksum(std::string_view payload, uint64_t segment) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), segment);
}

}  // namespace orrery::wal
