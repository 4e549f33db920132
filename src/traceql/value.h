// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace orrery::traceql {

// Types of the language. kArray and kOther occur only in data: kOther is a value that is there but
// cannot be compared with anything (bytes, nested maps). kAttribute occurs only in checks: a type
// that is not known before a span is looked at.
enum class Type : uint8_t {
  kNil,
  kBool,
  kInt,
  kFloat,
  kString,
  kDuration,
  kStatus,
  kKind,
  kArray,
  kOther,
  kAttribute
};

// "int", "duration", ...
std::string_view TypeName(Type type);

inline bool IsNumber(Type type) {
  return type == Type::kInt || type == Type::kFloat || type == Type::kDuration;
}

// A constant of a query, or a value that leaves the engine. It owns its text.
struct Constant {
  Type type = Type::kNil;
  int64_t number = 0;  // kBool (0, 1), kInt, kDuration (nanoseconds), kStatus and kKind (as OTLP).
  double real = 0;     // kFloat
  std::string text;    // kString

  static Constant Nil() { return {}; }
  static Constant Bool(bool value) { return {Type::kBool, value ? 1 : 0, 0, {}}; }
  static Constant Int(int64_t value) { return {Type::kInt, value, 0, {}}; }
  static Constant Float(double value) { return {Type::kFloat, 0, value, {}}; }
  static Constant String(std::string text) { return {Type::kString, 0, 0, std::move(text)}; }
  static Constant Duration(int64_t nanos) { return {Type::kDuration, nanos, 0, {}}; }
  static Constant Status(int64_t code) { return {Type::kStatus, code, 0, {}}; }
  static Constant Kind(int64_t kind) { return {Type::kKind, kind, 0, {}}; }
};

// A value during evaluation: as Constant, but text and array elements are borrowed from the trace
// or the query, and must not outlive either.
struct Value {
  Type type = Type::kNil;
  bool is_id = false;  // Text that is a trace or span id: leading zeros do not count.
  int64_t number = 0;
  double real = 0;
  std::string_view text;
  std::span<const Value> items;  // kArray; its elements are never arrays.

  static Value Of(const Constant& constant);
  static Value Bool(bool value) { return Number(Type::kBool, value ? 1 : 0); }
  static Value Number(Type type, int64_t number) {
    Value value;
    value.type = type;
    value.number = number;
    return value;
  }
  static Value Float(double real) {
    Value value;
    value.type = Type::kFloat;
    value.real = real;
    return value;
  }
  static Value String(std::string_view text) {
    Value value;
    value.type = Type::kString;
    value.text = text;
    return value;
  }
  static Value Array(std::span<const Value> items) {
    Value value;
    value.type = Type::kArray;
    value.items = items;
    return value;
  }

  bool IsTrue() const { return type == Type::kBool && number != 0; }
  // Requires: IsNumber(type).
  double AsDouble() const { return type == Type::kFloat ? real : static_cast<double>(number); }
};

// Names of the OTLP numbers: "ok", "server", ... ; any other number has the name "unset" or
// "unspecified".
std::string_view StatusName(int64_t code);
std::string_view KindName(int64_t kind);
std::optional<int64_t> StatusFromName(std::string_view name);
std::optional<int64_t> KindFromName(std::string_view name);

// "1h30m0s", "1.5s", "2µs": as Go prints durations.
std::string FormatDuration(int64_t nanos);
// Reads "1d12h", "1h30m", "1.5s"; nothing when it is no duration or does not fit 64 bits. Years,
// weeks and days take whole numbers, from large to small; the smaller units also fractions.
std::optional<int64_t> ParseDuration(std::string_view text);

// The shortest decimal text that reads back as the same number, with a dot or an exponent in it.
std::string FormatFloat(double value);
// Text in double quotes, in the escapes that the lexer reads.
std::string QuoteText(std::string_view text);

}  // namespace orrery::traceql
