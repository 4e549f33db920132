// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/genai/capture.h"
#include "sdk/genai/message.h"

// Spans for calls of language models, tools and agents, on the OpenTelemetry API alone: names and
// attributes are those of OpenTelemetry's GenAI conventions, v0.1.0. The process chooses SDK and
// exporter.
//
//   genai::InferenceCall call({.provider = "openai", .model = "gpt-4o-mini"});
//   call.SetInput({genai::Say("user", prompt)});
//   ... ask the model ...
//   call.SetResponse({.model = "gpt-4o-mini-2024-07-18", .finish_reasons = {"stop"},
//                     .usage = {.input_tokens = 12, .output_tokens = 34}});
namespace orrery::genai {

// Why a call failed. `type` is short and stable (a status such as 429, timeout): dashboards count
// by it.
struct Failure {
  std::string type;
  std::string message = {};
  std::string exception = {};   // the exception's type; with it, an `exception` event is recorded
  std::string stacktrace = {};  // for that event
};

// Call is one call and its span: started by the constructor of a kind below, active in this thread
// (spans started meanwhile become children) and ended by the destructor.
//
// Life:    an automatic variable around the call. It must end in the thread that made it.
// Threads: setters may be called from any thread, one at a time.
// Failure: recording never throws. A scope that an exception leaves is an error, of type `_OTHER`
//          unless Fail said more.
// Cost:    without an SDK next to nothing. Messages are turned into JSON only if content is kept.
class Call {
 public:
  virtual ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  void Fail(const Failure& failure);
  void Fail(const std::exception& error);  // typed by the exception's class

  // For what the conventions do not name.
  void SetAttribute(std::string_view name, std::string_view value);
  void SetAttribute(std::string_view name, int64_t value);
  void SetAttribute(std::string_view name, double value);
  void SetFlag(std::string_view name, bool value);

  // Whether content is recorded at all; spares the work of building messages that nobody keeps.
  bool captures_content() const;

 protected:
  struct State;
  explicit Call(std::unique_ptr<State> state);
  State& state() { return *state_; }

 private:
  const std::unique_ptr<State> state_;
};

// What all kinds are told at their start. Empty texts and absent numbers are not recorded.
struct Common {
  std::string server_address = {};
  int server_port = 0;
  std::string conversation_id = {};
  Capture capture = CaptureFromEnvironment();
};

struct InferenceRequest {
  enum class Operation { kChat, kTextCompletion, kGenerateContent };

  std::string provider;  // openai, anthropic, aws.bedrock, azure.ai.openai, gcp.gemini, ...
  std::string model;
  Operation operation = Operation::kChat;
  bool in_process = false;  // the model runs in this process: the span is INTERNAL, not CLIENT
  bool stream = false;
  std::optional<int64_t> max_tokens = {};
  std::optional<int64_t> choice_count = {};  // when not 1
  std::optional<int64_t> seed = {};
  std::optional<double> temperature = {};
  std::optional<double> top_p = {};
  std::optional<double> top_k = {};
  std::optional<double> frequency_penalty = {};
  std::optional<double> presence_penalty = {};
  std::vector<std::string> stop_sequences = {};
  std::string reasoning_level = {};
  std::string output_type = {};  // text, json, image or speech
  std::string previous_response_id = {};
  std::string service_tier = {};  // OpenAI's
  Common common = {};
};

// Tokens as the provider bills them. The totals contain their parts: cached tokens are input tokens
// and reasoning tokens are output tokens. For Anthropic, sum its three input numbers first.
struct Usage {
  std::optional<int64_t> input_tokens = {};
  std::optional<int64_t> output_tokens = {};
  std::optional<int64_t> cache_read_input_tokens = {};
  std::optional<int64_t> cache_write_input_tokens = {};
  std::optional<int64_t> reasoning_output_tokens = {};
};

struct InferenceResponse {
  std::string id = {};
  std::string model = {};                        // which one answered
  std::vector<std::string> finish_reasons = {};  // one a choice: stop, length, tool_calls, ...
  Usage usage = {};
  std::vector<Message> output = {};     // one a choice; recorded only if content is
  std::string service_tier = {};        // OpenAI's
  std::string system_fingerprint = {};  // OpenAI's
};

// `chat {model}`, `text_completion {model}` or `generate_content {model}`.
class InferenceCall : public Call {
 public:
  explicit InferenceCall(const InferenceRequest& request);

  // Content; nothing is kept unless it is captured. `definitions` is a JSON array.
  void SetSystemInstructions(const std::vector<Part>& instructions);
  void SetInput(const std::vector<Message>& messages);
  void SetToolDefinitions(std::string_view definitions);

  // To be called at each chunk of a streamed answer; the first one's time is recorded.
  void ReceivedChunk();
  // Once the answer is known, at the end of the stream.
  void SetResponse(const InferenceResponse& response);
};

struct EmbeddingsRequest {
  std::string provider;
  std::string model;
  std::optional<int64_t> dimensions = {};
  std::vector<std::string> encoding_formats = {};
  Common common = {};
};

// `embeddings {model}`.
class EmbeddingsCall : public Call {
 public:
  explicit EmbeddingsCall(const EmbeddingsRequest& request);
  void SetResponse(std::string_view model, std::optional<int64_t> input_tokens);
};

struct ToolRequest {
  std::string name;
  std::string type = "function";  // function, extension or datastore
  std::string description = {};
  std::string call_id = {};
  std::string arguments = {};  // content, as JSON
  Common common = {};
};

// `execute_tool {name}`, INTERNAL: a tool that runs because a model asked for it.
class ToolCall : public Call {
 public:
  explicit ToolCall(const ToolRequest& request);
  void SetResult(std::string_view result);  // content, as JSON
};

struct AgentRequest {
  std::string name = {};
  std::string id = {};
  std::string description = {};
  std::string version = {};
  std::string provider = {};
  std::string model = {};
  bool remote = false;  // it runs behind an API: the span is CLIENT, not INTERNAL
  bool create = false;  // `create_agent` in place of `invoke_agent`; it is CLIENT always
  Common common = {};
};

// `invoke_agent {name}` or `create_agent {name}`. It carries no usage: the calls beneath it do, and
// whoever sums over a trace would count them twice.
class AgentCall : public Call {
 public:
  explicit AgentCall(const AgentRequest& request);
  void SetInput(const std::vector<Message>& messages);
  void SetOutput(const std::vector<Message>& messages);
  void SetFinishReasons(const std::vector<std::string>& reasons);
};

}  // namespace orrery::genai
