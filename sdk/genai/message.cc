// SPDX-License-Identifier: Apache-2.0
#include "sdk/genai/message.h"

#include <utility>

#include "sdk/genai/json.h"

namespace orrery::genai {
namespace {

const char* TypeOf(Part::Kind kind) {
  switch (kind) {
    case Part::Kind::kText:
      return "text";
    case Part::Kind::kReasoning:
      return "reasoning";
    case Part::Kind::kToolCall:
      return "tool_call";
    case Part::Kind::kToolCallResponse:
      return "tool_call_response";
    case Part::Kind::kUri:
      return "uri";
    case Part::Kind::kFile:
      return "file";
    case Part::Kind::kBlob:
      return "blob";
  }
  return "generic";
}

// The member of the JSON object that holds the part's content.
const char* ContentMember(Part::Kind kind) {
  if (kind == Part::Kind::kUri) return "uri";
  if (kind == Part::Kind::kFile) return "file_id";
  return "content";
}

void WriteTool(JsonObject& object, const Part& part) {
  object.AddIfAny("id", part.id);
  if (part.kind == Part::Kind::kToolCall) object.Add("name", part.name);
  if (part.json.empty()) return;
  object.AddJsonOrText(part.kind == Part::Kind::kToolCall ? "arguments" : "response", part.json);
}

std::string PartJson(const Part& part) {
  JsonObject object;
  object.Add("type", TypeOf(part.kind));
  if (part.kind == Part::Kind::kToolCall || part.kind == Part::Kind::kToolCallResponse) {
    WriteTool(object, part);
    return object.Take();
  }
  object.AddIfAny("modality", part.modality);
  object.AddIfAny("mime_type", part.mime_type);
  object.Add(ContentMember(part.kind), part.content);
  return object.Take();
}

template <typename Item, typename Writer>
std::string Array(const std::vector<Item>& items, Writer write) {
  std::string out = "[";
  for (const Item& item : items) {
    if (out.size() > 1) out += ',';
    out += write(item);
  }
  return out + "]";
}

std::string MessageJson(const Message& message) {
  JsonObject object;
  object.Add("role", message.role);
  object.AddRaw("parts", ToJson(message.parts));
  return object.Take();
}

}  // namespace

Part Text(std::string text) { return {.kind = Part::Kind::kText, .content = std::move(text)}; }

Part Reasoning(std::string text) {
  return {.kind = Part::Kind::kReasoning, .content = std::move(text)};
}

Part ToolCallPart(std::string id, std::string name, std::string arguments) {
  return {.kind = Part::Kind::kToolCall,
          .id = std::move(id),
          .name = std::move(name),
          .json = std::move(arguments)};
}

Part ToolCallResponse(std::string id, std::string result) {
  return {.kind = Part::Kind::kToolCallResponse, .id = std::move(id), .json = std::move(result)};
}

Part Uri(std::string modality, std::string uri, std::string mime_type) {
  return {.kind = Part::Kind::kUri,
          .content = std::move(uri),
          .modality = std::move(modality),
          .mime_type = std::move(mime_type)};
}

Part File(std::string modality, std::string file_id, std::string mime_type) {
  return {.kind = Part::Kind::kFile,
          .content = std::move(file_id),
          .modality = std::move(modality),
          .mime_type = std::move(mime_type)};
}

Part Blob(std::string modality, std::string base64, std::string mime_type) {
  return {.kind = Part::Kind::kBlob,
          .content = std::move(base64),
          .modality = std::move(modality),
          .mime_type = std::move(mime_type)};
}

Message Say(std::string role, std::string text) {
  return {.role = std::move(role), .parts = {Text(std::move(text))}};
}

std::string ToJson(const std::vector<Message>& messages) { return Array(messages, MessageJson); }

std::string ToJson(const std::vector<Part>& parts) { return Array(parts, PartJson); }

}  // namespace orrery::genai
