// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "demo/llm/chat_api.h"
#include "demo/llm/training_text.h"

// Any body is refused, or answered in JSON.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const demo::BytePairTokenizer tokenizer(demo::TrainingText(), 64);
  const std::string body(reinterpret_cast<const char*>(data), size);
  demo::ChatRequest request;
  try {
    request = demo::ParseChatRequest(body, tokenizer);
  } catch (const demo::BadChatRequest& mistake) {
    const std::string answer = demo::RenderError("x", mistake.what(), mistake.param(), "");
    if (!nlohmann::json::accept(answer)) std::abort();
    return 0;
  }
  const demo::Completion completion = {.model = request.model,
                                       .pieces = {"yes"},
                                       .tool = request.tool,
                                       .tool_arguments = request.tool_arguments};
  if (!nlohmann::json::accept(demo::RenderCompletion(completion))) std::abort();
  for (const std::string& event : demo::RenderStream(completion, request.include_usage)) {
    if (!event.starts_with("data: ") || !event.ends_with("\n\n")) std::abort();
  }
  return 0;
}
