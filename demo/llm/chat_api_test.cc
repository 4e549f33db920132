// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/chat_api.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "demo/llm/tokenizer.h"

namespace demo {
namespace {

using nlohmann::json;

// The field that the refusal names, or "accepted".
std::string RefusedField(const std::string& body) {
  try {
    ParseChatRequest(body);
  } catch (const BadChatRequest& mistake) {
    return mistake.param().empty() ? "(body)" : mistake.param();
  }
  return "accepted";
}

TEST(ChatApi, CountsWordsInPiecesAndPunctuation) {
  EXPECT_EQ(CountTokens(""), 0u);
  EXPECT_EQ(CountTokens("a cat"), 2u);
  EXPECT_EQ(CountTokens("telescope, two."), 3u + 1 + 1 + 1);
}

TEST(ChatApi, BillsTextsAndTextPartsAlike) {
  const auto text =
      ParseChatRequest(R"({"model":"m","messages":[{"role":"user","content":"a cat"}]})");
  const auto parts = ParseChatRequest(
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a cat"}]}]})");
  EXPECT_EQ(text.model, "m");
  EXPECT_EQ(text.prompt_tokens, 6u);
  EXPECT_EQ(parts.prompt_tokens, 6u);
}

TEST(ChatApi, RefusalNamesTheField) {
  EXPECT_EQ(RefusedField("{"), "(body)");
  EXPECT_EQ(RefusedField("[]"), "(body)");
  EXPECT_EQ(RefusedField("{}"), "model");
  EXPECT_EQ(RefusedField(R"({"model":7})"), "model");
  EXPECT_EQ(RefusedField(R"({"model":"m"})"), "messages");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":[]})"), "messages");
  EXPECT_EQ(RefusedField(R"({"model":"m","stream":true})"), "stream");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":["x"]})"), "messages[0]");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":[{"role":"king","content":"x"}]})"),
            "messages[0].role");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":[{"role":"user"}]})"), "messages[0]");
  EXPECT_EQ(RefusedField(R"({"model":"m","messages":[{"role":"user","content":7}]})"),
            "messages[0].content");
}

TEST(ChatApi, CompletionHasTheShapeThatClientsExpect) {
  const auto answer = json::parse(RenderCompletion("id-1", {"m", 6}, "two words", 1700000000));
  EXPECT_EQ(answer["object"], "chat.completion");
  EXPECT_EQ(answer["created"], 1700000000);
  EXPECT_EQ(answer["choices"][0]["message"]["content"], "two words");
  EXPECT_EQ(answer["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(answer["usage"]["total_tokens"], 6 + 3);
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
