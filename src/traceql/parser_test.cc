// SPDX-License-Identifier: Apache-2.0
#include "traceql/parser.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "traceql/check.h"
#include "traceql/printer.h"

namespace orrery::traceql {
namespace {

std::string Canonical(std::string_view text) {
  const auto query = Parse(text);
  return query.ok() ? Print(*query) : "refused: " + std::string(query.status().message());
}

TEST(Parser, AndAndOrBindAlikeFromTheLeft) {
  EXPECT_EQ(Canonical("{ .a || .b && .c }"), "{ .a || .b && .c }");
  EXPECT_EQ(Canonical("{ (.a || .b) && .c }"), "{ .a || .b && .c }");
  EXPECT_EQ(Canonical("{ .a || (.b && .c) }"), "{ .a || (.b && .c) }");
}

TEST(Parser, UnaryOperatorsTakeWhatBindsTighter) {
  EXPECT_EQ(Canonical("{ -.a * .b = 1 }"), "{ -.a * .b = 1 }");
  EXPECT_EQ(Canonical("{ -(.a * .b) = 1 }"), "{ -.a * .b = 1 }");
  EXPECT_EQ(Canonical("{ (-.a) * .b = 1 }"), "{ (-.a) * .b = 1 }");
  EXPECT_EQ(Canonical("{ !(.a) = true }"), "{ !.a = true }");
  EXPECT_EQ(Canonical("{ !(.a = true) }"), "{ !(.a = true) }");
}

TEST(Parser, PowerAssociatesFromTheRight) {
  EXPECT_EQ(Canonical("{ 2 ^ 3 ^ .a = 1 }"), "{ 2 ^ 3 ^ .a = 1 }");
  EXPECT_EQ(Canonical("{ (2 ^ 3) ^ .a = 1 }"), "{ (2 ^ 3) ^ .a = 1 }");
}

TEST(Parser, StructuralOperatorsBindTighterThanAnd) {
  EXPECT_EQ(Canonical("{ .a } && ({ .b } >> { .c })"), "{ .a } && { .b } >> { .c }");
  EXPECT_EQ(Canonical("({ .a } && { .b }) >> { .c }"), "({ .a } && { .b }) >> { .c }");
}

TEST(Parser, NamesAreQuotedOnlyWhereTheyMust) {
  EXPECT_EQ(Canonical("{ span.a.\"b c\".d = 1 }"), "{ span.\"a.b c.d\" = 1 }");
  EXPECT_EQ(Canonical("{ span.\"plain\" = 1 }"), "{ span.plain = 1 }");
  EXPECT_EQ(Canonical("{ .\"5x\" = 1 }"), "{ .\"5x\" = 1 }");
  EXPECT_EQ(Canonical("{ .a-1/b = 2 }"), "{ .a-1/b = 2 }");
}

TEST(Parser, ScopedIntrinsicsPrintInTheirOldForm) {
  EXPECT_EQ(Canonical("{ span:duration > 90s && trace:rootService = `x` }"),
            "{ duration > 1m30s && rootServiceName = \"x\" }");
  EXPECT_EQ(Canonical("{ span:id = \"1\" }"), "{ span:id = \"1\" }");
}

TEST(Parser, NumbersAreReadAsGoReadsThem) {
  EXPECT_EQ(Canonical("{ .a = 0x1f || .a = 0b11 || .a = 017 || .a = 1_000 }"),
            "{ .a = 31 || .a = 3 || .a = 15 || .a = 1000 }");
  EXPECT_EQ(Canonical("{ .a > .5 && .a < 1e3 && .a != 1w2d }"),
            "{ .a > 0.5 && .a < 1000.0 && .a != 216h0m0s }");
}

TEST(Parser, ConstantsOutsideOfBracesAreFolded) {
  EXPECT_EQ(Canonical("{ } | count() > 2 * (3 + 4)"), "{ } | count() > 14");
  EXPECT_EQ(Canonical("{ } | min(span:childCount) < 2 / 6"), "{ } | min(span:childCount) < 0");
  EXPECT_EQ(Canonical("{ } | avg(duration) > 2 * 1s"), "{ } | avg(duration) > 2s");
}

TEST(Parser, NestingHasALimit) {
  const std::string deep = "{ " + std::string(5000, '(') + ".a" + std::string(5000, ')') + " }";
  EXPECT_EQ(Parse(deep).status().code(), StatusCode::kInvalidArgument);
  std::string tall = "{ .a = 1";
  for (int i = 0; i < 5000; ++i) tall += " + 1";
  EXPECT_EQ(Parse(tall + " }").status().code(), StatusCode::kInvalidArgument);
  std::string chain = "{ .a";
  for (int i = 0; i < 5000; ++i) chain += " || .a";
  EXPECT_TRUE(Parse(chain + " }").ok());
}

TEST(Parser, LongTextsAreRefused) {
  const std::string text = "{ .a = \"" + std::string(kMaxQueryBytes, 'x') + "\" }";
  EXPECT_EQ(Parse(text).status().code(), StatusCode::kInvalidArgument);
}

TEST(Parser, FieldNamesStandAlone) {
  EXPECT_EQ(ToText(*ParseFieldName("span:name")), "name");
  EXPECT_EQ(ToText(*ParseFieldName("resource.service.name")), "resource.service.name");
  EXPECT_FALSE(ParseFieldName("service.name").ok());
  EXPECT_FALSE(ParseFieldName(".a .b").ok());
  EXPECT_FALSE(ParseFieldName("").ok());
}

}  // namespace
}  // namespace orrery::traceql
