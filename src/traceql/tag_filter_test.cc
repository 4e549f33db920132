// SPDX-License-Identifier: Apache-2.0
#include "traceql/tag_filter.h"

#include <gtest/gtest.h>

#include "traceql/printer.h"

namespace orrery::traceql {
namespace {

std::string Read(std::string_view text) {
  const Query query = ReadTagFilter(text);
  const FieldExpr* condition = ConditionOf(query);
  return condition == nullptr ? "everything" : Print(*condition);
}

TEST(TagFilter, WholeQueriesAreTakenAsTheyAre) {
  EXPECT_EQ(Read("{ .a = 1 || .b = 2 }"), ".a = 1 || .b = 2");
  EXPECT_EQ(Read("{ .a = 1 } | count() > 2"), ".a = 1");
  EXPECT_EQ(Read("{ }"), "everything");
  EXPECT_EQ(Read(""), "everything");
}

TEST(TagFilter, OfAnUnfinishedOneTheFinishedComparisonsCount) {
  EXPECT_EQ(Read("{ .a = 1 && "), ".a = 1");
  EXPECT_EQ(Read("{ .a = 1 && .b = }"), ".a = 1");
  EXPECT_EQ(Read("{ .a = 1 && .b = \"unfin"), ".a = 1");
  EXPECT_EQ(Read("{ .a = 1 && span. && name = \"x\" }"), ".a = 1");
  EXPECT_EQ(Read("{ status = error && kind = server && duration"),
            "status = error && kind = server");
  EXPECT_EQ(Read("{ .b = && .a =~ \"x.*\" }"), ".a =~ \"x.*\"");
}

TEST(TagFilter, WhatMakesNoSenseIsLetGo) {
  EXPECT_EQ(Read("{ name = 3 && .a = 1 }"), ".a = 1");
  EXPECT_EQ(Read("{ .a = 1 || .b = "), "everything");
  EXPECT_EQ(Read("nonsense"), "everything");
  EXPECT_EQ(Read("{ .a = 1 } | rate()"), ".a = 1");
}

TEST(TagFilter, PinsAValueThroughAChainOfAnd) {
  const Query query = ReadTagFilter("{ .a = 1 && name = \"x\" && .b != 2 }");
  const Field name = Field::Of(contracts::Intrinsic::kName);
  const Constant* pinned = PinnedValue(ConditionOf(query), name);
  ASSERT_NE(pinned, nullptr);
  EXPECT_EQ(pinned->text, "x");
  const Field b = Field::Of(contracts::AttributeScope::kAny, "b");
  EXPECT_EQ(PinnedValue(ConditionOf(query), b), nullptr);
}

}  // namespace
}  // namespace orrery::traceql
