// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "wire/proto_reader.h"

namespace orrery::wire {

// ProtoWriter appends the fields of one protobuf message to a text. A part is a writer of its own,
// which puts its length in front when it goes out of scope:
//
//   ProtoWriter span(bytes);
//   span.Bytes(5, name);
//   {
//     ProtoWriter status(span, 15);
//     status.Varint(3, 2);
//   }
//
// Not protozero's writer, because that one leaves out parts without content, which mean something
// here: an empty AnyValue, an array without items, the messages that Grafana insists on.
//
// Life:    `out` must outlive the writer; while a part is open, its parent writes nothing.
// Cost:    a part of 128 bytes and more is moved once, to make room for its length.
class ProtoWriter {
 public:
  explicit ProtoWriter(std::string& out) : out_(out) {}
  // Opens the part `field` of `parent`.
  ProtoWriter(ProtoWriter& parent, uint32_t field) : out_(parent.out_) {
    RawVarint(Tag(field, kBytes));
    out_.push_back('\0');
    begin_ = out_.size();
  }
  ~ProtoWriter() {
    if (begin_ != 0) Close();
  }
  ProtoWriter(const ProtoWriter&) = delete;
  ProtoWriter& operator=(const ProtoWriter&) = delete;

  // Each writes the field even when it has its default value.
  void Bytes(uint32_t field, std::string_view bytes) {
    RawVarint(Tag(field, kBytes));
    RawVarint(bytes.size());
    out_.append(bytes);
  }
  void Varint(uint32_t field, uint64_t value) {
    RawVarint(Tag(field, kVarint));
    RawVarint(value);
  }
  // Signed numbers that are not zigzag take ten bytes when negative.
  void Signed(uint32_t field, int64_t value) { Varint(field, static_cast<uint64_t>(value)); }
  void Fixed64(uint32_t field, uint64_t value) {
    RawVarint(Tag(field, kFixed64));
    RawFixed(value);
  }
  void Fixed32(uint32_t field, uint32_t value) {
    RawVarint(Tag(field, kFixed32));
    RawFixed(value);
  }
  void Double(uint32_t field, double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    Fixed64(field, bits);
  }
  // Fields that are encoded already.
  void Raw(std::string_view fields) { out_.append(fields); }

 private:
  void RawVarint(uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  template <typename T>
  void RawFixed(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out_.append(bytes, sizeof(T));
  }

  // Writes the length over the byte kept for it, and makes room first when one is too few.
  void Close() {
    uint64_t length = out_.size() - begin_;
    size_t more = 0;
    for (uint64_t rest = length >> 7; rest != 0; rest >>= 7) ++more;
    if (more > 0) out_.insert(begin_, more, '\0');
    char* place = out_.data() + begin_ - 1;
    for (; length >= 0x80; length >>= 7) *place++ = static_cast<char>(length | 0x80);
    *place = static_cast<char>(length);
  }

  std::string& out_;
  size_t begin_ = 0;  // Of the content; 0 for the outermost message.
};

}  // namespace orrery::wire
