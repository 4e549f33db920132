// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery::wal {

// The bytes of a segment, as docs/formats/wal.md draws them. All numbers are little-endian.

inline constexpr size_t kSegmentHeaderBytes = 16;
inline constexpr size_t kRecordHeaderBytes = 16;

// "000017.wal"
std::string SegmentName(uint64_t segment);
// The number in such a name; nothing for any other name.
std::optional<uint64_t> SegmentNumber(std::string_view name);

std::string EncodeSegmentHeader(uint64_t segment);
// Empty when `header` opens a segment with this number, else what is wrong with it.
std::string_view CheckSegmentHeader(std::string_view header, uint64_t segment);

struct RecordHeader {
  uint32_t length = 0;
  uint64_t checksum = 0;
};

// Appends header and payload. Both carry the segment's number in their checksums, so that bytes of
// another segment are never taken for records of this one.
void AppendRecord(std::string_view payload, uint64_t segment, std::string& out);
// Nothing when the length's guard does not fit. Requires kRecordHeaderBytes bytes.
std::optional<RecordHeader> DecodeRecordHeader(std::string_view header, uint64_t segment);
uint64_t RecordChecksum(std::string_view payload, uint64_t segment);

}  // namespace orrery::wal
