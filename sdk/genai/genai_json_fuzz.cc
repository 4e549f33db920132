// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sdk/genai/json.h"
#include "sdk/genai/message.h"

// Whatever a model or a tool says, the messages on the span are JSON.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto check = [](const std::string& json) {
    if (!orrery::genai::IsJson(json)) std::abort();
  };
  check(orrery::genai::Quoted(text));
  check(orrery::genai::ToJson({orrery::genai::Say(text, text)}));
  // JSON of the deepest level that is taken for JSON, and four levels around it, are too deep
  // together.
  if (size > 60) return 0;
  check(orrery::genai::ToJson({orrery::genai::Message{
      .role = "tool", .parts = {orrery::genai::ToolCallResponse(text, text)}}}));
  return 0;
}
