// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::wire {

// JsonWriter appends JSON to a text as it is told, without blanks; it sets the commas.
//
//   JsonWriter json(out);
//   json.BeginObject();
//   json.Key("matched");
//   json.Number(3);
//   json.EndObject();
//
// The caller keeps the order of calls right: a key before each value in an object, ends that match
// their beginnings. Text that is not UTF-8 is repaired with U+FFFD.
//
// Life:    `out` must outlive the writer.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void BeginObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('['); }
  void EndArray() { Close(']'); }

  // A key must need no escaping where it is a name of ours; others are escaped all the same.
  void Key(std::string_view key);

  void String(std::string_view text);
  void Bool(bool value);
  void Number(int64_t value);
  void Number(uint64_t value);
  void Number(int32_t value) { Number(int64_t{value}); }
  void Number(uint32_t value) { Number(uint64_t{value}); }
  // Shortest form that reads back equal; NaN and the infinities as the strings of proto3's JSON.
  void Number(double value);
  // As a string of digits, which is how proto3's JSON has 64-bit integers.
  void Text64(int64_t value);
  void Text64(uint64_t value);
  // JSON that is made already.
  void Raw(std::string_view json);

 private:
  void Separate() {
    if (needs_comma_) out_.push_back(',');
    needs_comma_ = true;
  }
  void Open(char bracket) {
    Separate();
    out_.push_back(bracket);
    needs_comma_ = false;
  }
  void Close(char bracket) {
    out_.push_back(bracket);
    needs_comma_ = true;
  }

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace orrery::wire
