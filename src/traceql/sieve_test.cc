// SPDX-License-Identifier: Apache-2.0
#include "traceql/sieve.h"

#include <gtest/gtest.h>

#include "traceql/field.h"
#include "traceql/parser.h"

namespace orrery::traceql {
namespace {

using contracts::Condition;
using contracts::SpanFilter;

std::string Show(const Condition& condition) {
  static constexpr std::string_view kOps[] = {"exists", "=", "!=", "<", "<=", ">", ">=", "matches"};
  Field field;
  if (const auto* intrinsic = std::get_if<contracts::Intrinsic>(&condition.field)) {
    field = Field::Of(*intrinsic);
  } else {
    field.attribute = std::get<contracts::AttributeRef>(condition.field);
  }
  std::string text = ToText(field) + " " + std::string(kOps[static_cast<size_t>(condition.op)]);
  if (condition.op == Condition::Op::kExists || condition.op == Condition::Op::kText) return text;
  if (const auto* word = std::get_if<std::string>(&condition.operand)) return text + " " + *word;
  if (const auto* flag = std::get_if<bool>(&condition.operand)) {
    return text + (*flag ? " true" : " false");
  }
  if (const auto* real = std::get_if<double>(&condition.operand)) {
    return text + " " + FormatFloat(*real);
  }
  return text + " " + std::to_string(std::get<int64_t>(condition.operand));
}

std::string Show(const SpanFilter& filter) {
  if (filter.kind == SpanFilter::Kind::kAll) return "all";
  if (filter.kind == SpanFilter::Kind::kCondition) return Show(filter.condition);
  std::string text;
  for (const SpanFilter& child : filter.children) {
    if (!text.empty()) text += filter.kind == SpanFilter::Kind::kAnd ? " and " : " or ";
    text += Show(child);
  }
  return "(" + text + ")";
}

std::string SieveText(std::string_view text) {
  const auto query = Parse(text);
  return query.ok() ? Show(SieveOf(std::get<Pipeline>(query->root))) : "does not parse";
}

TEST(Sieve, ComparisonsWithConstantsArePushedDown) {
  EXPECT_EQ(SieveText("{ span.a >= 3 }"), "span.a >= 3");
  EXPECT_EQ(SieveText("{ 1.5 < .a }"), ".a > 1.5");
  EXPECT_EQ(SieveText("{ status != ok && kind = server }"), "(status != 1 and kind = 2)");
  EXPECT_EQ(SieveText("{ duration > 2s || name = \"x\" }"), "(duration > 2000000000 or name = x)");
  EXPECT_EQ(SieveText("{ .a }"), ".a = true");
  EXPECT_EQ(SieveText("{ name =~ \"a.*\" }"), "name matches");
}

TEST(Sieve, PresenceIsPushedDownAndAbsenceIsNot) {
  EXPECT_EQ(SieveText("{ .a != nil }"), ".a exists");
  EXPECT_EQ(SieveText("{ .a = nil }"), "all");
  EXPECT_EQ(SieveText("{ .a = .b }"), "(.a exists and .b exists)");
}

TEST(Sieve, WhatASpanAloneCannotTellPasses) {
  EXPECT_EQ(SieveText("{ }"), "all");
  EXPECT_EQ(SieveText("{ traceDuration > 1s && .a = 1 }"), ".a = 1");
  EXPECT_EQ(SieveText("{ traceDuration > 1s || .a = 1 }"), "all");
  EXPECT_EQ(SieveText("{ !(.a = 1) }"), "all");
  EXPECT_EQ(SieveText("{ .a + 1 = 2 && nestedSetParent < 0 }"), "all");
}

TEST(Sieve, IdsAreWrittenInFull) {
  EXPECT_EQ(SieveText("{ trace:id = \"A1\" }"), "trace:id = 000000000000000000000000000000a1");
  EXPECT_EQ(SieveText("{ span:id = \"00f067aa0ba902b7\" }"), "span:id = 00f067aa0ba902b7");
  EXPECT_EQ(SieveText("{ span:id != \"1\" || span:id > \"2\" }"), "all");
}

TEST(Sieve, OfAPipelineItIsOneSpanThatMustBeThere) {
  EXPECT_EQ(SieveText("{ .a = 1 } | count() > 2"), ".a = 1");
  EXPECT_EQ(SieveText("{ .a = 1 } >> { .b = 1 }"), ".b = 1");
  EXPECT_EQ(SieveText("{ .a = 1 } >> { }"), ".a = 1");
  EXPECT_EQ(SieveText("{ .a = 1 } !>> { }"), "all");
  EXPECT_EQ(SieveText("{ .a = 1 } || { .b = 1 }"), "(.a = 1 or .b = 1)");
  EXPECT_EQ(SieveText("({ .a = 1 } | count() > 1) && ({ .b = 1 })"), ".b = 1");
  EXPECT_EQ(SieveText("count() > 2"), "all");
  EXPECT_EQ(SieveText("by(.a) | { .a = 1 }"), "all");
}

}  // namespace
}  // namespace orrery::traceql
