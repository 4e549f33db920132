// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace orrery::wire {

// How a field looks in JSON, and which protobuf type it has.
enum class JsonKind {
  kString,
  kHex,     // Id of a link: hex text, of any even length.
  kSpanId,  // Id of a span: hex text; anything else becomes an id that the decoder refuses.
  kBase64,
  kBool,
  // An integer. A number that no 64-bit integer can hold (JavaScript exporters call 1e300 an
  // integer) is kept as a doubleValue.
  kIntValue,
  kUint32,
  kFixed64,
  kFixed32,
  kDouble,
  kEnum,
  kMessage,
};

struct JsonMessage;

struct JsonEnumName {
  std::string_view name;
  int32_t number;
};

// One field of a message of OTLP in its JSON.
struct JsonField {
  std::string_view name;  // lowerCamelCase.
  uint32_t number;
  JsonKind kind;
  bool repeated = false;
  const JsonMessage* message = nullptr;      // kMessage.
  std::span<const JsonEnumName> names = {};  // kEnum.
};

struct JsonMessage {
  std::span<const JsonField> fields;
  bool nests = false;  // Counts as a level of kMaxValueDepth.
};

// ExportTraceServiceRequest.
const JsonMessage& TracesRequestFields();

}  // namespace orrery::wire
