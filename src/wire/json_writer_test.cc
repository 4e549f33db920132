// SPDX-License-Identifier: Apache-2.0
#include "wire/json_writer.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "wire/base64.h"

namespace orrery::wire {
namespace {

TEST(JsonWriter, SetsCommasBetweenValuesOnly) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Key("a");
  json.BeginArray();
  json.Number(1);
  json.BeginArray();
  json.EndArray();
  json.BeginObject();
  json.EndObject();
  json.EndArray();
  json.Key("b");
  json.Bool(true);
  json.Key("c");
  json.Text64(std::numeric_limits<uint64_t>::max());
  json.Key("d");
  json.Text64(std::numeric_limits<int64_t>::min());
  json.EndObject();
  EXPECT_EQ(text,
            R"({"a":[1,[],{}],"b":true,"c":"18446744073709551615","d":"-9223372036854775808"})");
}

TEST(JsonWriter, EscapesAndRepairsText) {
  std::string text;
  JsonWriter(text).String("a\"b\\\n\x01\xff\xc3\xa9");
  EXPECT_EQ(text, "\"a\\\"b\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa9\"");
}

TEST(JsonWriter, DoublesAreShortestAndOddOnesAreWords) {
  const std::pair<double, std::string> cases[] = {{0.1, "0.1"},
                                                  {1.0, "1"},
                                                  {-0.0, "-0.0"},
                                                  {1e300, "1e+300"},
                                                  {NAN, "\"NaN\""},
                                                  {INFINITY, "\"Infinity\""},
                                                  {-INFINITY, "\"-Infinity\""}};
  for (const auto& [value, expected] : cases) {
    std::string text;
    JsonWriter(text).Number(value);
    EXPECT_EQ(text, expected);
  }
}

TEST(Base64, RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 37));
  }
  EXPECT_EQ(Base64Encode("a"), "YQ==");
}

TEST(Base64, ReadsBothAlphabetsPaddedOrNot) {
  EXPECT_EQ(Base64Decode("-_8="), "\xfb\xff");
  EXPECT_EQ(Base64Decode("+/8"), "\xfb\xff");
  for (const char* wrong : {"YQ=", "Y", "Y$==", "YQ==YQ==", "="}) {
    EXPECT_EQ(Base64Decode(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace orrery::wire
