// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/chat_api.h"

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "demo/llm/training_text.h"

namespace demo {
namespace {

using nlohmann::json;

const BytePairTokenizer& Tokenizer() {
  static const BytePairTokenizer tokenizer(TrainingText(), 512);
  return tokenizer;
}

ChatRequest Parse(const std::string& body) { return ParseChatRequest(body, Tokenizer()); }

// A request with one message and, in front of it, `more`.
std::string Request(const std::string& more = "") {
  return R"({"model":"m",)" + more + R"("messages":[{"role":"user","content":"a cat"}]})";
}

// The field that the refusal names, or "accepted".
std::string RefusedField(const std::string& body) {
  try {
    Parse(body);
  } catch (const BadChatRequest& mistake) {
    return mistake.param().empty() ? "(body)" : mistake.param();
  }
  return "accepted";
}

Completion TwoPieces() {
  return {.id = "id-1",
          .model = "m",
          .created = 1700000000,
          .pieces = {"two", " words"},
          .prompt_tokens = 6,
          .completion_tokens = 2};
}

TEST(ChatApi, BillsWhatTheTokenizerCounts) {
  const ChatRequest request = Parse(Request());
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.prompt, Tokenizer().Encode("a cat"));
  EXPECT_EQ(request.prompt_tokens, 4 + Tokenizer().Encode("a cat").size());
}

TEST(ChatApi, BillsTextsAndTextPartsAlike) {
  const auto parts = Parse(
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a cat"}]}]})");
  EXPECT_EQ(parts.prompt_tokens, Parse(Request()).prompt_tokens);
}

TEST(ChatApi, ReadsTheParameters) {
  const auto request = Parse(Request(
      R"("stream":true,"stream_options":{"include_usage":true},"temperature":0.5,"max_tokens":9,"seed":3,"n":1,)"));
  EXPECT_TRUE(request.stream);
  EXPECT_TRUE(request.include_usage);
  EXPECT_EQ(request.temperature, 0.5);
  EXPECT_EQ(request.max_tokens, 9u);
  EXPECT_EQ(request.seed, 3u);
  EXPECT_EQ(Parse(Request(R"("max_completion_tokens":5,"max_tokens":9,)")).max_tokens, 5u);
}

TEST(ChatApi, RefusalNamesTheField) {
  EXPECT_EQ(RefusedField("{"), "(body)");
  EXPECT_EQ(RefusedField("[]"), "(body)");
  EXPECT_EQ(RefusedField(std::string(100'000, '[')), "(body)");
  EXPECT_EQ(RefusedField("{}"), "model");
  EXPECT_EQ(RefusedField(R"({"model":7})"), "model");
  EXPECT_EQ(RefusedField(R"({"model":"m"})"), "messages");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":[]})"), "messages");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":["x"]})"), "messages[0]");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":[{"role":"king","content":"x"}]})"),
            "messages[0].role");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":[{"role":"user"}]})"), "messages[0]");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":[{"role":"user","content":7}]})"),
            "messages[0].content");
  EXPECT_EQ(RefusedField(Request(R"("n":2,)")), "n");
  EXPECT_EQ(RefusedField(Request(R"("stream":"yes",)")), "stream");
  EXPECT_EQ(RefusedField(Request(R"("stream_options":{"include_usage":true},)")), "stream_options");
  EXPECT_EQ(RefusedField(Request(R"("temperature":3,)")), "temperature");
  EXPECT_EQ(RefusedField(Request(R"("max_tokens":-1,)")), "max_tokens");
  EXPECT_EQ(RefusedField(Request(R"("seed":1.5,)")), "seed");
  EXPECT_EQ(RefusedField(Request(R"("tools":[{}],)")), "tools");
}

TEST(ChatApi, MangledRequestsAreParsedOrRefused) {
  const std::string whole = Request(
      R"("stream":true,"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"a":{"type":"number"}}}}}],)");
  std::mt19937_64 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string body = whole;
    for (uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
      const size_t place = random() % body.size();
      if (random() % 2 == 0) {
        body[place] = static_cast<char>(random());
      } else {
        body.erase(place, random() % 8);
      }
      if (body.empty()) body = "{";
    }
    RefusedField(body);
  }
}

