// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::genai {

// One piece of a message. Make it with the functions below; what a kind does not use stays empty.
struct Part {
  enum class Kind { kText, kReasoning, kToolCall, kToolCallResponse, kUri, kFile, kBlob };

  Kind kind = Kind::kText;
  std::string content = {};    // the text, the reasoning, the URI, the file's id, or base64 bytes
  std::string id = {};         // of the tool call
  std::string name = {};       // of the tool
  std::string json = {};       // arguments or result of the tool, as JSON text
  std::string modality = {};   // image, audio or video
  std::string mime_type = {};  // such as image/png
};

Part Text(std::string text);
Part Reasoning(std::string text);
// `arguments` and `result` are JSON; any other text is recorded as a string.
Part ToolCallPart(std::string id, std::string name, std::string arguments);
Part ToolCallResponse(std::string id, std::string result);
Part Uri(std::string modality, std::string uri, std::string mime_type = "");
Part File(std::string modality, std::string file_id, std::string mime_type = "");
Part Blob(std::string modality, std::string base64, std::string mime_type = "");

// A message of a conversation: who speaks (system, user, assistant, tool) and what they say. An
// answer has one message per choice.
struct Message {
  std::string role;
  std::vector<Part> parts;
};

// A message of one text, the usual case.
Message Say(std::string role, std::string text);

// The JSON of `gen_ai.input.messages` and `gen_ai.output.messages`, and of
// `gen_ai.system_instructions`. Bytes that are not UTF-8 become U+FFFD.
std::string ToJson(const std::vector<Message>& messages);
std::string ToJson(const std::vector<Part>& parts);

// Whether `text` is one JSON value, nested no deeper than 64 levels.
bool IsJson(std::string_view text);

}  // namespace orrery::genai
