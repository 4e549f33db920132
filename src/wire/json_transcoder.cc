// SPDX-License-Identifier: Apache-2.0
#include "wire/json_transcoder.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include <simdjson.h>

#include "model/ids.h"
#include "wire/base64.h"
#include "wire/otlp_limits.h"
#include "wire/proto_writer.h"

namespace orrery::wire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// What stands for an id that is not hex: the decoder refuses its span, and the rest is unharmed.
constexpr std::string_view kNoId("\0", 1);

// AnyValue's double_value, where an intValue goes that no 64-bit integer can hold.
constexpr uint32_t kDoubleValueField = 4;

// A level of `values` is three levels of JSON. Much more than kMaxValueDepth is read, so that an
// attribute that nests too deep is left out alone; from here on the request is refused. The parser
// does not recurse; it takes nine bytes for each level.
constexpr size_t kMaxJsonDepth = 50'000;

template <typename T>
std::optional<T> ParseWhole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A double without fraction that fits T; proto3's JSON takes 1e3 and 5.0 for integers.
template <typename T>
std::optional<T> WholeNumber(double value) {
  // One past the greatest T: a power of two, so exact as a double.
  constexpr double kEnd = 2.0 * static_cast<double>(T{1} << (std::numeric_limits<T>::digits - 1));
  if (!(value >= static_cast<double>(std::numeric_limits<T>::min()) && value < kEnd) ||
      value != std::floor(value)) {
    return std::nullopt;
  }
  return static_cast<T>(value);
}

