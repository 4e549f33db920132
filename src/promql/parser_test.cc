// SPDX-License-Identifier: Apache-2.0
#include "promql/parser.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "promql/ast_json.h"
#include "promql/printer.h"

namespace orrery::promql {
namespace {

constexpr ParserOptions kAll{.experimental_functions = true};

TEST(Printer, WritesTheCanonicalForm) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"sum(rate(x[5m]))by(a)", "sum by (a) (rate(x[5m]))"},
      {"x{a='b',c=~\"d\"}", "x{a=\"b\",c=~\"d\"}"},
      {"{\"a.b\",\"c.d\"!=`e`}", "{\"a.b\",\"c.d\"!=\"e\"}"},
      {"-x^2", "-x ^ 2"},
      {"(a or b)and on()c", "(a or b) and on () c"},
      {"a*on(b)group_left(c)d", "a * on (b) group_left (c) d"},
      {"a>bool 1e3", "a > bool 1000"},
      {"x[1h:5m]@end()offset -90s", "x[1h:5m] @ end() offset -1m30s"},
      {"x @ 1.5", "x @ 1.500"},
      {"topk(3,x)", "topk(3, x)"},
      {"sum without()(x)", "sum without () (x)"},
      {"1h30m", "1h30m"},
      {"label_replace(x,'a',\"$1\\n\",`b`,'c')",
       "label_replace(x, \"a\", \"$1\\n\", \"b\", \"c\")"},
      {"2^3^2 # a comment", "2 ^ 3 ^ 2"},
      {"+Inf", "Inf"},
      {"a+ +1e323^b", "a + +Inf ^ b"},
      {"x[2*5m:step()+(1m)] offset -min_of(1m,range())",
       "x[2 * 5m:step() + (1m)] offset -min_of(1m, range())"},
  };
  for (const auto& [query, wanted] : cases) {
    const auto expr = Parse(query, kAll);
    ASSERT_TRUE(expr.ok()) << query << ": " << expr.status().message();
    EXPECT_EQ(Print(**expr), wanted);
    const auto again = Parse(wanted, kAll);
    ASSERT_TRUE(again.ok()) << wanted;
    EXPECT_EQ(Print(**again), wanted);
  }
}

TEST(AstJson, NamesEachNode) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"-x{a!=\"b\"} offset 5m",
       R"({"type":"unaryExpr","op":"-","expr":{"type":"vectorSelector","name":"x","matchers":)"
       R"([{"name":"__name__","type":"=","value":"x"},{"name":"a","type":"!=","value":"b"}],)"
       R"("offset":300000,"startOrEnd":null,"timestamp":null}})"},
      {"count_values by (\"a.b\") (\"q\\\"\", rate({a=\"b\"}[1m] @ end()))",
       R"({"type":"aggregation","op":"count_values","expr":{"type":"call","func":{"name":"rate",)"
       R"("argTypes":["matrix"],"variadic":0,"returnType":"vector"},"args":[{"type":)"
       R"("matrixSelector","name":"","range":60000,"matchers":[{"name":"a","type":"=",)"
       R"("value":"b"}],"offset":0,"startOrEnd":"end","timestamp":null}]},)"
       R"("param":{"type":"stringLiteral","val":"q\""},"grouping":["a.b"],"without":false})"},
      {"1 > bool (2)", R"({"type":"binaryExpr","op":">","lhs":{"type":"numberLiteral","val":"1"},)"
                       R"("rhs":{"type":"parenExpr","expr":{"type":"numberLiteral","val":"2"}},)"
                       R"("matching":null,"bool":true})"},
  };
  for (const auto& [query, wanted] : cases) {
    const auto expr = Parse(query, kAll);
    ASSERT_TRUE(expr.ok()) << expr.status().message();
    EXPECT_EQ(AstJson(**expr), wanted);
  }
}

TEST(Parser, ExperimentalPartsNeedTheirSetting) {
  EXPECT_EQ(Parse("mad_over_time(x[5m])", {}).status().message(),
            "1:1: parse error: function \"mad_over_time\" is not enabled");
  EXPECT_FALSE(Parse("limitk(1, x)", {}).ok());
  EXPECT_TRUE(Parse("limitk(1, x)", kAll).ok());
}

TEST(Parser, DepthAndLengthAreLimited) {
  const std::string deep(100'000, '(');
  EXPECT_FALSE(Parse(deep, kAll).ok());
  std::string chain = "x";
  for (int i = 0; i < 100'000; ++i) chain += "+x";
  EXPECT_FALSE(Parse(chain, kAll).ok());
  EXPECT_FALSE(Parse(std::string(kMaxQueryBytes + 1, ' '), kAll).ok());
}

TEST(Parser, SelectorsStandAlone) {
  const auto matchers = ParseSelector("up{job!=\"a\"}");
  ASSERT_TRUE(matchers.ok());
  ASSERT_EQ(matchers->size(), 2U);
  EXPECT_EQ((*matchers)[0].value, "up");
  EXPECT_TRUE((*matchers)[1].Matches("b"));
  EXPECT_FALSE((*matchers)[1].Matches("a"));
  EXPECT_FALSE(ParseSelector("up offset 1m").ok());
  EXPECT_FALSE(ParseSelector("sum(up)").ok());
}

}  // namespace
}  // namespace orrery::promql
