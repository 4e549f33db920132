// SPDX-License-Identifier: Apache-2.0
#include "sdk/genai/message.h"

#include <gtest/gtest.h>

#include "sdk/genai/json.h"

namespace orrery::genai {
namespace {

TEST(Message, TextIsOnePart) {
  EXPECT_EQ(ToJson({Say("user", "hi"), Say("assistant", "hello")}),
            R"([{"role":"user","parts":[{"type":"text","content":"hi"}]},)"
            R"({"role":"assistant","parts":[{"type":"text","content":"hello"}]}])");
}

TEST(Message, ToolArgumentsStayJson) {
  EXPECT_EQ(ToJson(std::vector<Part>{ToolCallPart("c1", "read", R"({"city":"Lund"})")}),
            R"([{"type":"tool_call","id":"c1","name":"read","arguments":{"city":"Lund"}}])");
  EXPECT_EQ(ToJson(std::vector<Part>{ToolCallResponse("c1", "21.5")}),
            R"([{"type":"tool_call_response","id":"c1","response":21.5}])");
}

TEST(Message, ArgumentsThatAreNoJsonBecomeAString) {
  EXPECT_EQ(ToJson(std::vector<Part>{ToolCallPart("", "read", R"({"city":)")}),
            R"([{"type":"tool_call","name":"read","arguments":"{\"city\":"}])");
}

TEST(Message, OtherModalitiesNameWhatTheyAre) {
  EXPECT_EQ(
      ToJson(std::vector<Part>{Uri("image", "https://example.com/a.png", "image/png"),
                               File("audio", "file-1"), Blob("image", "AAAA", "image/png"),
                               Reasoning("because")}),
      R"([{"type":"uri","modality":"image","mime_type":"image/png","uri":"https://example.com/a.png"},)"
      R"({"type":"file","modality":"audio","file_id":"file-1"},)"
      R"({"type":"blob","modality":"image","mime_type":"image/png","content":"AAAA"},)"
      R"({"type":"reasoning","content":"because"}])");
}

TEST(Json, QuotesWhatNeedsIt) {
  EXPECT_EQ(Quoted("a\"b\\c\n\t\r\x01"), R"("a\"b\\c\n\t\r\u0001")");
  EXPECT_EQ(Quoted("läuft ✓ 🙂"), "\"läuft ✓ 🙂\"");
}

TEST(Json, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(Quoted("a\xff"), "\"a\xef\xbf\xbd\"");
  EXPECT_EQ(Quoted("\xc0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");                  // overlong
  EXPECT_EQ(Quoted("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");  // a surrogate
  EXPECT_EQ(Quoted("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");                  // cut off
}

TEST(Json, KnowsJsonFromOtherText) {
  for (const char* json : {"{}", "[]", " [1, -2.5e+3, true, null, \"\\u00e4\"] ", "\"x\"", "0",
                           R"({"a":{"b":[{}]}})"}) {
    EXPECT_TRUE(IsJson(json)) << json;
  }
  for (const char* text : {"", "{", "[1,]", "{\"a\"}", "01", "1.", "+1", "nul", "'x'", "[1] 2",
                           "\"\\x\"", "\"\n\"", "\"\xff\"", "{\"a\":1,}", "\"\\u12g4\"", "-"}) {
    EXPECT_FALSE(IsJson(text)) << text;
  }
}

TEST(Json, DepthIsLimited) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(IsJson(nested(63)));
  EXPECT_FALSE(IsJson(nested(65)));
  EXPECT_FALSE(IsJson(nested(1'000'000)));
}

}  // namespace
}  // namespace orrery::genai
