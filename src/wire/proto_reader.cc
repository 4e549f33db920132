// SPDX-License-Identifier: Apache-2.0
#include "wire/proto_reader.h"

#include <array>

namespace orrery::wire {
namespace {

constexpr size_t kMaxGroupDepth = 64;
constexpr int kMaxVarintBytes = 10;

}  // namespace

uint64_t ProtoReader::LongVarint() {
  uint64_t value = 0;
  for (int i = 0; i < kMaxVarintBytes; ++i) {
    if (position_ == end_) {
      Fail("goes past the end");
      return 0;
    }
    const auto byte = static_cast<uint8_t>(*position_++);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) return value;
  }
  Fail("has a number of more than ten bytes");
  return 0;
}

void ProtoReader::Skip() {
  switch (tag_ & 7) {
    case kVarint:
      Varint();
      break;
    case kFixed64:
      Fixed64();
      break;
    case kBytes:
      Bytes();
      break;
    case kGroupStart:
      SkipGroup();
      break;
    case kFixed32:
      Fixed32();
      break;
    default:
      Fail("has a wire type that protobuf does not know here");
  }
}

void ProtoReader::SkipGroup() {
  std::array<uint32_t, kMaxGroupDepth> open{};
  size_t depth = 0;
  open[depth++] = tag_ >> 3;
  while (depth > 0) {
    if (position_ == end_) Fail("is a group without an end");
    if (!Next()) return;
    if ((tag_ & 7) == kGroupStart) {
      if (depth == kMaxGroupDepth) return Fail("nests groups too deep");
      open[depth++] = tag_ >> 3;
    } else if ((tag_ & 7) == kGroupEnd) {
      if (open[--depth] != tag_ >> 3) return Fail("ends a group that is not open");
    } else {
      Skip();
    }
  }
}

void ProtoReader::Fail(const char* what) {
  if (error_.at == nullptr) error_ = {field_start_, what, tag_ >> 3};
  position_ = end_;
}

std::string DescribeProtoError(const ProtoError& error, const char* begin) {
  return "field " + std::to_string(error.field) + " at byte " + std::to_string(error.at - begin) +
         " " + error.what;
}

}  // namespace orrery::wire