constexpr char kTools[] =
    R"("tools":[{"type":"function","function":{"name":"read","parameters":{"properties":{)"
    R"("city":{"type":"string"},"days":{"type":"integer"}}}}}],)";

TEST(ChatApi, CallsTheFirstToolOnceTheUserHasSpoken) {
  const ChatRequest request = Parse(Request(kTools));
  EXPECT_EQ(request.tool, "read");
  EXPECT_EQ(request.tool_arguments, R"({"city":"Lund","days":1})");
  EXPECT_EQ(Parse(Request(std::string(kTools) + R"("tool_choice":"none",)")).tool, "");
  const auto answered = Parse(
      R"({"model":"m",)" + std::string(kTools) +
      R"("messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"c"}]},)"
      R"({"role":"tool","tool_call_id":"c","content":"21"}]})");
  EXPECT_EQ(answered.tool, "");
}

TEST(ChatApi, CompletionHasTheShapeThatClientsExpect) {
  const auto answer = json::parse(RenderCompletion(TwoPieces()));
  EXPECT_EQ(answer["object"], "chat.completion");
  EXPECT_EQ(answer["created"], 1700000000);
  EXPECT_EQ(answer["choices"][0]["message"]["content"], "two words");
  EXPECT_EQ(answer["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(answer["usage"]["total_tokens"], 6 + 2);
}

TEST(ChatApi, ToolCallsReplaceTheText) {
  Completion completion = TwoPieces();
  completion.pieces.clear();
  completion.tool = "read";
  completion.tool_arguments = "{}";
  completion.finish_reason = "tool_calls";
  const auto message = json::parse(RenderCompletion(completion))["choices"][0]["message"];
  EXPECT_TRUE(message["content"].is_null());
  EXPECT_EQ(message["tool_calls"][0]["function"]["name"], "read");
}

// The JSON of each event but the last.
std::vector<json> Chunks(const std::vector<std::string>& events) {
  std::vector<json> chunks;
  for (const std::string& event : events) {
    EXPECT_TRUE(event.starts_with("data: ") && event.ends_with("\n\n")) << event;
    if (event != events.back()) chunks.push_back(json::parse(event.substr(6)));
  }
  EXPECT_EQ(events.back(), "data: [DONE]\n\n");
  return chunks;
}

TEST(ChatApi, StreamIsRolePiecesAndReason) {
  const auto chunks = Chunks(RenderStream(TwoPieces(), /*include_usage=*/false));
  ASSERT_EQ(chunks.size(), 4u);
  EXPECT_EQ(chunks[0]["choices"][0]["delta"]["role"], "assistant");
  EXPECT_EQ(chunks[1]["choices"][0]["delta"]["content"], "two");
  EXPECT_EQ(chunks[2]["choices"][0]["delta"]["content"], " words");
  EXPECT_EQ(chunks[3]["choices"][0]["finish_reason"], "stop");
  for (const json& chunk : chunks) {
    EXPECT_EQ(chunk["object"], "chat.completion.chunk");
    EXPECT_EQ(chunk["id"], "id-1");
    EXPECT_FALSE(chunk.contains("usage"));
  }
}

TEST(ChatApi, StreamEndsWithTheUsageThatWasAskedFor) {
  const auto chunks = Chunks(RenderStream(TwoPieces(), /*include_usage=*/true));
  ASSERT_EQ(chunks.size(), 5u);
  EXPECT_TRUE(chunks[0]["usage"].is_null());
  EXPECT_EQ(chunks[4]["choices"], json::array());
  EXPECT_EQ(chunks[4]["usage"]["total_tokens"], 8);
}

TEST(ChatApi, ErrorsLeaveUnknownPartsNull) {
  const auto answer = json::parse(RenderError("server_error", "no luck", "", "out_of_memory"));
  EXPECT_EQ(answer["error"]["message"], "no luck");
  EXPECT_TRUE(answer["error"]["param"].is_null());
  EXPECT_EQ(answer["error"]["code"], "out_of_memory");
}

TEST(ChatApi, TextThatIsNotUtf8IsStillAnswered) {
  EXPECT_TRUE(json::accept(RenderError("x", "\xff", "", "")));
}

}  // namespace
}  // namespace demo
