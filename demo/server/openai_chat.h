// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "demo/server/openai_client.h"

namespace demo {

// One question to OpenAI's chat completions, and its answer.
struct ChatQuestion {
  std::string model = "gpt-4o-mini";
  std::string instructions;
  std::string text;
};

struct ChatAnswer {
  std::string model;
  std::string text;
  std::optional<int64_t> input_tokens;
  std::optional<int64_t> output_tokens;
};

// Asks inside the spans `call_openai_chat` (INTERNAL) > `chat {model}` (CLIENT, GenAI). Throws what
// the client throws, and Failure of type bad_completion when the answer is none; both spans tell of
// it.
ChatAnswer CallOpenAiChat(const OpenAiClient& client, const ChatQuestion& question);

}  // namespace demo