// An integer from a number or a text of one.
template <typename T>
std::optional<T> IntegerOf(element value) {
  switch (value.type()) {
    case element_type::INT64: {
      const int64_t number = value.get_int64().value_unsafe();
      if (std::in_range<T>(number)) return static_cast<T>(number);
      return std::nullopt;
    }
    case element_type::UINT64: {
      const uint64_t number = value.get_uint64().value_unsafe();
      if (std::in_range<T>(number)) return static_cast<T>(number);
      return std::nullopt;
    }
    case element_type::DOUBLE:
      return WholeNumber<T>(value.get_double().value_unsafe());
    case element_type::STRING: {
      const std::string_view text = value.get_string().value_unsafe();
      if (const auto number = ParseWhole<T>(text)) return number;
      if (const auto number = ParseWhole<double>(text)) return WholeNumber<T>(*number);
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<double> DoubleOf(element value) {
  double number = 0;
  if (value.get_double().get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  const auto parsed = ParseWhole<double>(text);
  return parsed.has_value() && std::isfinite(*parsed) ? parsed : std::nullopt;
}

class Transcoder {
 public:
  // False when something is wrong; `status` then says what and where.
  bool Message(element value, const JsonMessage& message, ProtoWriter& out);
  Status status() const { return status_; }

 private:
  struct Step {
    const JsonField* field;
    int index;  // -1 for a field that is not repeated.
  };

  bool Field(element value, const JsonField& field, ProtoWriter& out);
  bool Single(element value, const JsonField& field, ProtoWriter& out);
  bool Id(std::string_view text, const JsonField& field, ProtoWriter& out);
  bool Enum(element value, const JsonField& field, ProtoWriter& out);
  // `wanted` completes the sentence "this is ..., write ...".
  bool Fail(const std::string& what);
  bool Text(element value, std::string_view& text);

  std::vector<Step> path_;
  int depth_ = 0;
  Status status_;
};

bool Transcoder::Message(element value, const JsonMessage& message, ProtoWriter& out) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return Fail("an object is wanted here");
  // Left empty, which is one level more than the decoder takes: it leaves the attribute out.
  if (message.nests && depth_ == kMaxValueDepth) return true;
  if (message.nests) ++depth_;
  for (const auto [key, member] : object) {
    if (member.is_null()) continue;
    for (const JsonField& field : message.fields) {
      if (field.name != key) continue;
      if (!Field(member, field, out)) return false;
      break;
    }
  }
  if (message.nests) --depth_;
  return true;
}

bool Transcoder::Field(element value, const JsonField& field, ProtoWriter& out) {
  path_.push_back({&field, -1});
  if (!field.repeated) {
    if (!Single(value, field, out)) return false;
    path_.pop_back();
    return true;
  }
  simdjson::dom::array items;
  if (value.get_array().get(items) != simdjson::SUCCESS) return Fail("an array is wanted here");
  for (const element item : items) {
    ++path_.back().index;
    if (!Single(item, field, out)) return false;
  }
  path_.pop_back();
  return true;
}

bool Transcoder::Single(element value, const JsonField& field, ProtoWriter& out) {
  switch (field.kind) {
    case JsonKind::kMessage: {
      ProtoWriter part(out, field.number);
      return Message(value, *field.message, part);
    }
    case JsonKind::kString: {
      std::string_view text;
      if (!Text(value, text)) return false;
      out.Bytes(field.number, text);
      return true;
    }
    case JsonKind::kHex:
    case JsonKind::kSpanId: {
      std::string_view text;
      return Text(value, text) && Id(text, field, out);
    }
    case JsonKind::kBase64: {
      std::string_view text;
      if (!Text(value, text)) return false;
      const auto bytes = Base64Decode(text);
      if (!bytes.has_value()) return Fail("not base64");
      out.Bytes(field.number, *bytes);
      return true;
    }
    case JsonKind::kBool: {
      bool flag = false;
      if (value.get_bool().get(flag) != simdjson::SUCCESS) return Fail("true or false is wanted");
      out.Varint(field.number, flag ? 1 : 0);
      return true;
    }
    case JsonKind::kIntValue: {
      if (const auto number = IntegerOf<int64_t>(value)) {
        out.Signed(field.number, *number);
        return true;
      }
      const auto number = DoubleOf(value);
      if (value.is_string() || !number.has_value()) {
        return Fail("not a signed 64-bit integer; write it as \"42\"");
      }
      out.Double(kDoubleValueField, *number);
      return true;
    }
    case JsonKind::kFixed64: {
      const auto number = IntegerOf<uint64_t>(value);
      if (!number.has_value()) return Fail("not an unsigned 64-bit integer; write it as \"42\"");
      out.Fixed64(field.number, *number);
      return true;
    }
    case JsonKind::kUint32:
    case JsonKind::kFixed32: {
      const auto number = IntegerOf<uint32_t>(value);
      if (!number.has_value()) return Fail("not an unsigned 32-bit integer");
      if (field.kind == JsonKind::kUint32) {
        out.Varint(field.number, *number);
      } else {
        out.Fixed32(field.number, *number);
      }
      return true;
    }
    case JsonKind::kDouble: {
      const auto number = DoubleOf(value);
      if (!number.has_value()) return Fail("not a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
      out.Double(field.number, *number);
      return true;
    }
    case JsonKind::kEnum:
      return Enum(value, field, out);
  }
  return Fail("of an unknown kind");
}

bool Transcoder::Text(element value, std::string_view& text) {
  return value.get_string().get(text) == simdjson::SUCCESS || Fail("a string is wanted here");
}

bool Transcoder::Id(std::string_view text, const JsonField& field, ProtoWriter& out) {
  const auto bytes = model::HexToBytes(text);
  if (!bytes.has_value() && field.kind == JsonKind::kHex) return Fail("not hex digits in pairs");
  out.Bytes(field.number, bytes.has_value() ? std::string_view(*bytes) : kNoId);
  return true;
}

bool Transcoder::Enum(element value, const JsonField& field, ProtoWriter& out) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) {
    for (const JsonEnumName& name : field.names) {
      if (name.name != text) continue;
      out.Signed(field.number, name.number);
      return true;
    }
  }
  const auto number = IntegerOf<int32_t>(value);
  if (!number.has_value()) return Fail("not a number that names a " + std::string(field.name));
  out.Signed(field.number, *number);
  return true;
}

bool Transcoder::Fail(const std::string& what) {
  std::string where;
  for (const Step& step : path_) {
    if (!where.empty()) where += '.';
    where += step.field->name;
    if (step.index >= 0) where += "[" + std::to_string(step.index) + "]";
  }
  status_ = InvalidArgument(where.empty() ? what : where + ": " + what);
  return false;
}

// The code unit that the escape at the start of `text` stands for: "\\ud83d".
std::optional<uint32_t> CodeUnit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  uint32_t unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  if (error != std::errc() || end != text.data() + 6) return std::nullopt;
  return unit;
}

bool IsHighSurrogate(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLowSurrogate(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

// The same JSON with U+FFFD for halves of surrogate pairs. JavaScript cuts text between the two
// (an SDK's length limit does), and no request should be lost for it.
std::string WithoutHalfPairs(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    size_t taken = json[0] == '\\' ? std::min<size_t>(2, json.size()) : 1;
    if (const auto unit = CodeUnit(json)) {
      taken = 6;
      const auto next = CodeUnit(json.substr(6));
      if (IsHighSurrogate(*unit) && next.has_value() && IsLowSurrogate(*next)) {
        taken = 12;
      } else if (IsHighSurrogate(*unit) || IsLowSurrogate(*unit)) {
        out += "\\ufffd";
        json.remove_prefix(taken);
        continue;
      }
    }
    out += json.substr(0, taken);
    json.remove_prefix(taken);
  }
  return out;
}

}  // namespace

Result<std::string> TranscodeJson(std::string_view json, const JsonMessage& message) {
  simdjson::dom::parser parser;
  if (parser.allocate(json.size(), kMaxJsonDepth) != simdjson::SUCCESS) {
    return ResourceExhausted("no memory to read this JSON");
  }
  element root;
  const simdjson::padded_string padded(json);
  auto error = parser.parse(padded).get(root);
  if (error == simdjson::STRING_ERROR) {
    const simdjson::padded_string mended(WithoutHalfPairs(json));
    error = parser.parse(mended).get(root);
  }
  if (error != simdjson::SUCCESS) {
    if (error == simdjson::DEPTH_ERROR) return InvalidArgument("JSON nests too deep");
    return InvalidArgument(std::string("not JSON: ") + simdjson::error_message(error));
  }
  std::string bytes;
  bytes.reserve(json.size() / 2);
  Transcoder transcoder;
  ProtoWriter out(bytes);
  if (!transcoder.Message(root, message, out)) return transcoder.status();
  return bytes;
}

}  // namespace orrery::wire
