// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "demo/llm/tokenizer.h"

namespace demo {

// The part of the chat completions API that the mock model speaks: one choice, text or a tool call,
// whole or as a stream.
struct ChatRequest {
  std::string model;
  std::vector<Token> prompt;  // of all messages, one after the other
  size_t prompt_tokens = 0;   // as billed: roles and separators cost, too
  bool stream = false;
  bool include_usage = false;  // of a stream, in a last chunk
  double temperature = 1;
  std::optional<size_t> max_tokens;
  std::optional<uint64_t> seed;
  std::string tool;  // the one to call, empty when the model shall answer in words
  std::string tool_arguments;
};

// A request that the caller has to mend; `param` names the field.
class BadChatRequest : public std::runtime_error {
 public:
  BadChatRequest(std::string field, const std::string& message);

  const std::string& param() const { return param_; }

 private:
  std::string param_;
};

// What the model made of a request.
struct Completion {
  std::string id = {};
  std::string model = {};
  long created = 0;                      // seconds of Unix time
  std::vector<std::string> pieces = {};  // of the text, one a token
  std::string tool = {};                 // called instead of an answer
  std::string tool_arguments = {};
  std::string finish_reason = "stop";
  size_t prompt_tokens = 0;
  size_t completion_tokens = 0;
};

// Throws BadChatRequest, which says what to write instead.
ChatRequest ParseChatRequest(const std::string& body, const BytePairTokenizer& tokenizer);

// A `chat.completion` object.
std::string RenderCompletion(const Completion& completion);

// The same as a stream: one server-sent event for each string, `data: [DONE]` the last.
std::vector<std::string> RenderStream(const Completion& completion, bool include_usage);

// An error object as OpenAI's clients expect it; an empty param or code becomes null.
std::string RenderError(const std::string& type, const std::string& message,
                        const std::string& param, const std::string& code);

}  // namespace demo
