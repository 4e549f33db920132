// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_json_fields.h"

namespace orrery::wire {
namespace {

using enum JsonKind;

constexpr JsonField Repeated(std::string_view name, uint32_t number, const JsonMessage& message) {
  return {name, number, kMessage, true, &message, {}};
}
constexpr JsonField Part(std::string_view name, uint32_t number, const JsonMessage& message) {
  return {name, number, kMessage, false, &message, {}};
}

// AnyValue contains itself, so its fields are known before they are listed.
extern const JsonMessage kAnyValue;

constexpr JsonField kKeyValueFields[] = {{"key", 1, kString}, Part("value", 2, kAnyValue)};
constexpr JsonMessage kKeyValue{kKeyValueFields};

constexpr JsonField kArrayValueFields[] = {Repeated("values", 1, kAnyValue)};
constexpr JsonMessage kArrayValue{kArrayValueFields, true};

constexpr JsonField kKeyValueListFields[] = {Repeated("values", 1, kKeyValue)};
constexpr JsonMessage kKeyValueList{kKeyValueListFields, true};

constexpr JsonField kAnyValueFields[] = {
    {"stringValue", 1, kString},        {"boolValue", 2, kBool},
    {"intValue", 3, kIntValue},         {"doubleValue", 4, kDouble},
    Part("arrayValue", 5, kArrayValue), Part("kvlistValue", 6, kKeyValueList),
    {"bytesValue", 7, kBase64},
};
constexpr JsonMessage kAnyValue{kAnyValueFields};

constexpr JsonField kEntityRefFields[] = {{"schemaUrl", 1, kString},
                                          {"type", 2, kString},
                                          {"idKeys", 3, kString, true},
                                          {"descriptionKeys", 4, kString, true}};
constexpr JsonMessage kEntityRef{kEntityRefFields};

constexpr JsonField kResourceFields[] = {Repeated("attributes", 1, kKeyValue),
                                         {"droppedAttributesCount", 2, kUint32},
                                         Repeated("entityRefs", 3, kEntityRef)};
constexpr JsonMessage kResource{kResourceFields};

constexpr JsonField kScopeFields[] = {{"name", 1, kString},
                                      {"version", 2, kString},
                                      Repeated("attributes", 3, kKeyValue),
                                      {"droppedAttributesCount", 4, kUint32}};
constexpr JsonMessage kScope{kScopeFields};

constexpr JsonField kEventFields[] = {{"timeUnixNano", 1, kFixed64},
                                      {"name", 2, kString},
                                      Repeated("attributes", 3, kKeyValue),
                                      {"droppedAttributesCount", 4, kUint32}};
constexpr JsonMessage kEvent{kEventFields};

constexpr JsonField kLinkFields[] = {{"traceId", 1, kHex},
                                     {"spanId", 2, kHex},
                                     {"traceState", 3, kString},
                                     Repeated("attributes", 4, kKeyValue),
                                     {"droppedAttributesCount", 5, kUint32},
                                     {"flags", 6, kFixed32}};
constexpr JsonMessage kLink{kLinkFields};

constexpr JsonEnumName kStatusCodes[] = {
    {"STATUS_CODE_UNSET", 0}, {"STATUS_CODE_OK", 1}, {"STATUS_CODE_ERROR", 2}};
constexpr JsonField kStatusFields[] = {{"message", 2, kString},
                                       {"code", 3, kEnum, false, nullptr, kStatusCodes}};
constexpr JsonMessage kStatus{kStatusFields};

constexpr JsonEnumName kSpanKinds[] = {{"SPAN_KIND_UNSPECIFIED", 0}, {"SPAN_KIND_INTERNAL", 1},
                                       {"SPAN_KIND_SERVER", 2},      {"SPAN_KIND_CLIENT", 3},
                                       {"SPAN_KIND_PRODUCER", 4},    {"SPAN_KIND_CONSUMER", 5}};
constexpr JsonField kSpanFields[] = {
    {"traceId", 1, kSpanId},
    {"spanId", 2, kSpanId},
    {"traceState", 3, kString},
    {"parentSpanId", 4, kSpanId},
    {"name", 5, kString},
    {"kind", 6, kEnum, false, nullptr, kSpanKinds},
    {"startTimeUnixNano", 7, kFixed64},
    {"endTimeUnixNano", 8, kFixed64},
    Repeated("attributes", 9, kKeyValue),
    {"droppedAttributesCount", 10, kUint32},
    Repeated("events", 11, kEvent),
    {"droppedEventsCount", 12, kUint32},
    Repeated("links", 13, kLink),
    {"droppedLinksCount", 14, kUint32},
    Part("status", 15, kStatus),
    {"flags", 16, kFixed32},
};
constexpr JsonMessage kSpan{kSpanFields};

constexpr JsonField kScopeSpansFields[] = {
    Part("scope", 1, kScope), Repeated("spans", 2, kSpan), {"schemaUrl", 3, kString}};
constexpr JsonMessage kScopeSpans{kScopeSpansFields};

constexpr JsonField kResourceSpansFields[] = {Part("resource", 1, kResource),
                                              Repeated("scopeSpans", 2, kScopeSpans),
                                              {"schemaUrl", 3, kString}};
constexpr JsonMessage kResourceSpans{kResourceSpansFields};

constexpr JsonField kRequestFields[] = {Repeated("resourceSpans", 1, kResourceSpans)};
constexpr JsonMessage kRequest{kRequestFields};

}  // namespace

const JsonMessage& TracesRequestFields() { return kRequest; }

}  // namespace orrery::wire
