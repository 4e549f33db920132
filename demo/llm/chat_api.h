// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace demo {

// The part of the chat completions API that the mock model speaks: one choice, no streaming.
struct ChatRequest {
  std::string model;
  size_t prompt_tokens = 0;
};

// A request that the caller has to mend; `param` names the field.
class BadChatRequest : public std::runtime_error {
 public:
  BadChatRequest(std::string field, const std::string& message);

  const std::string& param() const { return param_; }

 private:
  std::string param_;
};

// Throws BadChatRequest, which says what to write instead.
ChatRequest ParseChatRequest(const std::string& body);

// A `chat.completion` object; `created` is in seconds of Unix time.
std::string RenderCompletion(const std::string& id, const ChatRequest& request,
                             const std::string& text, long created);

// An error object as OpenAI's clients expect it; an empty param or code becomes null.
std::string RenderError(const std::string& type, const std::string& message,
                        const std::string& param, const std::string& code);

}  // namespace demo
