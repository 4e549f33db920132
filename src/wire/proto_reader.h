// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace orrery::wire {

// Wire types of protobuf.
enum WireType : uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kGroupStart = 3,
  kGroupEnd = 4,
  kFixed32 = 5
};

// A field number and wire type as they stand on the wire; switch over these, so that a known field
// of the wrong type falls to the default and is skipped, as protobuf has it.
constexpr uint32_t Tag(uint32_t field, WireType type) { return field << 3 | type; }

// The first thing that was wrong with a message; shared by the readers of its parts.
struct ProtoError {
  const char* at = nullptr;  // Null while all is well.
  const char* what = "";
  uint32_t field = 0;  // 0 when the tag itself is damaged.
};

// ProtoReader walks the fields of one protobuf message in place.
//
//   for (ProtoReader reader(bytes, error); reader.Next();) {
//     switch (reader.tag()) {
//       case Tag(5, kBytes): name = reader.Bytes(); break;
//       default: reader.Skip();
//     }
//   }
//   if (error.at != nullptr) ...
//
// Not protozero's reader, because that one reports damage with exceptions that know no position,
// and refuses groups, which protobuf skips.
//
// Life:    views the message, which must outlive the reader and what Bytes returned.
// Failure: the first error is noted in `error`; Next then answers false, the values are empty.
class ProtoReader {
 public:
  ProtoReader(std::string_view message, ProtoError& error)
      : position_(message.data()), end_(message.data() + message.size()), error_(error) {}

  // Moves to the next field. Each field must then be read or skipped once.
  bool Next() {
    if (position_ == end_ || error_.at != nullptr) return false;
    field_start_ = position_;
    const auto first = static_cast<uint8_t>(*position_);
    if (first < 0x80) [[likely]] {
      ++position_;
      tag_ = first;
    } else {
      tag_ = static_cast<uint32_t>(Varint());
    }
    if (tag_ >> 3 == 0) [[unlikely]] {
      Fail("no field has number 0");
    }
    return error_.at == nullptr;
  }

  uint32_t tag() const { return tag_; }
  // Where the tag of the current field begins, and how far the reader has come.
  const char* field_start() const { return field_start_; }
  const char* position() const { return position_; }

  uint64_t Varint() {
    if (position_ != end_ && static_cast<uint8_t>(*position_) < 0x80) [[likely]] {
      return static_cast<uint8_t>(*position_++);
    }
    return LongVarint();
  }
  uint64_t Fixed64() { return Fixed<uint64_t>(); }
  uint32_t Fixed32() { return Fixed<uint32_t>(); }
  double Double() {
    const uint64_t bits = Fixed64();
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }
  std::string_view Bytes() {
    const uint64_t size = Varint();
    if (size > static_cast<uint64_t>(end_ - position_)) [[unlikely]] {
      Fail("goes past the end");
      return {};
    }
    const std::string_view bytes(position_, static_cast<size_t>(size));
    position_ += size;
    return bytes;
  }
  void Skip();

 private:
  template <typename T>
  T Fixed() {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    T value = 0;
    if (static_cast<size_t>(end_ - position_) < sizeof(T)) [[unlikely]] {
      Fail("goes past the end");
      return 0;
    }
    std::memcpy(&value, position_, sizeof(T));
    position_ += sizeof(T);
    return value;
  }

  uint64_t LongVarint();
  void SkipGroup();
  void Fail(const char* what);

  const char* position_;
  const char* const end_;
  const char* field_start_ = nullptr;
  uint32_t tag_ = 0;
  ProtoError& error_;
};

// "field 9 at byte 1234 goes past the end". `begin` is the start of the whole message.
std::string DescribeProtoError(const ProtoError& error, const char* begin);

}  // namespace orrery::wire
